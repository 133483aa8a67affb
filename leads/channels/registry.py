"""Every channel that other products deliver to, by the value of `Endpoint.Channel`."""

from leads.channels.adapter import Adapter
from leads.channels.calendly.adapter import ADAPTER as CALENDLY
from leads.channels.chat_chatwoot.adapter import ADAPTER as CHAT_CHATWOOT
from leads.channels.chat_crisp.adapter import ADAPTER as CHAT_CRISP
from leads.channels.chat_intercom.adapter import ADAPTER as CHAT_INTERCOM
from leads.channels.chat_tawk.adapter import ADAPTER as CHAT_TAWK
from leads.channels.email_in.adapter import ADAPTER as EMAIL_IN
from leads.channels.email_mailgun.adapter import ADAPTER as EMAIL_MAILGUN
from leads.channels.email_postmark.adapter import ADAPTER as EMAIL_POSTMARK
from leads.channels.email_sendgrid.adapter import ADAPTER as EMAIL_SENDGRID
from leads.channels.generic_webhook.adapter import ADAPTER as GENERIC_WEBHOOK
from leads.channels.google_lead_form.adapter import ADAPTER as GOOGLE_LEAD_FORM
from leads.channels.hubspot.adapter import ADAPTER as HUBSPOT
from leads.channels.instagram.adapter import ADAPTER as INSTAGRAM
from leads.channels.linkedin_lead_gen.adapter import ADAPTER as LINKEDIN_LEAD_GEN
from leads.channels.messenger.adapter import ADAPTER as MESSENGER
from leads.channels.meta_lead_ads.adapter import ADAPTER as META_LEAD_ADS
from leads.channels.phone_callrail.adapter import ADAPTER as PHONE_CALLRAIL
from leads.channels.phone_twilio.adapter import ADAPTER as PHONE_TWILIO
from leads.channels.standard_webhooks.adapter import ADAPTER as STANDARD_WEBHOOKS
from leads.channels.typeform.adapter import ADAPTER as TYPEFORM
from leads.channels.whatsapp.adapter import ADAPTER as WHATSAPP

ADAPTERS: dict[str, Adapter] = {
    adapter.channel: adapter
    for adapter in (
        GENERIC_WEBHOOK,
        STANDARD_WEBHOOKS,
        META_LEAD_ADS,
        GOOGLE_LEAD_FORM,
        LINKEDIN_LEAD_GEN,
        TYPEFORM,
        HUBSPOT,
        CALENDLY,
        EMAIL_IN,
        PHONE_TWILIO,
        PHONE_CALLRAIL,
        CHAT_INTERCOM,
        CHAT_CHATWOOT,
        CHAT_CRISP,
        CHAT_TAWK,
        WHATSAPP,
        MESSENGER,
        INSTAGRAM,
        EMAIL_MAILGUN,
        EMAIL_POSTMARK,
        EMAIL_SENDGRID,
    )
}
# What is posted to us, at an address of ours.
POSTED = frozenset(name for name, adapter in ADAPTERS.items() if not adapter.is_polled)
