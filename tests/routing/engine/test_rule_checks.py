from datetime import timedelta

import pytest

from routing.engine.compiling import (
    Destination,
    DestinationKind,
    WeeklyWindow,
    check_rules_basics,
    ends_in_catch_all,
)
from routing.engine.conditions import All, Any, Not
from tests.routing.engine.world import NOW, equals, pool, queue, rule

US = equals("country", "US")
CATCH_ALL = rule(9, All(), queue())


def codes(*rules):
    return [(problem.code, problem.rule_id) for problem in check_rules_basics(rules)]


def test_sound_rules_have_no_problems():
    assert codes(rule(1, US, pool(), queue()), CATCH_ALL) == []


@pytest.mark.parametrize(
    "last",
    [
        rule(9, US, queue()),
        rule(9, All(), queue(), starts_at=NOW),
        rule(9, All(), queue(), weekly_window=WeeklyWindow(frozenset({0}))),
    ],
)
def test_rules_must_end_in_one_that_takes_every_lead_at_any_time(last):
    assert not ends_in_catch_all([last])
    assert codes(last) == [("NO_CATCH_ALL", None)]


def test_no_rules_at_all_lack_the_catch_all():
    assert codes() == [("NO_CATCH_ALL", None)]


def test_the_position_decides_which_rule_is_last():
    assert ends_in_catch_all([CATCH_ALL, rule(1, US, queue())])
    assert not ends_in_catch_all([CATCH_ALL, rule(10, US, queue())])


def test_rules_below_a_catch_all_are_unreachable():
    assert codes(rule(1, Not(Any()), pool()), rule(2, US, pool()), CATCH_ALL) == [
        ("UNREACHABLE_RULE", 2),
        ("UNREACHABLE_RULE", 9),
    ]


def test_each_plain_mistake_is_named_with_its_rule():
    dates = {"starts_at": NOW, "ends_at": NOW - timedelta(days=1)}
    found = codes(
        rule(1, US),
        rule(2, US, Destination(DestinationKind.POOL), Destination(DestinationKind.REJECT)),
        rule(3, US, queue(), pool()),
        rule(4, Any(), pool()),
        rule(5, US, pool(), **dates),
        rule(6, US, pool(), weekly_window=WeeklyWindow(frozenset())),
        rule(7, US, Destination(DestinationKind.ACCOUNT_OWNER)),
        CATCH_ALL,
    )
    assert found == [
        ("NO_DESTINATION", 1),
        ("INCOMPLETE_DESTINATION", 2),
        ("INCOMPLETE_DESTINATION", 2),
        ("UNREACHABLE_DESTINATION", 3),
        ("NEVER_TRUE", 4),
        ("NEVER_IN_FORCE", 5),
        ("NEVER_IN_FORCE", 6),
    ]
