import pytest

from routing.engine.eligibility import (
    Fate,
    FateCode,
    find_member_obstacle,
    find_obstacle,
    format_balance,
)
from routing.engine.roster import Member, RepState


def find(rep_fields=None, **more):
    return find_obstacle(1, RepState(1, "Ann", **(rep_fields or {})), **more)


def test_a_rep_with_nothing_against_them_is_eligible():
    assert find() is None
    assert find({"open_leads": 19, "max_open": 20, "leads_today": 3, "max_per_day": 4}) is None
    assert find({"skills": {"german": 2}}, required_skills={"german": 2}) is None


@pytest.mark.parametrize(
    ("fields", "more", "code", "sentence"),
    [
        ({"is_active": False}, {}, FateCode.INACTIVE, "not active"),
        (
            {},
            {"excluded_rep_ids": frozenset({1})},
            FateCode.DECLINED_BEFORE,
            "declined this lead before",
        ),
        (
            {"skills": {"german": 1}},
            {"required_skills": {"german": 2}},
            FateCode.MISSING_SKILL,
            "lacks the skill german: level 1, needed 2",
        ),
        (
            {},
            {"required_skills": {"german": 0}},
            FateCode.MISSING_SKILL,
            "lacks the skill german: level 0, needed 0",
        ),
        (
            {"open_leads": 20, "max_open": 20},
            {},
            FateCode.FULL,
            "full: 20 of 20 open leads",
        ),
        ({"max_open": 0}, {}, FateCode.FULL, "full: 0 of 0 open leads"),
        (
            {"leads_today": 5, "max_per_day": 5},
            {},
            FateCode.DAY_CAP,
            "has had 5 of 5 leads today",
        ),
        (
            {"leads_this_hour": 4, "max_per_hour": 3},
            {},
            FateCode.HOUR_CAP,
            "has had 4 of 3 leads in the last hour",
        ),
        (
            {"unavailable_code": "OFF_SHIFT", "unavailable_reason": "off shift until 09:00"},
            {},
            FateCode.OFF_SHIFT,
            "off shift until 09:00",
        ),
        ({"unavailable_code": "ON_LEAVE"}, {}, FateCode.ON_LEAVE, "on leave"),
        ({"unavailable_reason": "at the fair"}, {}, FateCode.UNAVAILABLE, "at the fair"),
        ({"unavailable_code": "STRIKE"}, {}, FateCode.UNAVAILABLE, "unavailable"),
    ],
)
def test_each_obstacle_has_its_code_and_sentence(fields, more, code, sentence):
    fate = find(fields, **more)
    assert fate.code is code
    assert fate.sentence() == sentence


@pytest.mark.parametrize(
    ("code", "is_ignored"),
    [("OFF_SHIFT", True), ("HOLIDAY", True), ("ON_LEAVE", False), ("AWAY", False)],
)
def test_a_pool_that_ignores_hours_still_respects_leave_and_away(code, is_ignored):
    fields = {"unavailable_code": code, "unavailable_reason": "not here"}
    assert find(fields).code == code
    assert (find(fields, ignores_hours=True) is None) is is_ignored


def test_lasting_reasons_come_before_passing_ones():
    fields = {"unavailable_code": "OFF_SHIFT", "max_open": 0}
    fate = find(fields, excluded_rep_ids=frozenset({1}), required_skills={"x": 1})
    assert fate.code is FateCode.DECLINED_BEFORE
    assert find(fields, required_skills={"x": 1}).code is FateCode.MISSING_SKILL
    assert find(fields).code is FateCode.OFF_SHIFT
    assert find(fields, ignores_hours=True).code is FateCode.FULL


def test_a_rep_who_is_gone_counts_as_inactive():
    assert find_obstacle(9, None) == Fate(9, FateCode.INACTIVE)


def test_membership_is_looked_at_first():
    rep = RepState(1, "Ann", is_active=False)
    gone = find_member_obstacle(Member(1, is_active=False), rep)
    assert gone.sentence() == "not a member of the pool"
    assert find_member_obstacle(Member(1, weight=0), rep).code is FateCode.NO_SHARE
    assert find_member_obstacle(Member(1), rep).code is FateCode.INACTIVE


@pytest.mark.parametrize(
    ("microturns", "text"),
    [
        (-400_000, "−0.4"),
        (1_250_000, "1.2"),
        (20_000, "0.02"),
        (-1_000, "−0.001"),
        (3, "0.0"),
        (-3, "0.0"),
        (0, "0.0"),
    ],
)
def test_balances_are_shown_in_turns(microturns, text):
    assert format_balance(microturns) == text


def test_not_their_turn_shows_the_balance():
    fate = Fate(1, FateCode.NOT_THEIR_TURN, (-400_000,))
    assert fate.sentence() == "not their turn: balance −0.4"
