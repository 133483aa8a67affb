import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine.compiling import Destination, DestinationKind
from routing.engine.conditions import All
from routing.engine.deciding import decide
from routing.engine.eligibility import Fate, FateCode
from routing.engine.explaining import Names, explain_rules, sentences, why_me
from routing.engine.facts import facts_from_json, facts_to_json
from routing.engine.trace import LONG, SHORT, ChoiceResult, ChoiceTrace, Trace
from tests.routing.engine import draws, world
from tests.routing.engine.world import (
    ANN,
    BOB,
    CEM,
    DEA,
    NOW,
    STICKY,
    equals,
    lead,
    make_plan,
    make_roster,
    pool,
    queue,
    rule,
    single_plan,
)

NAMES = Names(
    rules={1: "Everyone"}, reps=world.NAMES, pools={world.AES: "AEs"}, queues={21: "Overflow"}
)

fates = st.builds(
    Fate,
    st.integers(1, 99),
    st.sampled_from(FateCode),
    st.lists(st.integers() | st.text(max_size=5), max_size=3).map(tuple),
)
choices = st.builds(
    ChoiceTrace,
    st.sampled_from(DestinationKind),
    st.none() | st.integers(1, 99) | st.text(max_size=5),
    st.sampled_from(ChoiceResult),
    st.lists(fates, max_size=5).map(tuple),
)
traces = st.builds(
    Trace,
    st.none() | st.integers(1, 99),
    st.none() | st.text(max_size=5),
    st.lists(choices, max_size=3).map(tuple),
)


@given(traces)
def test_a_trace_survives_being_stored_and_read(trace):
    assert Trace.from_json(json.loads(json.dumps(trace.to_json()))) == trace


def test_every_fate_has_letters_of_its_own():
    assert set(SHORT) == set(FateCode)
    assert len(LONG) == len(SHORT)


def test_a_trace_of_another_format_is_refused():
    with pytest.raises(ValueError, match="format 2"):
        Trace.from_json({"v": 2})


def test_each_rule_says_what_became_of_it():
    plan = make_plan(
        rule(1, equals("country", "US"), pool()),
        rule(2, equals("industry", "Retail"), pool()),
        rule(3, All(), pool(), ends_at=NOW),
        rule(4, All(), pool()),
        rule(5, All(), queue()),
    )
    lines = explain_rules(plan.rules, plan.zone, {"country": "DE"}, NOW)
    assert [(line.result, line.sentence) for line in lines] == [
        ("FAILED", "country is DE, not US"),
        ("FAILED", "industry is unknown"),
        ("OUT_OF_DATES", "not in force at that time: until 4 May 2026 10:00"),
        ("MATCHED", "every lead"),
        ("NOT_REACHED", ""),
    ]


@given(st.lists(draws.conditions, max_size=5), draws.facts)
def test_the_rules_recomputed_from_stored_facts_agree_with_the_decision(conditions, facts):
    rules = [rule(number, one, queue()) for number, one in enumerate(conditions, 1)]
    plan = make_plan(*rules)
    verdict = decide(plan, lead(facts=facts), make_roster(), NOW)
    stored = facts_from_json(json.loads(json.dumps(facts_to_json(verdict.facts))))
    lines = explain_rules(plan.rules, plan.zone, stored, NOW)
    assert len(lines) == len(rules)
    matched = [line.rule_id for line in lines if line.result == "MATCHED"]
    assert matched == ([verdict.rule_id] if verdict.rule_id else [])


def make_trace(*destinations, roster=None, **view):
    return decide(single_plan(*destinations), lead(**view), roster or make_roster(), NOW).trace


def test_a_manager_reads_every_candidate_with_the_reason():
    roster = make_roster(ann=world.OFF_SHIFT, bob={"open_leads": 20, "max_open": 20})
    facts = {"country": "DE"}
    assert sentences(make_trace(pool(), queue(), roster=roster, facts=facts), NAMES) == [
        "The first matching rule is “Everyone”.",
        "Territory: “europe”.",
        "First choice, pool “AEs”: takes the lead.",
        "Cem: picked: balance 1.0.",
        "Ann: off shift until 14:00.",
        "Bob: full: 20 of 20 open leads.",
    ]


def test_a_manager_reads_why_a_lead_is_parked_or_queued():
    roster = make_roster(ann=world.INACTIVE, bob=world.INACTIVE, cem=world.INACTIVE)
    parked = sentences(make_trace(pool(), roster=roster), NAMES)
    assert parked[1] == "First choice, pool “AEs”: nobody could take the lead."
    assert parked[-1] == "No choice is left, so the lead is parked until somebody can take it."
    queued = sentences(make_trace(pool(), queue(), roster=roster), NAMES)
    assert queued[-1] == "Second choice, holding queue “Overflow”: takes the lead."
    assert sentences(Trace(), NAMES) == ["No rule matched, so the lead is parked."]


def test_a_rep_reads_whose_turn_it_was_and_who_was_passed_over():
    trace = make_trace(pool(), roster=make_roster(ann=world.OFF_SHIFT))
    assert why_me(trace, CEM, NAMES) == (
        "The first matching rule is “Everyone”. In pool “AEs” it was your turn: your "
        "balance 0.6 came first among 2 who could take it. "
        "Passed over: Ann (off shift until 14:00)."
    )
    assert "You: not their turn" not in why_me(trace, BOB, NAMES)
    assert why_me(trace, BOB, NAMES).endswith(
        "but the lead went elsewhere: it was not your turn (balance 0.4)."
    )
    assert why_me(trace, ANN, NAMES).endswith("but the lead went elsewhere: off shift until 14:00.")
    assert why_me(trace, DEA, NAMES).endswith("You were not among its candidates.")


def test_a_rep_reads_about_ownership_and_acquaintance():
    owner = Destination(DestinationKind.TERRITORY_OWNER, territory_role="AE")
    text = why_me(make_trace(owner, facts={"country": "DE"}), DEA, NAMES)
    assert text.endswith("to the territory “europe”. You own this territory (AE).")
    account = Destination(DestinationKind.ACCOUNT_OWNER)
    text = why_me(make_trace(account, account_owner_id=DEA), DEA, NAMES)
    assert text.endswith("You own this account.")
    text = why_me(make_trace(Destination(DestinationKind.REP, rep_id=DEA)), DEA, NAMES)
    assert text.endswith("The rule names you.")
    text = why_me(make_trace(pool(STICKY), sticky_rep_id=BOB), BOB, NAMES)
    assert text.endswith("You already know this person, and pool 12 keeps it that way.")


@given(traces, st.integers(1, 99))
def test_any_stored_trace_can_be_told(trace, rep_id):
    assert all(isinstance(line, str) for line in sentences(make_sane(trace), Names()))
    assert why_me(make_sane(trace), rep_id, Names())


def make_sane(trace):
    """Details as the engine writes them, so that sentences have their numbers."""
    needed = {FateCode.MISSING_SKILL: ("x", 0, 1)}
    needed |= dict.fromkeys((FateCode.FULL, FateCode.DAY_CAP, FateCode.HOUR_CAP), (1, 1))
    needed |= dict.fromkeys((FateCode.SOURCE_FULL, FateCode.SOURCE_DAY_CAP), (1, 1, "“Fair”"))
    needed |= {FateCode.OUTRANKED: ("T", 2, "T", 1)}
    needed |= dict.fromkeys((FateCode.PICKED, FateCode.NOT_THEIR_TURN), (5,))
    filled = tuple(
        choice._replace(
            candidates=tuple(
                fate._replace(detail=needed.get(fate.code, ())) for fate in choice.candidates
            )
        )
        for choice in trace.choices
    )
    return Trace(trace.rule_id, trace.territory, filled)
