"""One story of a lead: touches, decisions and changes of hands in one list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from leads.domain.conversations import Details, join_details, thread_of
from leads.models import Interaction, Lead, ParkedReason
from routing.models import Assignment, Decision, DecisionKind, EndReason, Outcome

LONGEST = 200
PARKED_REASONS = dict(ParkedReason.choices)
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. `kind` is an Interaction kind, or DECISION or ENDED."""

    at: datetime
    kind: str
    title: str
    body: str = ""
    actor: str = ""
    source: str = ""
    decision: Decision | None = None
    details: Details = field(default_factory=Details)
    parts: tuple["TimelineEntry", ...] = ()
    """Of a conversation of several deliveries: each, oldest first."""


@dataclass(frozen=True, slots=True)
class TimelineGroup:
    """A kind of entries that can be shown alone."""

    slug: str
    label: str
    count: int


GROUPS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("calls", "Calls", frozenset({"CALL"})),
    ("mails", "E-mails", frozenset({"EMAIL"})),
    ("chats", "Chats and texts", frozenset({"CHAT", "SMS"})),
    ("meetings", "Meetings", frozenset({"MEETING"})),
    ("forms", "Forms and files", frozenset({"FORM", "API", "IMPORT", "MANUAL"})),
    ("visits", "Visits", frozenset({"VISIT"})),
    ("notes", "Notes", frozenset({"NOTE"})),
    ("routing", "Routing", frozenset({"DECISION", "ENDED", "STATUS"})),
)


def list_groups(entries: Sequence[TimelineEntry]) -> list[TimelineGroup]:
    """The groups of which there is anything, in a fixed order."""
    counts = [
        TimelineGroup(slug, label, sum(entry.kind in kinds for entry in entries))
        for slug, label, kinds in GROUPS
    ]
    return [group for group in counts if group.count]


def only_group(entries: Sequence[TimelineEntry], slug: str) -> list[TimelineEntry]:
    """The entries of one group; all of them for a group that does not exist."""
    kinds = next((kinds for name, _, kinds in GROUPS if name == slug), None)
    return [entry for entry in entries if kinds is None or entry.kind in kinds]


def list_timeline(*, lead: Lead) -> list[TimelineEntry]:
    """Returns what happened to the lead, newest first, LONGEST of each sort at most. Queries: 3."""
    entries = [*_touches(lead), *_handovers(lead), *_decisions(lead)]
    # Equal instants keep the order of the work: declined or taken away first, then decided again.
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _touches(lead: Lead) -> Iterator[TimelineEntry]:
    rows = Interaction.objects.filter(lead=lead).select_related("actor", "source")
    conversations: dict[tuple[str, str], list[Interaction]] = {}
    for row in _latest(rows.order_by("-occurred_at", "-id")):
        thread = thread_of(row.data)
        conversations.setdefault((row.kind, thread or f"#{row.pk}"), []).append(row)
    for found in conversations.values():
        yield _tell(found)


def _tell(rows: Sequence[Interaction]) -> TimelineEntry:
    """One conversation, called by its last word; each of its deliveries is a part."""
    entries = [
        TimelineEntry(
            at=row.occurred_at,
            kind=row.kind,
            title=row.summary or row.get_kind_display(),
            body=row.body,
            actor=_name(row.actor),
            source=row.source.name if row.source else "",
        )
        for row in rows
    ]
    details = join_details(row.data for row in rows)
    return replace(entries[-1], details=details, parts=tuple(entries) if len(rows) > 1 else ())


def _decisions(lead: Lead) -> Iterator[TimelineEntry]:
    rows = Decision.objects.filter(lead=lead).select_related(
        "rep", "pool", "holding_queue", "rule", "decided_by"
    )
    for row in _latest(rows.order_by("-id")):
        yield TimelineEntry(
            at=row.decided_at,
            kind="DECISION",
            title=_decision_title(row),
            body=PARKED_REASONS.get(row.reason, row.reason),
            actor=_name(row.decided_by),
            decision=row,
        )


def _decision_title(row: Decision) -> str:
    rep = row.rep.name if row.rep else ""
    if row.kind == DecisionKind.CLAIM:
        return f"Claimed by {rep}"
    if row.outcome == Outcome.ASSIGNED:
        return f"Assigned to {rep}" + (f" from the pool “{row.pool}”" if row.pool else "")
    if row.outcome == Outcome.QUEUED:
        return f"Offered in the queue “{row.holding_queue}”"
    return row.get_outcome_display()


def _handovers(lead: Lead) -> Iterator[TimelineEntry]:
    """Leads that others took away; what a rep does to a lead is a touch of its own."""
    rows = Assignment.objects.filter(
        lead=lead, end_reason__in=[EndReason.REASSIGNED, EndReason.RELEASED, EndReason.MERGED]
    ).select_related("rep")
    for row in _latest(rows.order_by("-id")):
        title = f"Taken from {row.rep}: {row.get_end_reason_display().lower()}"
        yield TimelineEntry(row.ended_at or row.started_at, "ENDED", title, row.end_note)


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def _latest(rows: QuerySet[Row]) -> list[Row]:
    """The LONGEST first rows of a newest-first query, oldest first."""
    return list(rows[:LONGEST])[::-1]
