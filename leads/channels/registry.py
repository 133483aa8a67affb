"""Every channel that other products deliver to, by the value of `Endpoint.Channel`."""

from leads.channels.adapter import Adapter
from leads.channels.calendly.adapter import ADAPTER as CALENDLY
from leads.channels.email_in.adapter import ADAPTER as EMAIL_IN
from leads.channels.generic_webhook.adapter import ADAPTER as GENERIC_WEBHOOK
from leads.channels.google_lead_form.adapter import ADAPTER as GOOGLE_LEAD_FORM
from leads.channels.hubspot.adapter import ADAPTER as HUBSPOT
from leads.channels.linkedin_lead_gen.adapter import ADAPTER as LINKEDIN_LEAD_GEN
from leads.channels.meta_lead_ads.adapter import ADAPTER as META_LEAD_ADS
from leads.channels.standard_webhooks.adapter import ADAPTER as STANDARD_WEBHOOKS
from leads.channels.typeform.adapter import ADAPTER as TYPEFORM

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
    )
}
# What is posted to us, at an address of ours.
POSTED = frozenset(name for name, adapter in ADAPTERS.items() if not adapter.is_polled)
