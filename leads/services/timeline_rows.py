"""What a delivery leaves on the timeline of its lead."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leads.domain.draft import Draft, FieldWarning
from leads.domain.envelope import Kind
from leads.models import Endpoint, IntakeItem, Interaction

COLUMNS = (
    "lead_id", "kind", "occurred_at", "summary", "body", "data", "source_id", "intake_item_id",
)  # fmt: skip
# get_channel_display() builds this anew at every call.
_CHANNELS = dict(Endpoint.Channel.choices)
_OWN_KINDS = frozenset({"API", "IMPORT", "MANUAL"})
_KINDS = frozenset(Interaction.Kind.values)
# What later questions are asked of: which conversation, how long, what was said.
_KEPT = ("thread", "touchpoint", "answers", "kind", "external_id")


def make_row(
    item: IntakeItem,
    draft: Draft,
    *,
    lead_id: int | None,
    occurred_at: datetime,
    warnings: Iterable[FieldWarning],
) -> tuple[Any, ...]:
    """One touch, as `COLUMNS`."""
    endpoint = item.endpoint
    touchpoint = item.payload.get("touchpoint") or {}
    return (
        lead_id,
        _kind(endpoint.channel, touchpoint),
        occurred_at,
        (touchpoint.get("summary") or _summary(item))[:500],
        touchpoint.get("text") or draft.message,
        _as_received(item.payload, draft, warnings),
        endpoint.source_id,
        item.pk,
    )


def _kind(channel: str, touchpoint: Mapping[str, Any]) -> str:
    if channel in _OWN_KINDS:
        return channel
    stated = touchpoint.get("kind")
    return stated if stated in _KINDS else Interaction.Kind.FORM


def _summary(item: IntakeItem) -> str:
    channel, source = item.endpoint.channel, item.endpoint.source
    what = ", changed" if item.payload.get("kind") == Kind.LEAD_UPDATED else ""
    return f"{_CHANNELS.get(channel, channel)}: {source.name}{what}"


def _as_received(
    payload: Mapping[str, Any], draft: Draft, warnings: Iterable[FieldWarning]
) -> dict[str, Any]:
    """What was told, and what cleansing made of it. By hand: `asdict` took ten times as long."""
    return {
        "fields": payload.get("fields", {}),
        "touch": payload.get("touch", {}),
        "consent": payload.get("consent", {}),
        "changes": [
            {"field": one.field, "rule": one.rule, "before": one.before, "after": one.after}
            for one in draft.changes
        ],
        "warnings": [
            {"field": one.field, "code": one.code, "message": one.message}
            for one in (*draft.warnings, *warnings)
        ],
        **{name: payload[name] for name in _KEPT if name in payload},
    }
