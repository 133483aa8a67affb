"""What a body would become, for people who set a channel up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leads.channels.adapter import Parsed
from leads.domain.cleansing import inspect
from leads.domain.draft import FIELD_LABELS, fields_of
from leads.domain.envelope import Envelope, Kind, Unreadable, to_payload
from leads.domain.text import shown

_SAYS = {
    Kind.LEAD_CREATED: "A lead",
    Kind.LEAD_UPDATED: "A change of a lead",
    Kind.LEAD_DELETED: "A deletion of a lead",
    Kind.INTERACTION_ADDED: "Something for the timeline of a lead",
    Kind.PING: "Nothing to be kept: it is only counted",
}


@dataclass(frozen=True, slots=True)
class TriedOut:
    """One thing a body tells. `fields` are (label, as sent, as kept)."""

    title: str
    key: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


def try_out(parsed: Parsed, *, country: str) -> list[TriedOut]:
    """What each part would become; nothing is stored."""
    return [_try(one, country) for one in parsed]


def _try(one: Envelope | Unreadable, country: str) -> TriedOut:
    if isinstance(one, Unreadable):
        return TriedOut(title=f"Kept aside: {one.reason}", key=one.dedupe_key)
    payload = to_payload(one)
    sent: dict[str, str] = payload["fields"]
    draft, problems = inspect(sent, default_country=country)
    kept = fields_of(draft)
    told = [name for name in FIELD_LABELS if sent.get(name) or kept.get(name)]
    rest = {name: payload[name] for name in ("touch", "answers", "extra") if payload.get(name)}
    has_name = one.kind is not Kind.LEAD_CREATED or one.fetch
    doubts = [warning.message for warning in draft.warnings]
    doubts += [] if has_name else [problem.message for problem in problems]
    title = _SAYS[one.kind]
    if one.is_test:
        title = f"A test, which nobody gets: {title.lower()}"
    elif one.fetch:
        title = f"{title} that is only announced: the rest is fetched"
    return TriedOut(
        title=title,
        key=one.dedupe_key or "made from the body (the sender names no event)",
        fields=tuple(
            (FIELD_LABELS[n], shown(sent.get(n, "")), shown(kept.get(n, ""))) for n in told
        ),
        rest=rest,
        doubts=tuple(doubts),
    )
