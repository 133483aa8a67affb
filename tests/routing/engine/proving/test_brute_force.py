"""The proofs against brute force: on every small plan they agree about every rule."""

import itertools
import random
from datetime import UTC, time

import pytest

from routing.engine.conditions import All, Test, list_attributes
from routing.engine.conditions.evaluating import compile_condition, normalise_facts
from routing.engine.conditions.nodes import iter_tests
from routing.engine.operators import Operator
from routing.engine.proving.findings import Witness
from routing.engine.proving.rules import RuleProver
from routing.engine.rules import Rule
from routing.engine.windows import WeeklyWindow
from tests.routing.engine.naive import naive_holds
from tests.routing.engine.proving.small_plans import NOW, TIMES, VALUES, draw_plan

PLANS = 1_000
CHUNKS = 10


def find_taken(rules):
    """Places of the rules that some lead at some moment is taken by (their number, for none), and of
    those that some lead meets."""
    names = sorted(frozenset().union(*(list_attributes(rule.condition) for rule in rules)))
    matchers = [compile_condition(rule.condition) for rule in rules]
    patterns = set()
    for values in itertools.product(*(list_different(name, rules) for name in names)):
        facts = normalise_facts(dict(zip(names, values, strict=True)), names)
        patterns.add(tuple(matches(facts) for matches in matchers))
    in_force = {tuple(rule.is_in_force(at, UTC) for rule in rules) for at in TIMES}
    taken = set()
    for pattern, forced in itertools.product(patterns, in_force):
        met = (a and b for a, b in zip(pattern, forced, strict=True))
        taken.add(next((place for place, holds in enumerate(met) if holds), len(rules)))
    possible = {n for n in range(len(rules)) if any(pattern[n] for pattern in patterns)}
    return taken, possible


def list_different(name, rules):
    """All values of the attribute, but one only of those to which every test says the same."""
    tests = {test for rule in rules for test in iter_tests(rule.condition)}
    tests = [compile_condition(test) for test in tests if test.attribute == name]
    found = {}
    for value in VALUES[name]:
        facts = normalise_facts({name: value}, (name,))
        found.setdefault(tuple(test(facts) for test in tests), value)
    return list(found.values())


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_proofs_say_what_brute_force_finds(chunk):
    for seed in range(chunk * PLANS // CHUNKS, (chunk + 1) * PLANS // CHUNKS):
        rules = draw_plan(random.Random(seed))
        prover = RuleProver(rules, NOW, UTC)
        findings = prover.prove()
        taken, possible = find_taken(rules)
        dead = {one.rule_id for one in findings.unreachable}
        dead |= {one.rule_id for one in findings.contradictions if not one.is_alternative}
        assert dead == {n + 1 for n in range(len(rules)) if n not in taken}, (seed, rules)
        never = {
            one.rule_id for one in findings.contradictions if one.paths and not one.is_alternative
        }
        assert never == {n + 1 for n in range(len(rules)) if n not in possible}, seed
        last = len(rules) - (rules[-1].name == "all")
        assert bool(findings.gaps) == bool(taken & {last, len(rules)}), seed
        assert not findings.undecided, seed


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_witnesses_are_what_they_are_said_to_be(chunk):
    for seed in range(chunk * PLANS // CHUNKS, (chunk + 1) * PLANS // CHUNKS, 5):
        rules = draw_plan(random.Random(seed))
        prover = RuleProver(rules, NOW, UTC)
        for place in range(len(rules)):
            witness = prover.find_lead(place)
            if witness is not None:
                assert naive_first(rules, witness) == place, seed
        for gap in prover.find_gaps():
            assert naive_first(rules, gap.witness) in (len(rules), len(rules) - 1), seed


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_plays_no_part_in_a_gap_can_be_anything(chunk):
    for seed in range(chunk * PLANS // CHUNKS, (chunk + 1) * PLANS // CHUNKS, 4):
        rules = draw_plan(random.Random(seed))
        for gap in RuleProver(rules, NOW, UTC).find_gaps():
            for name in gap.any_value:
                for value in VALUES[name]:
                    changed = Witness({**gap.witness.facts, name: value}, gap.witness.at)
                    assert naive_first(rules, changed) in (len(rules), len(rules) - 1), seed


def test_a_gap_that_a_timed_rule_closes_at_times_says_so():
    window = WeeklyWindow(frozenset({0}), time(12), time(20))
    large = Test("employees", Operator.AT_LEAST, 100)
    limited = Rule(1, 1, "large", large, (), weekly_window=window)
    catch_all = Rule(2, 2, "all", All(), ())
    gaps = RuleProver([limited, catch_all], NOW, UTC).find_gaps()
    assert any(gap.is_timed for gap in gaps if gap.any_value)
    always = Rule(1, 1, "large", large, ())
    assert not any(gap.is_timed for gap in RuleProver([always, catch_all], NOW, UTC).find_gaps())


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_an_alternative_said_to_be_impossible_is(chunk):
    found = 0
    for seed in range(chunk * PLANS // CHUNKS, (chunk + 1) * PLANS // CHUNKS, 2):
        rules = draw_plan(random.Random(seed))
        for one in RuleProver(rules, NOW, UTC).prove().contradictions:
            if one.paths:
                found += 1
                names = sorted(frozenset().union(*map(list_attributes, one.parts)))
                for values in itertools.product(*(VALUES[name] for name in names)):
                    facts = dict(zip(names, values, strict=True))
                    assert not all(naive_holds(part, facts) for part in one.parts), seed
    assert found


def naive_first(rules, witness):
    return next(
        (
            place
            for place, rule in enumerate(rules)
            if naive_holds(rule.condition, witness.facts) and rule.is_in_force(witness.at, UTC)
        ),
        len(rules),
    )


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_rules_named_as_covering_do_cover_and_none_is_superfluous(chunk):
    for seed in range(chunk * PLANS // CHUNKS, (chunk + 1) * PLANS // CHUNKS, 2):
        rules = draw_plan(random.Random(seed))
        for one in RuleProver(rules, NOW, UTC).prove().unreachable:
            assert one.covered_by
            assert all(covering < one.rule_id for covering in one.covered_by)
            target = rules[one.rule_id - 1]
            covering = [rules[rule_id - 1] for rule_id in one.covered_by]
            assert len(covering) not in find_taken([*covering, target])[0], seed
            for rule in covering:
                others = [other for other in covering if other is not rule]
                if others:
                    assert len(others) in find_taken([*others, target])[0], seed
