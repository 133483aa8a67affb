"""A few fresh leads for the running portal, and what became of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from leadrouter.common.tables import render_table
from leads.models import Endpoint, IntakeItem
from routing.demo.arrivals import DOORS, KEY_PREFIX, deliver_fields, list_endpoints
from routing.demo.people import Crowd
from routing.models import Decision
from routing.selectors.explaining import explain_decision

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Fate:
    """One live lead. `milliseconds` from received to decided; None while it waits."""

    lead: str
    came_from: str
    rule: str
    went_to: str
    why: str
    milliseconds: int | None


def send_leads(*, count: int, clock: Callable[[], datetime]) -> list[UUID]:
    """Posts leads by the doors of the demo, one by one; returns their public ids in order."""
    endpoints = list_endpoints()
    start = clock()
    # Other people each time, or the second run would only meet acquaintances.
    crowd = Crowd(int(start.timestamp()))
    sent = []
    for number in range(count):
        source, channel, _ = DOORS[number % len(DOORS)]
        endpoint: Endpoint = endpoints[source, channel]
        captured = deliver_fields(
            endpoint=endpoint,
            key=f"{KEY_PREFIX}live-{start:%Y%m%d%H%M%S%f}-{number}",
            fields=crowd.invent(crowd.pick_market()),
            now=clock(),
        )
        sent.append(captured.public_id)
    return sent


def wait_for_fates(ids: Sequence[UUID], *, seconds: float) -> list[Fate]:
    """Waits until every lead is decided about, or that long; returns them in order."""
    until = time.monotonic() + seconds
    while (fates := _list_fates(ids)) and time.monotonic() < until:
        if all(fate.milliseconds is not None for fate in fates):
            break
        time.sleep(POLL_SECONDS)
    return fates


def _list_fates(ids: Sequence[UUID]) -> list[Fate]:
    rows = IntakeItem.objects.filter(public_id__in=ids).select_related("endpoint__source", "lead")
    items = {row.public_id: row for row in rows}
    decisions = {
        row.lead_id: row
        for row in Decision.objects.filter(lead__in=[item.lead_id for item in items.values()])
        .select_related("rule", "rep", "holding_queue", "pool", "decided_by", "version__rule_set")
        .order_by("pk")
    }
    return [_fate(items[public_id], decisions) for public_id in ids]


def _fate(item: IntakeItem, decisions: dict[int, Decision]) -> Fate:
    came_from = f"{item.endpoint.source.name} ({item.endpoint.get_channel_display()})"
    decision = decisions.get(item.lead_id or 0)
    if item.lead is None or decision is None:
        name = str(item.payload["fields"].get("full_name", ""))
        return Fate(name, came_from, "", "", item.last_error or "waits", None)
    taken = decision.decided_at - item.received_at
    explanation = explain_decision(decision)
    return Fate(
        str(item.lead),
        came_from,
        decision.rule.name if decision.rule else "",
        str(decision.rep or decision.holding_queue or decision.get_outcome_display()),
        _say_why(explanation.lines, decision),
        max(0, round(taken.total_seconds() * 1000)),
    )


def _say_why(lines: Sequence[str], decision: Decision) -> str:
    """Returns the line of the explanation that speaks of who got the lead, else its last one."""
    name = decision.rep.name if decision.rep else ""
    about = [line for line in lines if name and line.startswith(name)]
    return (about or list(lines) or [decision.reason])[-1]


def render_fates(fates: Sequence[Fate]) -> str:
    """Returns a table of plain text."""
    header = ("Lead", "From", "Rule", "To", "ms", "Why")
    rows = [
        (f.lead, f.came_from, f.rule, f.went_to, "" if f.milliseconds is None else str(f.milliseconds), f.why)
        for f in fates
    ]  # fmt: skip
    return render_table(header, rows)
