"""Writes messages into the outbox, beside the change they tell of. Sending is somebody else's job."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leadrouter.common.sql import insert_rows
from reps.models import Rep, Team
from routing.models import Assignment, Decision, OutboxMessage, SlaTimer


def write_assigned_messages(
    *, assignments: Sequence[Assignment], reps: Mapping[int, Rep], now: datetime
) -> None:
    """Tells each rep of the lead they got (`reps` with `user` loaded)."""
    insert_rows(
        OutboxMessage,
        ("kind", "assignment_id", "recipient", "due_at", "created_at"),
        [
            (OutboxMessage.Kind.ASSIGNED, one.pk, reps[one.rep_id].user.email, now, now)
            for one in assignments
        ],
    )


def write_parked_messages(*, decisions: Sequence[Decision], now: datetime) -> None:
    """Tells every team's manager that a lead is stuck and why. Queries: 2, none without decisions."""
    if not decisions:
        return
    addresses = sorted(
        set(
            Team.objects.filter(manager__is_active=True)
            .exclude(manager__email="")
            .values_list("manager__email", flat=True)
        )
    )
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                kind=OutboxMessage.Kind.PARKED,
                decision=decision,
                recipient=address,
                due_at=now,
                created_at=now,
            )
            for decision in decisions
            for address in addresses
        ]
    )


def write_breach_messages(*, timers: Sequence[SlaTimer], now: datetime) -> None:
    """Tells the rep's manager of a missed promise (timers with assignment, rep, team, manager)."""
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                kind=OutboxMessage.Kind.SLA_BREACHED,
                assignment=timer.assignment,
                recipient=manager.email,
                due_at=now,
                created_at=now,
            )
            for timer in timers
            if (manager := timer.assignment.rep.team.manager) is not None and manager.email
        ],
        ignore_conflicts=True,  # acceptance and first touch of one assignment share one message
    )
