"""Proofs about territories, against brute force and on a few that can be read."""

import itertools
import random
from datetime import date, timedelta

import pytest

from routing.engine.proving.domains import Knowledge
from routing.engine.proving.territories import OwnerGap, find_owner_gaps, prove_territories
from routing.engine.territories import Territory, TerritoryIndex, TerritoryOwner, owner_on
from routing.engine.territory_criteria import Criteria, Place

VALUES = {
    "country": [None, "DE", "FR", "XX"],
    "subdivision": [None, "DE-BY", "ZZ-Z"],
    "postal_code": [
        None,
        "x",
        *(f"{n:0{width}}" for width in (1, 2, 3) for n in range(10**width)),
        *(f"{n:02}-1" for n in range(100)),
    ],
    "industry": [None, "steel", "x"],
    "employees": [None, *range(6)],
    "company_domain": [None, "a.b", "b", "c", "z.a.b", "z.b", "z"],
}
CRITERIA = {
    "countries": lambda draw: frozenset(draw.sample(["DE", "FR"], draw.randint(1, 2))),
    "subdivisions": lambda draw: frozenset({"DE-BY"}),
    "postal_prefixes": lambda draw: tuple(draw.sample(["1", "12", "2", "123"], draw.randint(1, 2))),
    "postal_ranges": lambda draw: tuple(
        draw.sample([("10", "19"), ("12", "12"), ("00", "99"), ("120", "125")], 1)
    ),
    "industries": lambda draw: frozenset({"steel"}),
    "employees_min": lambda draw: draw.randint(1, 3),
    "employees_max": lambda draw: draw.randint(3, 4),
    "domains": lambda draw: frozenset(draw.sample(["b", "a.b", "c"], draw.randint(1, 2))),
}


def draw_territories(draw: random.Random) -> list[Territory]:
    kinds = draw.sample(sorted(CRITERIA), draw.randint(1, 4))
    return [
        Territory(
            number,
            f"t{number}",
            f"T{number}",
            parent_id=draw.choice([None, None, *range(1, number)]),
            priority=draw.choice([0, 0, 1]),
            **{
                kind: CRITERIA[kind](draw)
                for kind in draw.sample(kinds, draw.randint(0, min(3, len(kinds))))
            },
        )
        for number in range(1, draw.randint(3, 7))
    ]


def find_by_trying(territories):
    """(winner, tied) pairs and winners over every lead; one lead for each kind of answer."""
    by_id = {territory.id: territory for territory in territories}
    criteria = {key: Criteria.of(one) for key, one in by_id.items()}
    paths = {key: list_path(one, by_id) for key, one in by_id.items()}
    different = {name: list_different(name, values, criteria) for name, values in VALUES.items()}
    pairs, winners = set(), set()
    for values in itertools.product(*different.values()):
        facts = {k: v for k, v in zip(VALUES, values, strict=True) if v is not None}
        place = Place.of(facts)
        ranks = []
        for key, path in paths.items():
            found = [criteria[step.id].find_specificity(place) for step in path]
            if None in found:
                continue
            level = (tuple(map(max, zip(*found, strict=True))), len(path))
            ranks.append((level, by_id[key].priority, by_id[key]))
        if not ranks:
            continue
        top = max(level for level, _, _ in ranks)
        tied = sorted(
            ((p, t) for level, p, t in ranks if level == top), key=lambda x: (-x[0], x[1].slug)
        )
        winner = tied[0][1].slug
        winners.add(winner)
        pairs |= {(winner, other.slug) for _, other in tied[1:]}
    return pairs, winners


def list_path(territory, by_id):
    path = [territory]
    while path[0].parent_id is not None:
        path.insert(0, by_id[path[0].parent_id])
    return path


def list_different(name, values, criteria):
    found = {}
    for value in values:
        place = Place.of({name: value} if value is not None else {})
        answers = tuple(
            (
                c.meets_size(place.employees),
                c._find_postal_length(place.postal),
                place.country in c.countries,
                place.subdivision in c.subdivisions,
                place.industry in c.industries,
                next((d for d in c.domains if (place.domain + ".").endswith(d + ".")), None)
                and any(("." + place.domain).endswith("." + d) for d in c.domains),
            )
            for c in criteria.values()
        )
        found.setdefault(answers, value)
    return list(found.values())


@pytest.mark.parametrize("chunk", range(10))
def test_overlaps_and_winners_are_those_that_brute_force_finds(chunk):
    for seed in range(chunk * 40, chunk * 40 + 40):
        territories = draw_territories(random.Random(seed))
        findings = prove_territories(territories)
        pairs, winners = find_by_trying(territories)
        assert {(one.winner, one.loser) for one in findings.overlaps} == pairs, (seed, territories)
        assert set(findings.never_won) == {one.slug for one in territories} - winners, seed


def test_the_witness_of_an_overlap_is_a_lead_of_both():
    found = 0
    for seed in range(200):
        territories = draw_territories(random.Random(seed))
        by_slug = {one.slug: one for one in territories}
        by_id = {one.id: one for one in territories}
        index = TerritoryIndex(territories)
        for overlap in prove_territories(territories).overlaps:
            found += 1
            place = Place.of(overlap.witness)
            assert index.locate(overlap.witness).territory.slug == overlap.winner
            for step in list_path(by_slug[overlap.loser], by_id):
                assert Criteria.of(step).find_specificity(place) is not None
    assert found > 50


def test_an_overlap_names_the_winner_and_what_decided():
    territories = [
        Territory(1, "bavaria", "Bavaria", countries=frozenset({"DE"}), priority=0),
        Territory(2, "steel", "Steel", countries=frozenset({"DE"}), priority=2),
        Territory(3, "alps", "Alps", countries=frozenset({"DE", "AT"})),
    ]
    knowledge = Knowledge({"country": ["DE", "AT", "CH"]})
    overlaps = prove_territories(territories, knowledge).overlaps
    assert {(one.winner, one.loser, one.is_by_slug) for one in overlaps} == {
        ("steel", "bavaria", False),
        ("steel", "alps", False),
    }
    assert {one.witness["country"].upper() for one in overlaps} == {"DE"}


def test_the_list_of_overlaps_is_cut_off_and_says_so():
    same = [Territory(n, f"t{n}", f"T{n}", countries=frozenset({"DE"})) for n in range(1, 30)]
    findings = prove_territories(same, most=5)
    assert len(findings.overlaps) == 5
    assert findings.has_more
    assert not prove_territories(same).has_more


@pytest.mark.parametrize("seed", range(40))
def test_days_without_owner_are_those_found_day_by_day(seed):
    draw = random.Random(seed)
    today = date(2026, 3, 1)
    territories = [
        Territory(
            number,
            f"t{number}",
            "T",
            parent_id=draw.choice([None, *range(1, number)]),
            owners=tuple(draw_owner(draw, today) for _ in range(draw.randint(0, 3))),
        )
        for number in range(1, 5)
    ]
    by_id = {one.id: one for one in territories}
    gaps = find_owner_gaps(territories, ["AE", "SDR"], today, days=60)
    for territory, role in itertools.product(territories, ["AE", "SDR"]):
        mine = [g for g in gaps if (g.territory, g.role) == (territory.slug, role)]
        for day in (today + timedelta(days=n) for n in range(60)):
            has_owner = owner_on(list_path(territory, by_id), role, day) is not None
            covered = any(
                g.starts_on <= day and (g.ends_on is None or day < g.ends_on) for g in mine
            )
            assert has_owner != covered, (territory, day)


def draw_owner(draw, today):
    start = today + timedelta(days=draw.randint(-30, 70))
    end = draw.choice([None, start + timedelta(days=draw.randint(1, 40))])
    return TerritoryOwner(draw.randint(1, 3), draw.choice(["AE", "SDR"]), start, end)


def test_a_gap_that_lasts_has_no_end():
    territory = Territory(1, "north", "North")
    today = date(2026, 3, 1)
    assert find_owner_gaps([territory], ["AE"], today) == [OwnerGap("north", "AE", today, None)]
