"""A small organisation for decisions: five reps, three pools, four rules, two territories."""

from datetime import UTC, date, datetime, timedelta

from routing.engine.compiling import Destination, DestinationKind, Rule, compile_plan
from routing.engine.conditions import All, Test
from routing.engine.deciding import LeadView
from routing.engine.operators import Operator
from routing.engine.roster import Member, PoolState, RepState, Roster
from routing.engine.territories import Territory, TerritoryOwner

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)  # a Monday
ANN, BOB, CEM, DEA, EVA = 1, 2, 3, 4, 5
AES, STICKY, NIGHT = 11, 12, 13
QUEUE = 21
NAMES = {ANN: "Ann", BOB: "Bob", CEM: "Cem", DEA: "Dea", EVA: "Eva"}

EUROPE = Territory(
    1,
    "europe",
    "Europe",
    countries=frozenset({"DE", "FR"}),
    owners=(TerritoryOwner(DEA, "AE", date(2020, 1, 1)),),
)
BERLIN = Territory(2, "berlin", "Berlin", 1, postal_prefixes=("10", "12"))


def pool(pool_id=AES, **more):
    return Destination(DestinationKind.POOL, pool_id=pool_id, **more)


def queue():
    return Destination(DestinationKind.HOLDING_QUEUE, holding_queue_id=QUEUE)


def equals(attribute, value):
    return Test(attribute, Operator.EQUALS, value)


def rule(rule_id, condition, *choices, **more):
    return Rule(rule_id, rule_id, f"rule {rule_id}", condition, choices, **more)


def make_roster(**changes):
    """`changes`: fields by rep name in lower case, such as ann={"open_leads": 3}."""
    reps = {}
    for rep_id, name in NAMES.items():
        reps[rep_id] = RepState(rep_id, name, **changes.get(name.lower(), {}))
    weights = {ANN: 1, BOB: 2, CEM: 3}
    pools = [
        PoolState(AES, "AEs", "aes", "WEIGHTED", [Member(*pair) for pair in weights.items()]),
        PoolState(
            STICKY, "Known", "known", "ROTATION", [Member(ANN), Member(BOB)], sticky_by_person=True
        ),
        PoolState(NIGHT, "Night", "night", "ROTATION", [Member(CEM)], ignores_hours=True),
    ]
    return Roster(reps, {one.id: one for one in pools})


def make_plan(*rules, territories=(EUROPE, BERLIN), timezone="UTC"):
    return compile_plan(7, 3, rules, territories, timezone)


def single_plan(*choices):
    return make_plan(rule(1, All(), *choices))


def lead(lead_id=1, facts=None, **more):
    return LeadView(lead_id, facts or {}, **more)


def in_hours(hours):
    return NOW + timedelta(hours=hours)


OFF_SHIFT = {
    "unavailable_code": "OFF_SHIFT",
    "unavailable_reason": "off shift until 14:00",
    "available_at": in_hours(4),
}
ON_LEAVE = {
    "unavailable_code": "ON_LEAVE",
    "unavailable_reason": "on leave until Friday",
    "available_at": in_hours(96),
}
AWAY = {"unavailable_code": "AWAY", "unavailable_reason": "away"}
INACTIVE = {"is_active": False}
