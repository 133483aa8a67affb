"""Which of the newest leads would belong elsewhere with the territories of a file."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from leads.models import Lead
from routing.engine.facts import Facts
from routing.engine.territories import Territory, TerritoryIndex, TerritoryOwner, owner_on
from routing.selectors.facts import lead_facts
from routing.territory_files.columns import ROLES
from routing.territory_files.current import State

NEWEST_LEADS = 1_000
MOST_MOVES = 10
NOWHERE = "no territory"


@dataclass(frozen=True, slots=True)
class Move:
    """Leads that would go from one territory to another (or none), with one of them."""

    before: str
    after: str
    lead_count: int
    example: Lead


@dataclass(frozen=True, slots=True)
class Effect:
    """Of the `seen` newest leads, how many would have another territory, or the same one with
    another owner today."""

    seen: int
    moved: int
    new_owner: int
    moves: list[Move]


def find_effect(before: Mapping[str, State], after: Mapping[str, State], today: date) -> Effect:
    """Queries: 1, and two indexes are made, which takes a second for 20,000 territories."""
    leads = list(
        Lead.objects.select_related("source", "account__owner", "account__parent__owner").order_by(
            "-id"
        )[:NEWEST_LEADS]
    )
    facts = [lead_facts(lead, UTC) for lead in leads]
    reps: dict[str, int] = {}
    old, new = (_places(states, facts, today, reps) for states in (before, after))
    pairs = [(was[0], now[0]) for was, now in zip(old, new, strict=True)]
    counts = Counter(pair for pair in pairs if pair[0] != pair[1])
    moves = [
        Move(_name(before, was), _name(after, now), count, leads[pairs.index((was, now))])
        for (was, now), count in counts.most_common(MOST_MOVES)
    ]
    new_owner = sum(
        was[0] == now[0] and was[1] != now[1] for was, now in zip(old, new, strict=True)
    )
    return Effect(len(leads), counts.total(), new_owner, moves)


def _name(states: Mapping[str, State], slug: str) -> str:
    return str(states[slug]["name"]) if slug else NOWHERE


def _places(
    states: Mapping[str, State], facts: list[Facts], today: date, reps: dict[str, int]
) -> list[tuple[str, list[int | None]]]:
    """(slug or "", owner of each role) for each lead."""
    index = TerritoryIndex(list_territories(states, reps))
    found = [index.locate(known) for known in facts]
    return [
        (match.territory.slug, [owner_on(match.path, role, today) for role in ROLES])
        if match
        else ("", [])
        for match in found
    ]


def list_territories(states: Mapping[str, State], reps: dict[str, int]) -> Iterator[Territory]:
    """The active ones as the engine wants them. `reps` numbers the reps by slug and grows."""
    numbers = {slug: number for number, slug in enumerate(states, start=1)}
    for slug, state in states.items():
        if not state["is_active"]:
            continue
        yield Territory(
            id=numbers[slug],
            slug=slug,
            name=state["name"],
            parent_id=numbers.get(state["parent"], 0) if state["parent"] else None,
            priority=state["priority"],
            countries=frozenset(state["countries"]),
            subdivisions=frozenset(state["subdivisions"]),
            postal_prefixes=tuple(state["postal_prefixes"]),
            postal_ranges=tuple((low, high) for low, high in state["postal_ranges"]),
            industries=frozenset(state["industries"]),
            employees_min=state["employees_min"],
            employees_max=state["employees_max"],
            domains=frozenset(state["named_domains"]),
            owners=tuple(
                TerritoryOwner(
                    reps.setdefault(one.rep, len(reps) + 1), role, one.starts_on, one.ends_on
                )
                for role in ROLES
                for one in state[role]
            ),
        )
