"""What is written when an arriving lead is somebody known by likeness, or may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadrouter.common.sql import insert_rows
from leads.domain.person import Person
from leads.domain.similarity import compare
from leads.domain.similarity_words import Evidence, explain
from leads.models import DuplicatePair, IntakeItem, Lead, LeadKey, LeadMerge, Place
from leads.selectors.candidates import person_of_lead
from leads.services.matching import Match, Matcher, evidence_of
from leads.services.snapshots import Snapshot, find_changes

AUTOMATIC = "Merged on arrival: the evidence is certain."


@dataclass(slots=True)
class Absorbed:
    """A lead that was merged as it arrived. `lead` is the row that undoing brings back."""

    lead: Lead
    into: Lead
    item: IntakeItem
    identities: list[tuple[str, str]]
    evidence: list[Evidence]
    points: float
    before: Snapshot


@dataclass(slots=True)
class Pair:
    """Two leads for the review queue."""

    one: Lead | int
    other: Lead | int
    points: float
    evidence: list[Evidence]


def close_as_merged(lead: Lead, into: Lead, now: datetime) -> None:
    """Makes the lead, in memory, a row that only leads on to another one; `merged_into` is set later."""
    lead.place, lead.placed_at, lead.closed_at = Place.CLOSED, now, now
    lead.closed_reason = f"Merged into {into}"[:200]


def pair_with(lead: Lead, match: Match, person: Person) -> Pair:
    """The arriving lead and one that it may be."""
    known = match.lead or match.person.lead_id
    return Pair(lead, known, match.likeness.total, evidence_of(match, person))


def pair_of_one_delivery(lead: Lead, other: Lead) -> Pair:
    """Two known leads of which one delivery named the e-mail address and the phone number."""
    one, two = person_of_lead(lead), person_of_lead(other)
    likeness = compare(one, two)
    said = "One delivery named the e-mail address of one and the phone number of the other."
    evidence: list[Evidence] = [{"field": "phone", "sentence": said, "weight": 0.0}]
    return Pair(lead, other, likeness.total, evidence + explain(likeness, one, two))


def write_keys(matcher: Matcher, persons: Sequence[tuple[Person, Lead]]) -> None:
    """Files each lead under the keys of the person. Queries: 1."""
    rows = {(key, lead.pk) for person, lead in persons for key in matcher.keys[id(person)]}
    insert_rows(LeadKey, ("key", "lead_id"), sorted(rows), ignores_conflicts=True)


def write_pairs(pairs: Sequence[Pair], now: datetime) -> None:
    """Adds pairs to the review queue; one that is known already stays as it was decided. Queries: 1."""
    rows: dict[tuple[int, int], tuple[Any, ...]] = {}
    for pair in pairs:
        one, other = sorted((_id(pair.one), _id(pair.other)))
        if one != other:
            rows[one, other] = (one, other, pair.points, pair.evidence, now)
    columns = ("one_id", "other_id", "points", "evidence", "found_at")
    insert_rows(DuplicatePair, columns, list(rows.values()), ignores_conflicts=True)


def _id(lead: Lead | int) -> int:
    return lead if isinstance(lead, int) else lead.pk


def write_merges(absorbed: Sequence[Absorbed], now: datetime) -> None:
    """Notes what was merged on arrival. Queries: 1."""
    insert_rows(
        LeadMerge,
        ("kept_id", "merged_id", "merged_at", "reason", "points", "evidence", "snapshot"),
        [
            (one.into.pk, one.lead.pk, now, AUTOMATIC, one.points, one.evidence, _snapshot(one))
            for one in absorbed
        ],
    )


def _snapshot(one: Absorbed) -> dict[str, Any]:
    return {
        "kept": find_changes(one.before, one.into),
        "merged": {"place": Place.WAITING, "interaction_count": 1},
        "moved": {
            "items": [one.item.pk],
            "interactions": [],
            "identities": [list(key) for key in one.identities],
        },
    }
