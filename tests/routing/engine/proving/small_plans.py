"""Random small plans over attributes whose every kind of value can be listed: brute force for the
proofs. The lists are written from what the values of an attribute can be, not from the proofs."""

import itertools
import random
from datetime import UTC, datetime, time, timedelta

from routing.engine.attributes import STAGES
from routing.engine.conditions import All, Any, Not, Test
from routing.engine.operators import Operator
from routing.engine.rules import Rule
from routing.engine.windows import WeeklyWindow

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday

# Every text over these letters up to this length: z is the letter that no rule mentions.
TEXTS = ["".join(t) for n in range(1, 5) for t in itertools.product("abz", repeat=n)]
CODES = [f"{n:0{width}}" for width in (1, 2, 3) for n in range(10**width)]
CODES += [f"{code}{end}" for code in CODES if len(code) <= 2 for end in ("z", "-z")]
CODES += ["".join(t) for n in range(1, 4) for t in itertools.product("ab1z", repeat=n)]
PRODUCTS = [None, *(frozenset(c) for n in range(1, 5) for c in itertools.combinations("pqrz", n))]
VALUES = {
    "city": [None, *TEXTS],
    "postal_code": [None, *dict.fromkeys(CODES)],
    "products": PRODUCTS,
    "employees": [None, *range(9)],
    "is_free_mail": [None, True, False],
    "stage": [*STAGES],
    "email_domain": [None, "a.b", "b", "c", "z.a.b", "z.b", "z", "z.c", "a", "z.a"],
}
TIMES = [
    NOW,
    *(NOW + timedelta(hours=hours) for hours in range(1, 24 * 16)),
]


def draw_plan(draw: random.Random) -> list[Rule]:
    """2 to 6 rules over two or three attributes, some limited in time; the last is a catch-all."""
    names = draw.sample(sorted(VALUES), draw.randint(1, 3))
    if "city" in names and "postal_code" in names:
        names.remove("city")  # brute force over both takes minutes
    has_times = draw.random() < 0.25
    rules = [
        Rule(
            number,
            number,
            f"rule {number}",
            _draw_condition(draw, names, depth=2),
            (),
            **(_draw_limits(draw) if has_times else {}),
        )
        for number in range(1, draw.randint(3, 7))
    ]
    if draw.random() < 0.8:
        rules.append(Rule(len(rules) + 1, len(rules) + 1, "all", All(()), ()))
    return rules


def _draw_limits(draw):
    limits = {}
    if draw.random() < 0.4:
        limits["starts_at"] = NOW + timedelta(days=draw.choice([-20, -2, 0, 1, 3, 9]))
    if draw.random() < 0.4:
        limits["ends_at"] = NOW + timedelta(days=draw.choice([-1, 1, 2, 4, 10]))
    if draw.random() < 0.5:
        start, end = draw.choice([(0, 0), (8, 18), (18, 8), (12, 20), (22, 6)])
        weekdays = frozenset(draw.sample(range(7), draw.randint(1, 5)))
        limits["weekly_window"] = WeeklyWindow(weekdays, time(start), time(end))
    return limits


def _draw_condition(draw, names, depth):
    kind = draw.random()
    if depth == 0 or kind < 0.4:
        return _draw_test(draw, draw.choice(names))
    if kind < 0.5:
        return Not(_draw_condition(draw, names, depth - 1))
    parts = tuple(_draw_condition(draw, names, depth - 1) for _ in range(draw.randint(1, 3)))
    return All(parts) if kind < 0.8 else Any(parts)


def _some(draw, values):
    return tuple(draw.sample(values, draw.randint(1, 2)))


def _draw_test(draw, name):
    make = {
        "city": _draw_city,
        "postal_code": _draw_code,
        "products": _draw_products,
        "employees": _draw_employees,
        "is_free_mail": lambda draw: (Operator.EQUALS, draw.random() < 0.5),
        "stage": lambda draw: (Operator.IN, _some(draw, ["NEW", "WON", "LOST"])),
        "email_domain": _draw_domain,
    }[name]
    if draw.random() < 0.12:
        return Test(name, draw.choice([Operator.IS_KNOWN, Operator.IS_UNKNOWN]))
    return Test(name, *make(draw))


def _draw_city(draw):
    operator = draw.choice(
        [Operator.EQUALS, Operator.IN, Operator.CONTAINS, Operator.CONTAINS, Operator.STARTS_WITH]
    )
    texts = ["a", "b", "ab", "ba", "bb"]
    return operator, draw.choice(texts) if operator is Operator.EQUALS else _some(draw, texts)


def _draw_code(draw):
    kind = draw.random()
    if kind < 0.2:
        return Operator.IN, _some(draw, ["1", "12", "120", "a1", "95"])
    if kind < 0.5:
        return Operator.STARTS_WITH, _some(draw, ["1", "12", "9", "a", "a1", "95"])
    if kind < 0.6:
        return Operator.WITHIN_POSTAL_RANGE, draw.choice([("a1", "b1"), ("aa", "ab"), ("a", "b")])
    low = draw.choice([0, 5, 10, 50, 90])
    return Operator.WITHIN_POSTAL_RANGE, (f"{low:02}", f"{draw.choice([low, low + 5, 99]):02}")


def _draw_products(draw):
    operator = draw.choice([Operator.CONTAINS, Operator.CONTAINS_ALL])
    return operator, _some(draw, ["p", "q", "r"])


def _draw_employees(draw):
    low = draw.randrange(8)
    return draw.choice(
        [
            (Operator.EQUALS, low),
            (Operator.AT_LEAST, low),
            (Operator.AT_MOST, low),
            (Operator.BETWEEN, (low, draw.randint(low, 7))),
        ]
    )


def _draw_domain(draw):
    operator = draw.choice([Operator.IN, Operator.MATCHES_DOMAIN])
    return operator, _some(draw, ["b", "a.b", "c"])
