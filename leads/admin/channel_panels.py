"""What an endpoint's page shows beside its settings: address, steps, secrets, health, deliveries."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from leadrouter.common.admin import show_moment
from leads.channels.receiving.redelivering import can_be_read_again
from leads.channels.registry import ADAPTERS
from leads.models import Endpoint, IntakeItem, IntakeState
from leads.selectors.channel_health import WATCHED, Health, list_last_deliveries
from leads.selectors.endpoints import list_valid_secrets
from leads.services.redelivering import REDELIVERABLE

TONES = {
    IntakeState.LINKED: "success",
    IntakeState.QUARANTINED: "warning",
    IntakeState.UNREACHABLE: "info",
    IntakeState.NEEDS_FETCH: "info",
    IntakeState.DEAD: "danger",
}
_WORDS = {
    IntakeState.QUARANTINED: "set aside",
    IntakeState.DEAD: "could not be processed",
    IntakeState.NEEDS_FETCH: "to be fetched",
    IntakeState.UNREACHABLE: "without a name yet",
}


def show_address(endpoint: Endpoint) -> SafeString:
    """The address that is given to the sender, with a button that copies it."""
    if ADAPTERS[endpoint.channel].is_polled:
        return format_html("{}", "None: we ask its server.")
    url = settings.SITE_URL + reverse("webhook", args=[endpoint.public_id])
    return format_html(
        '<code class="lr-address">{0}</code> '
        '<button type="button" class="lr-copy" data-copy="{0}">Copy</button>',
        url,
    )


def show_steps(endpoint: Endpoint) -> SafeString:
    """How the sender is set up."""
    steps = ADAPTERS[endpoint.channel].steps
    rows = format_html_join("", "<li>{}</li>", ((step,) for step in steps))
    return format_html('<ol class="lr-plain">{}</ol>', rows)


def show_secrets(endpoint: Endpoint) -> SafeString | str:
    """Which secrets are accepted, by their last characters, and until when."""
    label = ADAPTERS[endpoint.channel].secret_label
    if not label and ADAPTERS[endpoint.channel].is_polled:
        return "None is needed: nobody delivers to us."
    if not label:
        return "This sender has none: whoever knows the address can deliver. Keep it to yourself."
    rows = [row for row in list_valid_secrets(endpoint, now=timezone.now()) if not row.name]
    if not rows:
        return "None is set."
    said = format_html_join(
        "",
        "<li>{}{} · since {}{}</li>",
        (
            (
                label,
                f" …{row.hint}" if row.hint else "",
                show_moment(row.created_at),
                f" · accepted until {show_moment(row.valid_until)}" if row.valid_until else "",
            )
            for row in rows
        ),
    )
    return format_html('<ul class="lr-plain">{}</ul>', said)


def show_health(health: Health) -> SafeString:
    """One line for each thing that is worth knowing, worst last."""
    said = [("", f"Last delivery: {show_moment(health.last_delivery_at)}")]
    if health.mailbox:
        said.append(("", f"Mailbox last read: {show_moment(health.mailbox.read_at)}"))
        if health.mailbox.last_error:
            said.append(("danger", health.mailbox.last_error))
    counts = health.counts
    if counts and counts.ping_count:
        said.append(("", f"Last ping: {show_moment(counts.last_ping_at)} ({counts.ping_count:,})"))
    if counts and counts.rejected_count:
        last = f"{show_moment(counts.last_rejected_at)}: {counts.last_rejection}"
        said.append(("warning", f"{counts.rejected_count:,} refused, the last {last}"))
    for state in WATCHED:
        waiting = health.waiting.get(state)
        if waiting:
            since = show_moment(waiting.oldest_at)
            tone = TONES[state]
            said.append((tone, f"{waiting.count:,} {_WORDS[state]}, the oldest since {since}"))
    rows = format_html_join(
        "",
        "<li>{}</li>",
        (
            (format_html('<span class="lr-tag lr-tag-{}">{}</span>', tone, text) if tone else text,)
            for tone, text in said
        ),
    )
    return format_html('<ul class="lr-health">{}</ul>', rows)


def show_short_health(health: Health) -> SafeString | str:
    """What is wrong, in a word or two, for a list; else when something last came."""
    counts = [
        (TONES[state], f"{health.waiting[state].count:,} {_WORDS[state]}")
        for state in WATCHED
        if state in health.waiting
    ]
    if not counts:
        return show_moment(health.last_delivery_at)
    tags = format_html_join(" ", '<span class="lr-tag lr-tag-{}">{}</span>', counts)
    return format_html("{} {}", show_moment(health.last_delivery_at), tags)


def show_deliveries(endpoint: Endpoint) -> SafeString | str:
    """The last ones: when, what became of it, who, and what can be done."""
    items = list_last_deliveries(endpoint)
    if not items:
        return "Nothing has arrived yet."
    for item in items:
        item.endpoint = endpoint  # known, so that asking for it costs nothing
    rows = format_html_join("", _ROW, (_row(item) for item in items))
    every = f"{reverse('admin:leads_intakeitem_changelist')}?endpoint__id__exact={endpoint.pk}"
    return format_html(
        '<ul class="lr-deliveries">{}</ul><p><a class="text-primary-600" href="{}">All deliveries '
        "of this way in</a></p>",
        rows,
        every,
    )


_ROW = (
    '<li><a class="text-primary-600" href="{}">{}</a> <span class="lr-tag lr-tag-{}">{}</span> '
    '<span class="lr-delivery-who">{}</span> {}</li>'
)


def _row(item: IntakeItem) -> tuple[object, ...]:
    url = reverse("admin:leads_intakeitem_change", args=[item.pk])
    state = item.get_state_display()
    return (
        url,
        show_moment(item.received_at),
        TONES.get(IntakeState(item.state), ""),
        state,
        item.last_error[:120] or _who(item),
        _action(item),
    )


def _who(item: IntakeItem) -> str:
    fields = item.payload.get("fields", {})
    return str(fields.get("full_name") or fields.get("email") or fields.get("phone") or "")[:80]


def _action(item: IntakeItem) -> SafeString | str:
    if item.lead_id:
        url = reverse("admin:leads_lead_change", args=[item.lead_id])
        return format_html('<a class="text-primary-600" href="{}">Open the lead</a>', url)
    if item.state in REDELIVERABLE and can_be_read_again(item):
        url = reverse("admin:leads_intakeitem_redeliver", args=[item.pk])
        return format_html('<a class="text-primary-600" href="{}">Redeliver</a>', url)
    return ""
