"""What must always be true, as queries that must find nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from leads.models import IntakeItem, IntakeState, Lead, Place
from routing.models import (
    Assignment,
    Decision,
    DecisionKind,
    Incident,
    OutboxMessage,
    PoolMember,
    RuleSetVersion,
    VersionState,
)
from routing.selectors.candidates import HOP_LIMIT

FORGOTTEN = timedelta(minutes=5)
UNSENT = timedelta(minutes=15)
LEFT_BEHIND = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Violation:
    """One invariant that does not hold: its code, its sentence, and the ids that break it."""

    code: str
    sentence: str
    ids: tuple[object, ...]


def find_violations(now: datetime) -> list[Violation]:
    """Checks every invariant; an empty list is the promise kept."""
    found = []
    for code, sentence, query in INVARIANTS:
        ids = tuple(query(now))
        if ids:
            found.append(Violation(code, sentence, ids))
    return found


def _forgotten_items(now: datetime) -> Iterator[object]:
    yield from IntakeItem.objects.filter(
        state=IntakeState.RECEIVED, received_at__lt=now - FORGOTTEN
    ).values_list("pk", flat=True)


def _unlinked_items(_: datetime) -> Iterator[object]:
    linked = Q(state=IntakeState.LINKED)
    yield from IntakeItem.objects.filter(
        (linked & Q(lead__isnull=True)) | (~linked & Q(lead__isnull=False))
    ).values_list("pk", flat=True)


def _forgotten_leads(now: datetime) -> Iterator[object]:
    yield from Lead.objects.filter(place=Place.WAITING, placed_at__lt=now - FORGOTTEN).values_list(
        "pk", flat=True
    )


def _two_owners(_: datetime) -> Iterator[object]:
    yield from (
        Assignment.objects.filter(ended_at__isnull=True)
        .order_by()
        .values("lead")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
        .values_list("lead", flat=True)
    )


def _overlaps(_: datetime) -> Iterator[object]:
    later = Assignment.objects.filter(
        Q(started_at__lt=OuterRef("ended_at")) | Q(started_at__lt=OuterRef("started_at")),
        lead=OuterRef("lead"),
        pk__gt=OuterRef("pk"),
    )
    yield from Assignment.objects.filter(Exists(later)).values_list("pk", flat=True)


def _wrong_owner(_: datetime) -> Iterator[object]:
    held = Assignment.objects.filter(lead=OuterRef("pk"), ended_at__isnull=True)
    by_owner = held.filter(rep=OuterRef("owner"))
    yield from Lead.objects.filter(
        (Q(owner__isnull=False) & ~Exists(by_owner)) | (Q(owner__isnull=True) & Exists(held))
    ).values_list("pk", flat=True)


def _unexplained(_: datetime) -> Iterator[object]:
    yield from (
        Decision.objects.filter(kind=DecisionKind.RULES, version__isnull=False)
        .filter(
            Q(version__published_at__isnull=True)
            | Q(version__published_at__gt=F("decided_at"))
            | Q(version__retired_at__lt=F("decided_at"))
        )
        # Where a new version could not be used the old one went on, and an incident says so.
        .exclude(Exists(_unusable_versions(OuterRef("decided_at"))))
        .values_list("pk", flat=True)
    )


def _unusable_versions(moment: OuterRef) -> "QuerySet[Incident]":
    kind = Incident.Kind.VERSION
    return Incident.objects.filter(kind=kind, first_seen_at__lte=moment, last_seen_at__gte=moment)


def _unannounced(_: datetime) -> Iterator[object]:
    told = OutboxMessage.objects.filter(assignment=OuterRef("pk"), kind=OutboxMessage.Kind.ASSIGNED)
    yield from (
        Assignment.objects.exclude(decision__kind=DecisionKind.CLAIM)
        .filter(~Exists(told))
        .values_list("pk", flat=True)
    )


def _unsent(now: datetime) -> Iterator[object]:
    yield from OutboxMessage.objects.filter(
        state=OutboxMessage.State.PENDING, due_at__lt=now - UNSENT
    ).values_list("pk", flat=True)


def _over_capacity(_: datetime) -> Iterator[object]:
    yield from Assignment.objects.filter(
        decision__kind__in=[DecisionKind.RULES, DecisionKind.CLAIM], load_after__gt=F("capacity")
    ).values_list("pk", flat=True)


def _left_behind(now: datetime) -> Iterator[object]:
    yield from Assignment.objects.filter(
        ended_at__isnull=True,
        rep__is_active=False,
        rep__deactivated_at__lt=now - LEFT_BEHIND,
    ).values_list("pk", flat=True)


def _hopping(now: datetime) -> Iterator[object]:
    yield from (
        Decision.objects.filter(kind=DecisionKind.RULES, decided_at__gt=now - timedelta(days=1))
        .order_by()
        .values("lead")
        .annotate(count=Count("pk"))
        .filter(count__gt=HOP_LIMIT + 1)
        .values_list("lead", flat=True)
    )


def _two_published(_: datetime) -> Iterator[object]:
    yield from (
        RuleSetVersion.objects.filter(state=VersionState.PUBLISHED)
        .order_by()
        .values("rule_set")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
        .values_list("rule_set", flat=True)
    )


def _unbalanced(_: datetime) -> Iterator[object]:
    yield from (
        PoolMember.objects.order_by()
        .values("pool")
        .annotate(total=Sum("balance_microturns"))
        .exclude(total=0)
        .values_list("pool", flat=True)
    )


def _changed_versions(_: datetime) -> Iterator[object]:
    from routing.selectors.checksums import checksum

    versions = RuleSetVersion.objects.exclude(state=VersionState.DRAFT).exclude(checksum="")
    yield from (version.pk for version in versions if checksum(version) != version.checksum)


def _unsafe_sqlite(_: datetime) -> Iterator[object]:
    if connection.vendor == "sqlite" and settings.DATABASES["default"]["NAME"] != ":memory:":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            if (mode := cursor.fetchone()[0]) != "wal":
                yield mode


INVARIANTS: tuple[tuple[str, str, Callable[[datetime], Iterator[object]]], ...] = (
    ("I1", "Deliveries were received and forgotten.", _forgotten_items),
    (
        "I2",
        "Deliveries are linked without a lead, or have one without being linked.",
        _unlinked_items,
    ),
    ("I3", "Leads have waited for a decision for too long.", _forgotten_leads),
    ("I4", "Leads have two owners now.", _two_owners),
    ("I5", "Leads had two owners at one moment.", _overlaps),
    ("I6", "A lead's owner and its open assignment differ.", _wrong_owner),
    ("I7", "Decisions were made by a version that was not live.", _unexplained),
    ("I8", "Assignments were never announced to their rep.", _unannounced),
    ("I8b", "Messages have been due for too long.", _unsent),
    ("I9", "Reps were given more than their cap.", _over_capacity),
    ("I10", "Inactive reps hold open leads.", _left_behind),
    ("I11", "Leads were moved too often in one day.", _hopping),
    ("I12", "A rule set has two published versions.", _two_published),
    ("I13", "The balances of a pool do not sum to zero.", _unbalanced),
    ("I14", "A published version was changed.", _changed_versions),
    ("I15", "The embedded database is not in WAL mode.", _unsafe_sqlite),
)
