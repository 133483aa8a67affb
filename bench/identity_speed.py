"""One arriving lead against a million: all of matching beside one look-up by an index.

The floor is what recognising by address always did: the lead of one e-mail address, found by the
unique index and read whole, by hand-written SQL. Matching is everything besides: the keys of the
person, one statement for the candidates, and weighing each. Half of those who arrive are known with
dirt, half are new.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from django.db import connection
from django.utils import timezone

from bench.identity_people import World
from bench.measuring import percentile, spending
from bench.stage import SEED
from bench.table import print_table
from leadrouter.common.rows import fetch, fetch_models
from leadrouter.common.sql import insert_all, insert_rows
from leads.domain.blocking import blocking_keys
from leads.domain.cleansing import inspect
from leads.domain.draft import Draft
from leads.domain.person import person_of_draft
from leads.domain.similarity import Thresholds
from leads.models import Lead, LeadIdentity, LeadKey, Source
from leads.selectors.candidates import candidates_read
from leads.selectors.identities import find_leads_by_identity
from leads.services.lead_rows import draft_values
from leads.services.matching import likeliest, make_matcher

GOAL = 3.0
CHUNK = 20_000


def run(*, is_quick: bool) -> None:
    """Prints p50, p95 and p99 of both and the ratio of the p95s."""
    stored, asked = (500, 40) if is_quick else (1_000_000, 2_000)
    world = World(SEED, stored)
    with spending() as spent:
        keys = fill(world)
    print(f"\n  {stored} leads with {keys} keys written in {spent.wall:.0f} s")
    arriving = _arriving(world, asked)
    known = list(
        Lead.objects.exclude(email="").values_list("email", flat=True)[:: max(1, stored // asked)]
    )
    rounds = [(_time(_look_up, known[:asked]), _time(match_one, arriving)) for _ in range(3)]
    floor = [value for one, _ in rounds[1:] for value in one]
    ours = [value for _, one in rounds[1:] for value in one]
    print_table(
        f"One lead against {stored} on {connection.vendor}, milliseconds",
        ("", "p50", "p95", "p99"),
        [_row("one look-up by e-mail", floor), _row("matching: keys, candidates, evidence", ours)],
    )
    ratio = percentile(ours, 0.95) / percentile(floor, 0.95)
    print(
        f"  p95 {ratio:.2f} x one look-up (goal {GOAL}: {'reached' if ratio <= GOAL else 'MISSED'})"
    )


def _row(name: str, values: Sequence[float]) -> tuple[str, float, float, float]:
    p50, p95, p99 = (1e3 * percentile(values, share) for share in (0.5, 0.95, 0.99))
    return name, round(p50, 3), round(p95, 3), round(p99, 3)


def _time(work: Callable[..., object], arguments: Sequence[object]) -> list[float]:
    spent = []
    for argument in arguments:
        start = time.perf_counter()
        work(argument)
        spent.append(time.perf_counter() - start)
    return spent


def _look_up(email: str) -> None:
    ids = find_leads_by_identity([("EMAIL", email)])
    fetch_models(Lead, "id AMONG (%s)", list(ids.values()))


def match_one(draft: Draft) -> int:
    """All that matching does for one delivery; returns how many it may be."""
    person = person_of_draft(draft)
    matcher = make_matcher([person], Thresholds())
    matcher.learn(fetch(candidates_read(matcher.all_keys())))
    return len(likeliest(matcher.match_stored(person)))


def _arriving(world: World, count: int) -> list[Draft]:
    strangers = World(SEED + 1, count)
    records = [
        strangers.appear(strangers.people[n])
        if n % 2
        else world.appear_again(world.draw.choice(world.people))
        for n in range(count)
    ]
    return [inspect(record, default_country="US")[0] for record in records]


def fill(world: World) -> int:
    """Stores everybody once, with identities and keys; returns how many keys."""
    source = Source.objects.order_by("pk")[0]
    drafts = (inspect(world.appear(one), default_country="US")[0] for one in world.people)
    keys: list[tuple[int, int]] = []
    taken: set[tuple[str, str]] = set()
    while chunk := list(islice(drafts, CHUNK)):
        leads = _store(chunk, source, taken)
        for draft, lead in zip(chunk, leads, strict=True):
            keys += [(key, lead.pk) for key in blocking_keys(person_of_draft(draft))]
    keys = sorted(set(keys))
    for part in _parts(keys):
        insert_rows(LeadKey, ("key", "lead_id"), part)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return len(keys)


def _store(drafts: Sequence[Draft], source: Source, taken: set[tuple[str, str]]) -> list[Lead]:
    now = timezone.now()
    moments = {"received_at": now, "last_received_at": now, "placed_at": now, "closed_at": now}
    leads = [
        Lead(**draft_values(draft, source), source=source, channel="API", place="CLOSED", **moments)
        for draft in drafts
    ]
    insert_all(leads)
    rows = []
    for draft, lead in zip(drafts, leads, strict=True):
        fresh = [key for key in draft.identity_keys if key not in taken]
        taken.update(fresh)
        rows += [(lead.pk, *key) for key in fresh]
    insert_rows(LeadIdentity, ("lead_id", "kind", "value"), rows)
    return leads


def _parts(rows: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    for start in range(0, len(rows), 10 * CHUNK):
        yield rows[start : start + 10 * CHUNK]
