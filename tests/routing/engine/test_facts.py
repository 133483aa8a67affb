import json
import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from routing.engine.facts import arrival_facts, facts_from_json, facts_to_json
from tests.routing.engine import draws


@given(draws.facts)
def test_facts_survive_being_stored_and_read(facts):
    stored = json.loads(json.dumps(facts_to_json(facts), allow_nan=False))
    finite = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in facts.items()
    }
    read = facts_from_json(stored)
    assert read == finite
    assert {name: type(value) for name, value in read.items()} == {
        name: type(value) for name, value in finite.items()
    }


@given(st.frozensets(st.text(max_size=3)))
def test_a_set_is_always_stored_in_the_same_order(products):
    first = facts_to_json({"products": products, "city": "x"})
    second = facts_to_json({"city": "x", "products": frozenset(reversed(list(products)))})
    assert json.dumps(first) == json.dumps(second)


def test_arrival_is_read_on_the_clocks_of_the_zone():
    received_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # a Sunday
    assert arrival_facts(received_at, UTC) == {"arrival_weekday": "SUN", "arrival_hour": 23}
    berlin = arrival_facts(received_at, ZoneInfo("Europe/Berlin"))
    assert berlin == {"arrival_weekday": "MON", "arrival_hour": 0}
