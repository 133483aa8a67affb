"""Sums up how leads ended, for pools that give leads by expected value."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Count, F, Q, Sum, Value, When

from routing.models import (
    Assignment,
    EndReason,
    OutcomeRefresh,
    Pool,
    PoolMember,
    RepOutcome,
    Strategy,
)

EVERY = timedelta(hours=1)
KEPT = timedelta(days=365)

Key = tuple[int, int, str]
"""Rep, source, currency."""


def refresh_outcomes(*, now: datetime) -> bool:
    """Brings the sums up to date if a pool uses them and an hour has passed; says whether it did.

    Whoever moves the hour on does the work, so many sweepers do it once. Only rows that differ are
    written: each write makes all processes read their descriptions anew.
    """
    if not Pool.objects.filter(strategy=Strategy.BEST_MATCH, is_active=True).exists():
        return False
    with transaction.atomic():
        if not _claim(now):
            return False
        _write(_sum_up(now))
    return True


def _claim(now: datetime) -> bool:
    _, is_new = OutcomeRefresh.objects.get_or_create(pk=1, defaults={"refreshed_at": now})
    due = OutcomeRefresh.objects.filter(pk=1, refreshed_at__lte=now - EVERY)
    return is_new or due.update(refreshed_at=now) == 1


def _sum_up(now: datetime) -> dict[Key, dict[str, int]]:
    """{(rep, source, currency): columns} of the members of such pools; "" holds what has no deal."""
    reps = PoolMember.objects.filter(pool__strategy=Strategy.BEST_MATCH).values("rep")
    is_deal = Q(end_reason=EndReason.WON, lead__deal_value__isnull=False)
    rows = (
        Assignment.objects.filter(
            rep__in=reps, ended_at__gt=now - KEPT, end_reason__in=[EndReason.WON, EndReason.LOST]
        )
        .order_by()
        .annotate(
            source=F("lead__source"),
            currency=Case(
                When(is_deal, then="lead__deal_currency"),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .values("rep_id", "source", "currency", "end_reason")
        .annotate(count=Count("pk"), value=Sum("lead__deal_value"))
    )
    sums: dict[Key, dict[str, int]] = {}
    for row in rows:
        columns = sums.setdefault(
            (row["rep_id"], row["source"], row["currency"]), {"won": 0, "lost": 0, "deal_cents": 0}
        )
        is_won = row["end_reason"] == EndReason.WON
        columns["won" if is_won else "lost"] += row["count"]
        if is_won and row["currency"]:
            columns["deal_cents"] += int(row["value"] * 100)
    return sums


def _write(sums: dict[Key, dict[str, int]]) -> None:
    known = {(row.rep_id, row.source_id, row.currency): row for row in RepOutcome.objects.all()}
    gone = [row.pk for key, row in known.items() if key not in sums]
    if gone:
        RepOutcome.objects.filter(pk__in=gone).delete()
    RepOutcome.objects.bulk_create(
        RepOutcome(rep_id=rep, source_id=source, currency=currency, **columns)
        for (rep, source, currency), columns in sums.items()
        if (rep, source, currency) not in known
    )
    for row in _changed(known, sums):
        row.save()


def _changed(known: dict[Key, Any], sums: dict[Key, dict[str, int]]) -> Iterable[Any]:
    for key, columns in sums.items():
        row = known.get(key)
        if row is not None and any(getattr(row, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(row, name, value)
            yield row
