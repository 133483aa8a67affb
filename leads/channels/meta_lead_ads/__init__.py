"""Meta lead ads (Facebook and Instagram): announced by webhook, fetched from the Graph API."""
