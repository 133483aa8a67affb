"""Generated rule tables and leads, repeatable: what the matching benchmarks run on.

Each rule is a conjunction of 2 to 5 tests over twelve attributes, drawn until it should match about
3.5 / N of all leads, so that first matches spread over the whole table. `mixed_share` of the rules
get an alternative or a negation besides.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from routing.engine.conditions import All, Condition, Not, Test
from routing.engine.conditions import Any as AnyOf
from routing.engine.operators import Operator

COUNTRIES = [f"{a}{b}" for a in "ABCDE" for b in "ABCDEFGH"]
INDUSTRIES = [f"industry {n}" for n in range(30)]
PRODUCTS = [f"product {n}" for n in range(40)]
SOURCES = [f"source-{n}" for n in range(12)]
LANGUAGES = [f"l{chr(97 + n)}" for n in range(15)]
CAMPAIGNS = [f"campaign-{n}" for n in range(400)]
CITIES = [f"city {n}" for n in range(200)]
FREE = ["gmail.com", "yahoo.com", "gmx.de"]
DOMAINS = 200_000
BANDS = [1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000]


def _zipf(names: list[str]) -> list[float]:
    weights = [1 / (n + 1) for n in range(len(names))]
    total = sum(weights)
    return [weight / total for weight in weights]


COUNTRY_SHARES = _zipf(COUNTRIES)


@dataclass(frozen=True)
class Table:
    """Conditions in order and leads (facts)."""

    conditions: list[Condition]
    leads: list[dict[str, Any]]


def make_table(
    count: int, *, leads: int, seed: int, mixed_share: float = 0.0, odd_ranges: bool = False
) -> Table:
    """`odd_ranges`: no usual bands; every limit of a range is a number of its own."""
    draw = random.Random(f"{seed}:{count}:{mixed_share}:{odd_ranges}")
    conditions = [
        _draw_condition(draw, 3.5 / count, draw.random() < mixed_share, odd_ranges)
        for _ in range(count)
    ]
    return Table(conditions, [draw_lead(draw) for _ in range(leads)])


def draw_lead(draw: random.Random) -> dict[str, Any]:
    country = draw.choices(COUNTRIES, COUNTRY_SHARES)[0]
    is_free = draw.random() < 0.3
    domain = draw.choice(FREE) if is_free else f"company{draw.randrange(DOMAINS)}.example"
    return {
        "country": country,
        "subdivision": f"{country}-{draw.randrange(20)}",
        "postal_code": f"{draw.randrange(100_000):05}",
        "city": draw.choice(CITIES),
        "industry": draw.choice(INDUSTRIES),
        "employees": int(10 ** draw.uniform(0, 5)),
        "products": frozenset(draw.sample(PRODUCTS, draw.randint(1, 3))),
        "source": draw.choice(SOURCES),
        "score": draw.randrange(101),
        "email_domain": domain,
        "language": draw.choice(LANGUAGES),
        "campaign": draw.choice(CAMPAIGNS),
    }


def _draw_condition(
    draw: random.Random, wanted: float, is_mixed: bool, odd_ranges: bool
) -> Condition:
    """Tests are added until so few leads are expected to pass."""
    parts: list[Condition] = []
    share, makers = 1.0, list(_MAKERS)
    draw.shuffle(makers)
    for make in makers:
        test, passing = make(draw, max(wanted / share, 1e-5), odd_ranges)
        parts.append(test)
        share *= passing
        if len(parts) >= 2 and (share <= wanted * 2 or len(parts) == 5):
            break
    if is_mixed:
        parts = [*parts[:-1], *_mix(draw, parts[-1])]
    return All(tuple(parts))


def _mix(draw: random.Random, part: Condition) -> list[Condition]:
    other = Test("campaign", Operator.EQUALS, draw.choice(CAMPAIGNS))
    if draw.random() < 0.5:
        return [AnyOf((part, All((other, Test("source", Operator.EQUALS, draw.choice(SOURCES))))))]
    return [part, Not(Test("language", Operator.IN, tuple(draw.sample(LANGUAGES, 2))))]


def _some(draw: random.Random, names: list[str], wanted: float) -> tuple[tuple[str, ...], float]:
    count = max(1, min(len(names) // 2, round(wanted * len(names)), 4))
    return tuple(draw.sample(names, count)), count / len(names)


def _one_of(name: str, values: list[str]) -> Any:
    def make(draw: random.Random, wanted: float, _: bool) -> tuple[Test, float]:
        chosen, share = _some(draw, values, wanted)
        return Test(name, Operator.IN, chosen), share

    return make


def _country(draw: random.Random, wanted: float, _: bool) -> tuple[Test, float]:
    chosen = draw.sample(range(len(COUNTRIES)), draw.randint(1, 3))
    share = sum(COUNTRY_SHARES[n] for n in chosen)
    return Test("country", Operator.IN, tuple(COUNTRIES[n] for n in chosen)), share


def _postal(draw: random.Random, wanted: float, _: bool) -> tuple[Test, float]:
    if draw.random() < 0.3:
        low = draw.randrange(0, 90_000, 500)
        high = low + draw.choice([499, 999, 4999])
        pair = (f"{low:05}", f"{high:05}")
        return Test("postal_code", Operator.WITHIN_POSTAL_RANGE, pair), (high - low + 1) / 100_000
    digits = 1 if wanted > 0.05 else draw.randint(2, 4)
    prefix = f"{draw.randrange(10**digits):0{digits}}"
    return Test("postal_code", Operator.STARTS_WITH, prefix), 10.0**-digits


def _employees(draw: random.Random, wanted: float, odd: bool) -> tuple[Test, float]:
    if odd:
        low = int(10 ** draw.uniform(0, 4.5))
        high = low + int(10 ** draw.uniform(0, 4))
    else:
        at = draw.randrange(len(BANDS) - 1)
        low, high = BANDS[at], BANDS[min(at + draw.randint(1, 3), len(BANDS) - 1)] - 1
    return Test("employees", Operator.BETWEEN, (low, max(low, high))), 0.2


def _products(draw: random.Random, wanted: float, _: bool) -> tuple[Test, float]:
    chosen = tuple(draw.sample(PRODUCTS, draw.randint(1, 2)))
    return Test("products", Operator.CONTAINS, chosen), 0.05 * len(chosen)


def _score(draw: random.Random, wanted: float, odd: bool) -> tuple[Test, float]:
    least = draw.randrange(101) if odd else draw.choice([20, 40, 50, 60, 70, 80, 90])
    return Test("score", Operator.AT_LEAST, least), (101 - least) / 101


def _domain(draw: random.Random, wanted: float, _: bool) -> tuple[Test, float]:
    if draw.random() < 0.5:
        return Test("email_domain", Operator.IN, (draw.choice(FREE),)), 0.1
    names = tuple(f"company{draw.randrange(DOMAINS)}.example" for _ in range(draw.randint(1, 4)))
    return Test("email_domain", Operator.IN, names), 0.7 * len(names) / DOMAINS


_MAKERS = (
    _country,
    _postal,
    _employees,
    _products,
    _score,
    _domain,
    _one_of("industry", INDUSTRIES),
    _one_of("source", SOURCES),
    _one_of("language", LANGUAGES),
    _one_of("campaign", CAMPAIGNS),
    _one_of("city", CITIES),
)


def iter_leads(table: Table) -> Iterator[dict[str, Any]]:
    """The leads again and again."""
    while True:
        yield from table.leads
