"""Everything into one hot pool against the same leads spread over a hundred pools, by several workers."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from bench.backlog import analyse
from bench.measuring import percentile
from bench.organisation import api_endpoint
from bench.people import Crowd
from bench.stage import ROOT, SEED
from bench.table import print_table, verdict
from leads.domain.cleansing import warm_up
from leads.models import IntakeItem
from reps.models import Rep, Team
from routing.models import (
    DestinationKind,
    Pool,
    PoolMember,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    VersionState,
)
from routing.services import assigning
from routing.services.draining import drain

POOLS, POOL_SIZE, LARGE_POOL_SIZE = 100, 10, 100
WORKERS = 2
GOAL = 0.9
SPREAD, HOT, LARGE = f"{POOLS} pools of {POOL_SIZE} reps", "one of them", "one pool of 100 reps"


def run(*, is_quick: bool) -> None:
    """Prints leads a second, how long a batch keeps its pools locked, and the ratio (goal 17).

    The goal compares pools of one size. A large pool costs more for each turn, because every
    member is credited; that is shown apart.
    """
    leads, rounds = (400, 1) if is_quick else (3_000, 3)
    make_pools()
    drain_by_workers(fill(leads // 4, label="warm", into=SPREAD))
    rates: dict[str, list[float]] = {}
    held: dict[str, list[float]] = {}
    for number in range(rounds):
        for place, into in enumerate((SPREAD, HOT, LARGE)):
            count = fill(leads, label=f"round{number}.{place}", into=into)
            rate, times = drain_by_workers(count)
            rates.setdefault(into, []).append(rate)
            held.setdefault(into, []).extend(times)
    medians = {into: percentile(found, 0.5) for into, found in rates.items()}
    print_table(
        f"Pools on {connection.vendor}: {leads} deliveries by {WORKERS} workers, median of {rounds}",
        ("into", "leads/s", "of the first", "ms locked per batch", "p99"),
        [
            (
                into,
                medians[into],
                medians[into] / medians[SPREAD],
                percentile(held[into], 0.5),
                percentile(held[into], 0.99),
            )
            for into in (SPREAD, HOT, LARGE)
        ],
    )
    ratio = medians[HOT] / medians[SPREAD]
    print(f"  one hot pool to {POOLS} pools: {verdict(ratio, GOAL)}")


def make_pools() -> None:
    """A hundred pools by campaign, and a large one for every other campaign."""
    now = timezone.now()
    team = Team.objects.order_by("pk").first()
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"pool-rep-{n}") for n in range(POOLS * POOL_SIZE)
    )
    reps = Rep.objects.bulk_create(
        Rep(user=user, team=team, name=user.username, slug=user.username) for user in users
    )
    large, *pools = Pool.objects.bulk_create(
        Pool(name=f"Bench pool {n}", slug=f"bench-pool-{n}") for n in range(POOLS + 1)
    )
    PoolMember.objects.bulk_create(
        PoolMember(pool=large, rep=rep) for rep in reps[:LARGE_POOL_SIZE]
    )
    PoolMember.objects.bulk_create(
        PoolMember(pool=pools[n % POOLS], rep=rep) for n, rep in enumerate(reps)
    )
    RuleSet.objects.update(is_live=False)
    rules = RuleSet.objects.create(name="Bench", slug="bench-pools", is_live=True)
    version = RuleSetVersion.objects.create(
        rule_set=rules, number=1, state=VersionState.PUBLISHED, created_at=now, published_at=now
    )
    for n, pool in enumerate([*pools, large]):
        test = {"attribute": "campaign", "operator": "EQUALS", "value": f"pool-{n}"}
        rule = RoutingRule.objects.create(
            version=version,
            position=n + 1,
            name=pool.name,
            condition={"all": []} if pool is large else {"test": test},
        )
        RuleChoice.objects.create(rule=rule, order=1, kind=DestinationKind.POOL, pool=pool)


def fill(count: int, *, label: str, into: str) -> int:
    """Stores deliveries of new people, whose campaigns name their pool; returns how many."""
    crowd, endpoint, now = (
        Crowd(SEED, label=label, returning_share=0.0),
        api_endpoint(),
        timezone.now(),
    )
    items = []
    for n in range(count):
        payload = crowd.payload()
        campaigns = {SPREAD: f"pool-{n % POOLS}", HOT: "pool-0", LARGE: "everybody"}
        payload["fields"]["campaign"] = campaigns[into]
        items.append(
            IntakeItem(
                public_id=uuid.uuid4(),
                endpoint=endpoint,
                dedupe_key=f"{label}-{n}",
                body_hash="0" * 64,
                raw=json.dumps(payload["fields"]).encode(),
                payload=payload,
                received_at=now + timedelta(microseconds=n),
            )
        )
    IntakeItem.objects.bulk_create(items, batch_size=500)
    analyse()
    return count


def drain_by_workers(count: int) -> tuple[float, list[float]]:
    """Lets the workers go at once; returns leads a second, and ms for which each batch held its pools."""
    command = [sys.executable, "-c", "import bench.pools_worker"]
    workers = [
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(WORKERS)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline().strip() == "ready"
        start = time.perf_counter()
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        answers = [json.loads(worker.communicate(timeout=900)[0]) for worker in workers]
        rate = count / (max(answer["ended"] for answer in answers) - start)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert sum(answer["items"] for answer in answers) == count, answers
    return rate, [held for answer in answers for held in answer["held_ms"]]


def work() -> None:
    """One worker, in its process: ready, go, drain, what was done."""
    warm_up()
    held: list[float] = []
    assigning.lock_roster = timed(assigning.lock_roster, held)
    print("ready", flush=True)
    sys.stdin.readline()
    report = drain(clock=timezone.now, time_limit_seconds=900)
    # perf_counter is the same clock in every process of one machine.
    print(json.dumps({"items": report.items, "ended": time.perf_counter(), "held_ms": held}))


def timed(lock: Callable[..., Any], held: list[float]) -> Callable[..., Any]:
    """Notes the time from having the locks to having committed."""

    def lock_and_note(**wanted: Any) -> Any:
        roster = lock(**wanted)
        start = time.perf_counter()
        transaction.on_commit(lambda: held.append((time.perf_counter() - start) * 1000))
        return roster

    return lock_and_note
