"""How good the data is: by source, by field, by warning and over time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q
from django.db.models.functions import TruncDate

from leads.models import Interaction, Lead

PERIOD = timedelta(days=30)
DELIVERIES_LOOKED_AT = 2_000
_EXAMPLES = 3
# What a good lead has, by what its lack looks like.
_LACKS: dict[str, tuple[str, Q]] = {
    "no_email": ("No usable e-mail address", Q(email_domain="")),
    "no_phone": ("No usable phone number", Q(phone_e164="")),
    "no_name": ("No last name", Q(last_name="")),
    "no_company": ("No company", Q(company_name="")),
    "no_title": ("No job title", Q(job_title="")),
    "no_role": ("Title without a clear function", ~Q(job_title="") & Q(job_function="")),
    "no_country": ("No country", Q(country="")),
    "no_place": ("No state or postal code", Q(subdivision="", postal_code="")),
    "free_mail": ("Free mail address", Q(is_free_mail=True)),
}


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """The mean score of a source's leads in the period."""

    name: str
    leads: int
    score: int


@dataclass(frozen=True, slots=True)
class Lack:
    """How many leads of the period lack something."""

    label: str
    leads: int
    percent: int


@dataclass(slots=True)
class WarningCount:
    """One kind of warning among the newest deliveries; `examples` are (lead id, sentence)."""

    about: str
    code: str
    count: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DayQuality:
    """One day's leads and their mean score."""

    day: date
    leads: int
    score: int


@dataclass(frozen=True, slots=True)
class DataQuality:
    """Worst first, except for the days."""

    leads: int
    score: int | None
    sources: list[SourceQuality]
    lacks: list[Lack]
    warnings: list[WarningCount]
    days: list[DayQuality]


def get_data_quality(*, now: datetime) -> DataQuality:
    """Returns the state of the leads received in the last 30 days. Queries: 4."""
    recent = Lead.objects.filter(
        received_at__gte=now - PERIOD, erased_at=None, merged_into=None
    ).order_by()
    totals = recent.aggregate(
        leads=Count("pk"),
        score=Avg("quality"),
        **{name: Count("pk", filter=lack) for name, (_, lack) in _LACKS.items()},
    )
    return DataQuality(
        leads=totals["leads"],
        score=_whole(totals["score"]),
        sources=_list_sources(recent),
        lacks=_list_lacks(totals),
        warnings=_count_warnings(),
        days=_list_days(recent),
    )


def _list_sources(recent: Any) -> list[SourceQuality]:
    rows = recent.filter(quality__isnull=False).values_list("source__name")
    found = rows.annotate(leads=Count("pk"), score=Avg("quality")).order_by("score", "source__name")
    return [SourceQuality(name, leads, round(score)) for name, leads, score in found[:20]]


def _list_lacks(totals: dict[str, Any]) -> list[Lack]:
    whole = totals["leads"]
    found = [
        Lack(label, totals[name], round(100 * totals[name] / whole))
        for name, (label, _) in _LACKS.items()
        if totals[name]
    ]
    return sorted(found, key=lambda lack: -lack.leads)


def _list_days(recent: Any) -> list[DayQuality]:
    rows = recent.filter(quality__isnull=False).annotate(day=TruncDate("received_at"))
    found = rows.values_list("day").annotate(leads=Count("pk"), score=Avg("quality"))
    return [DayQuality(day, leads, round(score)) for day, leads, score in found.order_by("day")]


def _count_warnings() -> list[WarningCount]:
    """Counted in Python over a bounded number of rows: no index could find codes inside JSON."""
    rows = Interaction.objects.filter(intake_item__isnull=False).order_by("-id")
    newest = rows.values_list("lead_id", "data__warnings")[:DELIVERIES_LOOKED_AT]
    return sort_warnings(newest)


def sort_warnings(rows: Iterable[tuple[int, Any]]) -> list[WarningCount]:
    """Counts (lead id, its warnings) by field and code, most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    kinds: dict[tuple[str, str], WarningCount] = {}
    for lead_id, warnings in rows:
        for one in warnings or ():
            key = (str(one.get("field", "")), str(one.get("code", "")))
            kind = kinds.setdefault(key, WarningCount(*key))
            counts[key] += 1
            kind.count += 1
            if len(kind.examples) < _EXAMPLES:
                kind.examples.append((lead_id, str(one.get("message", ""))))
    return [kinds[key] for key, _ in counts.most_common()]


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
