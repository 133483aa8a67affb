from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.postal import is_in_range
from routing.engine.territories import (
    Territory,
    TerritoryIndex,
    TerritoryOwner,
    cover_range,
    owner_on,
)
from routing.engine.territory_criteria import Criteria, Place

EMPTY = frozenset()


def make(slug, parent=None, **criteria):
    number = sum(ord(sign) * 31**place for place, sign in enumerate(slug))
    sets = {"countries", "subdivisions", "industries", "domains"}
    filled = {name: frozenset(value) if name in sets else value for name, value in criteria.items()}
    return Territory(number, slug, slug.title(), parent.id if parent else None, **filled)


WORLD = make("world")
US = make("us", WORLD, countries={"US"})
WEST = make("west", US, subdivisions={"US-CA", "US-WA"})
BAY = make("bay", WEST, postal_prefixes=("94", "950"))
VALLEY = make("valley", US, postal_ranges=(("95000", "95199"),))
RETAIL = make("retail", US, industries={"Retail"})
LARGE = make("large", RETAIL, employees_min=1_000)
ACME = make("acme", WORLD, domains={"acme.com"})
DACH = make("dach", WORLD, countries={"DE", "AT", "CH"})
TREE = [WORLD, US, WEST, BAY, VALLEY, RETAIL, LARGE, ACME, DACH]


def locate(territories=TREE, **facts):
    match = TerritoryIndex(territories).locate(facts)
    return match.territory.slug if match else None


@pytest.mark.parametrize(
    ("facts", "slug"),
    [
        ({}, "world"),
        ({"country": "fr"}, "world"),
        ({"country": "us"}, "us"),
        ({"country": "US", "subdivision": "US-CA"}, "west"),
        ({"country": "US", "subdivision": "US-CA", "postal_code": "94103"}, "bay"),
        ({"country": "US", "subdivision": "US-CA", "postal_code": "95014"}, "bay"),
        ({"country": "US", "subdivision": "US-CA", "postal_code": "95110"}, "valley"),
        ({"country": "US", "postal_code": "94103"}, "us"),  # its parent asks for the state
        ({"country": "DE", "postal_code": "94103"}, "dach"),
        ({"country": "US", "industry": "retail"}, "retail"),
        ({"country": "US", "industry": "retail", "employees": 1_000}, "large"),
        ({"country": "US", "industry": "retail", "employees": 999}, "retail"),
        ({"country": "US", "subdivision": "US-WA", "industry": "retail"}, "west"),
        ({"country": "US", "subdivision": "US-CA", "company_domain": "eu.ACME.com"}, "acme"),
        ({"email_domain": "acme.com", "is_free_mail": False}, "acme"),
        ({"email_domain": "acme.com", "is_free_mail": True}, "world"),
        ({"email_domain": "acme.com"}, "world"),
        ({"country": 7, "employees": "many", "postal_code": None}, "world"),
    ],
)
def test_the_most_specific_territory_wins(facts, slug):
    assert locate(**facts) == slug


def test_a_match_names_the_whole_path():
    match = TerritoryIndex(TREE).locate({"country": "US", "subdivision": "US-CA"})
    assert [step.slug for step in match.path] == ["world", "us", "west"]
    assert match.slugs == {"world", "us", "west"}


def test_ties_are_settled_by_depth_then_priority_then_slug():
    a, b = make("a", countries={"US"}), make("b", countries={"US"})
    assert locate([b, a], country="US") == "a"
    urgent = make("urgent", countries={"US"}, priority=5)
    assert locate([b, a, urgent], country="US") == "urgent"
    deeper = make("deeper", a)
    assert locate([b, a, urgent, deeper], country="US") == "deeper"


def test_a_range_counts_as_long_as_its_ends_agree():
    wide = make("wide", postal_ranges=(("94000", "96199"),))
    narrow = make("narrow", postal_ranges=(("94100", "94199"),))
    prefix = make("prefix", postal_prefixes=("94",))
    state = make("state", subdivisions={"US-CA"})
    facts = {"subdivision": "US-CA", "postal_code": "94103"}
    assert locate([state, wide], **facts) == "wide"
    assert locate([wide, prefix, narrow], **facts) == "narrow"
    assert locate([state, wide, prefix], **facts) == "prefix"


def test_without_any_matching_territory_there_is_none():
    assert locate([US, WORLD], country="DE") == "world"
    assert locate([make("only", countries={"US"})], country="DE") is None
    assert locate([], country="DE") is None


def test_broken_and_circular_chains_never_match_and_are_named():
    orphan = Territory(1, "orphan", "Orphan", parent_id=99)
    child = Territory(2, "child", "Child", parent_id=1)
    one, two = Territory(3, "one", "One", parent_id=4), Territory(4, "two", "Two", parent_id=3)
    index = TerritoryIndex([orphan, child, one, two, WORLD])
    assert index.unreachable == ("child", "one", "orphan", "two")
    assert index.locate({}).territory is WORLD


digits = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.just(width), st.integers(0, 10**width - 1), st.integers(0, 10**width - 1)
    )
)


@given(digits)
def test_a_range_of_digits_is_covered_exactly_by_its_prefixes(parts):
    width, *ends = parts
    low, high = (str(end).zfill(width) for end in sorted(ends))
    heads = cover_range(low, high)
    for number in range(10**width):
        code = str(number).zfill(width)
        is_covered = sum(code.startswith(head) for head in heads)
        assert is_covered == is_in_range(code, low, high)


some = {
    "countries": st.frozensets(st.sampled_from(["US", "DE", "fr"]), max_size=2),
    "subdivisions": st.frozensets(st.sampled_from(["US-CA", "DE-BY"]), max_size=1),
    "postal_prefixes": st.lists(st.sampled_from(["9", "94", "K1", "1"]), max_size=2).map(tuple),
    "postal_ranges": st.lists(
        st.sampled_from(
            [("10000", "19999"), ("94000", "96199"), ("K1A", "L2Z"), ("00000", "99999")]
        ),
        max_size=2,
    ).map(tuple),
    "industries": st.frozensets(st.sampled_from(["Retail", "Media"]), max_size=1),
    "employees_min": st.sampled_from([None, None, 10, 100]),
    "employees_max": st.sampled_from([None, None, 50, 500]),
    "domains": st.frozensets(st.sampled_from(["acme.com", "com", "x.org"]), max_size=1),
    "priority": st.integers(0, 2),
}
places = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from(["us", "DE", "FR", "IT"]),
        "subdivision": st.sampled_from(["US-CA", "DE-BY", "US-NY"]),
        "postal_code": st.sampled_from(["94103", "10115", "K1A 0B1", "L1", "12", "94103-1234"]),
        "industry": st.sampled_from(["retail", "media", "food"]),
        "employees": st.sampled_from([5, 20, 200, 1_000]),
        "company_domain": st.sampled_from(["acme.com", "a.acme.com", "x.org", "y.net"]),
    },
)


@st.composite
def trees(draw):
    count = draw(st.integers(1, 12))
    parents = [draw(st.none() | st.integers(0, number)) for number in range(count)]
    return [
        Territory(
            number + 1, f"t{number}", "T", parent or None, **draw(st.fixed_dictionaries(some))
        )
        for number, parent in enumerate(parents)
    ]


def locate_by_looking_at_each(territories, facts):
    """The documented order, applied to every territory."""
    by_id, place, ranked = {one.id: one for one in territories}, Place.of(facts), []
    for territory in territories:
        step, path = territory, [territory]
        while step.parent_id is not None:
            step = by_id[step.parent_id]
            path.append(step)
        found = [Criteria.of(one).find_specificity(place) for one in path]
        if None not in found:
            best = tuple(max(column) for column in zip(*found, strict=True))
            ranked.append((best, len(path), territory.priority, territory))
    ranked.sort(key=lambda row: row[3].slug)
    ranked.sort(key=lambda row: row[:3], reverse=True)
    return ranked[0][3].slug if ranked else None


@settings(max_examples=300)
@given(trees(), places)
def test_the_index_finds_what_looking_at_each_territory_finds(territories, facts):
    assert locate(territories, **facts) == locate_by_looking_at_each(territories, facts)


def test_of_thousands_of_territories_only_a_few_are_looked_at():
    patches = [
        Territory(
            10_000 + number,
            f"p{number}",
            "Patch",
            US.id,
            postal_prefixes=(f"{number:04d}",),
            domains=frozenset({f"c{number}.com"}) if number % 2 else EMPTY,
        )
        for number in range(5_000)
    ]
    index = TerritoryIndex([*TREE, *patches])
    place = Place.of({"country": "US", "postal_code": "12345", "company_domain": "c77.com"})
    assert len(list(index._list_candidates(place))) < 12
    assert index.locate({"country": "US", "postal_code": "24681"}).territory.slug == "p2468"


def test_the_owner_is_that_of_the_nearest_territory_with_one_that_day():
    today = date(2026, 5, 4)
    top = Territory(1, "top", "Top", owners=(TerritoryOwner(7, "AE", today - timedelta(days=400)),))
    patch = Territory(
        2,
        "patch",
        "Patch",
        1,
        owners=(
            TerritoryOwner(8, "SDR", today, today + timedelta(days=1)),
            TerritoryOwner(9, "AE", today + timedelta(days=1)),
        ),
    )
    path = (top, patch)
    assert owner_on(path, "AE", today) == 7
    assert owner_on(path, "AE", today + timedelta(days=1)) == 9
    assert owner_on(path, "SDR", today) == 8
    assert owner_on(path, "SDR", today + timedelta(days=1)) is None
    assert owner_on(path, "SDR", today - timedelta(days=1)) is None


def test_of_two_owners_on_one_day_the_later_one_counts():
    day = date(2026, 5, 4)
    owners = (TerritoryOwner(1, "AE", day), TerritoryOwner(2, "AE", day - timedelta(days=9)))
    assert owner_on((Territory(1, "a", "A", owners=owners),), "AE", day) == 1
