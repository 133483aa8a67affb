"""Lead forms of Google Ads: the whole lead by webhook."""
