"""The smallest change to a lead: verified by the engine, and as small as brute force finds."""

import itertools
import random
from datetime import UTC

import pytest

from routing.engine.attributes import get_attribute
from routing.engine.compiling import Destination, DestinationKind, Rule, compile_plan
from routing.engine.conditions import All, Any, Not, Test, list_attributes
from routing.engine.counterfactuals import find_smallest_change
from routing.engine.deciding import look
from routing.engine.normal import NORMALISERS
from routing.engine.operators import Operator
from routing.engine.proving.domains import Knowledge
from tests.routing.engine.proving.small_plans import NOW, VALUES, draw_plan
from tests.routing.engine.proving.test_brute_force import list_different
from tests.routing.engine.world import BERLIN, EUROPE, equals, make_plan, rule


def make_random(seed):
    draw = random.Random(seed)
    rules = [one for one in draw_plan(draw) if not one.is_limited]
    names = sorted(frozenset().union(*(list_attributes(one.condition) for one in rules)))
    facts = {name: draw.choice(VALUES[name]) for name in names}
    return rules, names, {name: value for name, value in facts.items() if value is not None}


def find_least(plan, rules, names, facts, rule_id):
    """The fewest attributes by which a lead that the rule takes differs from this one."""
    values = {name: [facts.get(name), *list_different(name, rules)] for name in names}
    for count in range(len(names) + 1):
        for chosen in itertools.combinations(names, count):
            for found in itertools.product(*(values[name] for name in chosen)):
                changed = {**facts, **dict(zip(chosen, found, strict=True))}
                match = look(plan, changed, NOW).rule
                if match is not None and match.id == rule_id:
                    return count
    return None


@pytest.mark.parametrize("chunk", range(8))
def test_no_smaller_change_would_do(chunk):
    found = 0
    for seed in range(chunk * 40, chunk * 40 + 40):
        rules, names, facts = make_random(seed)
        plan = compile_plan(1, 1, rules, (), UTC)
        for target in rules:
            least = find_least(plan, rules, names, facts, target.id)
            change = find_smallest_change(plan, facts, [target.id], NOW)
            assert (change is None) == (least is None), (seed, target)
            if change is None:
                continue
            found += 1
            assert look(plan, change.facts, NOW).rule.id == target.id
            assert len(change.changes) == least, (seed, target, change, facts)
            changed = dict(facts)
            for one in change.changes:
                normalise = NORMALISERS[get_attribute(one.attribute).type]
                assert normalise(changed.get(one.attribute)) == normalise(one.before)
                changed[one.attribute] = one.after
            assert {k: v for k, v in changed.items() if v is not None} == change.facts
    assert found > 20


def say(change):
    return {one.attribute: (one.before, one.after) for one in change.changes}


def test_numbers_move_no_further_than_they_must():
    plan = make_plan(
        rule(1, Test("employees", Operator.AT_LEAST, 200)),
        rule(2, Test("employees", Operator.BETWEEN, (50, 120))),
        rule(3, All()),
    )
    facts = {"employees": 180, "country": "DE"}
    assert say(find_smallest_change(plan, facts, [1], NOW)) == {"employees": (180, 200)}
    assert say(find_smallest_change(plan, facts, [2], NOW)) == {"employees": (180, 120)}
    assert say(find_smallest_change(plan, facts, [3], NOW)) == {}


def test_a_rule_above_that_is_in_the_way_is_avoided():
    plan = make_plan(
        rule(1, equals("source", "fair")),
        rule(2, All((equals("country", "FR"), Not(equals("language", "de"))))),
        rule(3, All()),
    )
    facts = {"source": "fair", "country": "DE", "language": "de"}
    knowledge = Knowledge({"source": ["fair", "web"], "country": ["DE", "FR"]})
    change = find_smallest_change(plan, facts, [2], NOW, knowledge)
    assert set(say(change)) == {"source", "country", "language"}
    assert say(change)["source"] == ("fair", "web")


def test_a_rule_that_is_never_reached_has_no_way_to_it():
    plan = make_plan(rule(1, Any((equals("country", "DE"), All()))), rule(2, All()))
    assert find_smallest_change(plan, {"country": "DE"}, [2], NOW) is None


def test_a_lead_is_moved_into_the_territory_a_rule_asks_for():
    plan = make_plan(
        rule(1, Test("territory", Operator.CONTAINS, "berlin")),
        rule(2, All()),
        territories=(EUROPE, BERLIN),
    )
    sighting = look(plan, {"country": "US", "city": "Boston"}, NOW)
    slugs = plan.territory_index.list_slugs()
    change = find_smallest_change(plan, sighting.facts, [1], NOW, Knowledge(territories=slugs))
    assert look(plan, change.facts, NOW).match.territory.slug == "berlin"
    assert set(say(change)) == {"country", "postal_code"}
    assert "city" in change.facts


def test_a_rule_out_of_its_dates_is_not_reached_by_any_change():
    plan = compile_plan(
        1,
        1,
        [
            Rule(1, 1, "past", equals("country", "DE"), (), ends_at=NOW),
            Rule(2, 2, "all", All(), (Destination(DestinationKind.REJECT, reason="x"),)),
        ],
        (),
        UTC,
    )
    assert find_smallest_change(plan, {"country": "FR"}, [1], NOW) is None
