"""The rules every installation starts with: Google Analytics' default channel group and our additions.

Source: GA4 default channel group, in its order, first match wins; regular expressions are written as
patterns. What stands with "or" there is two rules here (4a, 4b). Additions: ways in that are no
visits are told by their channel and never by parameters; click ids that only advertisements carry
decide before row 3; the ids of mail and partner tools and AI assistants after what is paid.
"""

from leads.domain.channel_rules import ChannelRule as Rule

PAID = ("*cp*", "ppc", "retargeting", "paid*")
SHOPPING = ("shop*", "*[!a-df-z]shop*", "*shopping*")
_EMAIL = ("email", "e-mail", "e_mail", "e mail")
_SOCIAL_MEDIA = (
    "social", "social-network", "social-media", "sm", "social network", "social media"
)  # fmt: skip
_PHONE = ("PHONE_TWILIO", "PHONE_CALLRAIL")
_CHAT = (
    "CHAT_INTERCOM", "CHAT_CHATWOOT", "CHAT_CRISP", "CHAT_TAWK", "WHATSAPP", "MESSENGER", "INSTAGRAM"
)  # fmt: skip
_MAIL = ("EMAIL_IN", "EMAIL_MAILGUN", "EMAIL_POSTMARK", "EMAIL_SENDGRID")
_GOOGLE = ("gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid")

DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("own:chat-ad", "Paid Social", click_ids=("ctwa_clid",),
         note="Chats that an advertisement opened."),
    Rule("own:phone", "Phone", channels=_PHONE),
    Rule("own:chat", "Chat", channels=_CHAT),
    Rule("own:mail", "Inbound e-mail", channels=_MAIL),
    Rule("own:referral", "Partner", channels=("REFERRAL",)),
    Rule("own:partner", "Partner", source_kinds=("PARTNER", "REFERRAL"),
         note="The source is a partner, whatever the link says."),
    Rule("own:event", "Event", channels=("IMPORT", "MANUAL"), source_kinds=("EVENT",)),
    Rule("own:list", "List upload", channels=("IMPORT",)),
    Rule("own:manual", "Entered by hand", channels=("MANUAL",)),
    Rule("ga4:1", "Direct", sources=("(direct)",), media=("(none)", "(not set)")),
    Rule("ga4:2", "Cross-network", campaigns=("*cross-network*",)),
    Rule("click:display", "Display", click_ids=("dclid",)),
    Rule("click:google", "Paid Search", click_ids=_GOOGLE, categories=("SEARCH",)),
    Rule("click:bing", "Paid Search", click_ids=("msclkid",), sources=("bing*",)),
    Rule("click:yandex", "Paid Search", click_ids=("yclid",), sources=("yandex*",)),
    Rule("click:social", "Paid Social", categories=("SOCIAL",),
         click_ids=("li_fat_id", "ttclid", "twclid", "rdt_cid", "ScCid")),
    Rule("ga4:3a", "Paid Shopping", categories=("SHOPPING",), media=PAID),
    Rule("ga4:3b", "Paid Shopping", campaigns=SHOPPING, media=PAID),
    Rule("ga4:4", "Paid Search", categories=("SEARCH",), media=PAID),
    Rule("ga4:5", "Paid Social", categories=("SOCIAL",), media=PAID),
    Rule("ga4:6", "Paid Video", categories=("VIDEO",), media=PAID),
    Rule("ga4:7", "Display", media=("display", "banner", "expandable", "interstitial", "cpm")),
    Rule("click:google-other", "Paid Search", click_ids=_GOOGLE,
         note="A paid Google click, although the source has a name of its own."),
    Rule("ga4:8", "Paid Other", media=PAID),
    Rule("own:assistant", "AI assistant", categories=("ASSISTANT",)),
    Rule("click:shopping", "Organic Shopping", click_ids=("srsltid",)),
    Rule("click:mail", "Email", click_ids=("mc_eid", "mc_cid", "_hsenc", "_hsmi", "vero_id", "_kx")),
    Rule("click:affiliate", "Affiliates", click_ids=("irclickid", "awc")),
    Rule("ga4:9a", "Organic Shopping", categories=("SHOPPING",)),
    Rule("ga4:9b", "Organic Shopping", campaigns=SHOPPING),
    Rule("ga4:10a", "Organic Social", categories=("SOCIAL",)),
    Rule("ga4:10b", "Organic Social", media=_SOCIAL_MEDIA),
    Rule("ga4:11a", "Organic Video", categories=("VIDEO",)),
    Rule("ga4:11b", "Organic Video", media=("*video*",)),
    Rule("ga4:12a", "Organic Search", categories=("SEARCH",)),
    Rule("ga4:12b", "Organic Search", media=("organic",)),
    Rule("ga4:13", "Referral", media=("referral", "app", "link")),
    Rule("ga4:14a", "Email", sources=_EMAIL),
    Rule("ga4:14b", "Email", media=_EMAIL),
    Rule("own:newsletter-source", "Email", sources=("*newsletter*",)),
    Rule("own:newsletter", "Email", media=("*newsletter*",)),
    Rule("ga4:15", "Affiliates", media=("affiliate",)),
    Rule("ga4:16", "Audio", media=("audio",)),
    Rule("ga4:17a", "SMS", sources=("sms",)),
    Rule("ga4:17b", "SMS", media=("sms",)),
    Rule("ga4:18a", "Mobile Push", media=("*push", "*mobile*", "*notification*")),
    Rule("ga4:18b", "Mobile Push", sources=("firebase",)),
)  # fmt: skip
