"""Every channel that other products deliver to, by the value of `Endpoint.Channel`."""

from leads.channels.adapter import Adapter
from leads.channels.generic_webhook.adapter import ADAPTER as GENERIC_WEBHOOK
from leads.channels.standard_webhooks.adapter import ADAPTER as STANDARD_WEBHOOKS

ADAPTERS: dict[str, Adapter] = {
    adapter.channel: adapter
    for adapter in (
        GENERIC_WEBHOOK,
        STANDARD_WEBHOOKS,
    )
}
