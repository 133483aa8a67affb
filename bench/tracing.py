"""What it costs to remember why: CPU of a batch with and without its traces, and bytes a decision.

“Without” keeps no fates of the candidates, and stores neither facts nor trace; everything else of
routing stays. Both drain the same number of deliveries in turn, several times.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.utils import timezone

from bench.backlog import drain_backlog, fill_intake
from bench.measuring import percentile
from bench.table import print_table
from leads.domain.cleansing import warm_up
from routing.models import Decision

ROUNDS = 7
GOAL_SHARE, GOAL_BYTES = 0.20, 600


def run(*, is_quick: bool) -> None:
    """Prints what traces add to the routing of a batch, and how large decisions are stored."""
    size, rounds = (100, 1) if is_quick else (2_000, ROUNDS)
    warm_up()
    drain_backlog(fill_intake(200, label="warm", now=timezone.now()))
    bare, traced = [], []
    for number in range(rounds):
        with no_traces():
            bare.append(drain_some(size, f"bare{number}"))
        traced.append(drain_some(size, f"traced{number}"))
    facts, traces = zip(*map(measure_bytes, list_newest(size)), strict=True)
    whole = [one + other for one, other in zip(facts, traces, strict=True)]
    print_table(
        f"Traces on {connection.vendor}: {size} deliveries a round, {rounds} rounds",
        ("", "CPU ms/lead, median", "bytes a decision, mean", "p95"),
        [
            ("without facts and trace", median(bare), "", ""),
            ("with", median(traced), mean(whole), percentile(whole, 0.95)),
            ("  of it facts", "", mean(facts), percentile(facts, 0.95)),
            ("  of it trace", "", mean(traces), percentile(traces, 0.95)),
        ],
    )
    share = median(traced) / median(bare) - 1
    print(f"  traces add {share:.0%} (goal {GOAL_SHARE:.0%}: {say(share <= GOAL_SHARE)})")
    print(f"  {mean(whole):.0f} bytes (goal {GOAL_BYTES}: {say(mean(whole) <= GOAL_BYTES)})")


def drain_some(size: int, label: str) -> float:
    """CPU milliseconds a lead, cleansing included, Python's part."""
    return drain_backlog(fill_intake(size, label=label, now=timezone.now()))[2]


@contextmanager
def no_traces() -> Iterator[None]:
    with (
        patch("routing.services.assigning.facts_to_json", lambda facts: {}),
        patch("routing.engine.trace.Trace.to_json", lambda trace: {}),
        patch("routing.engine.choosing._list_turns", lambda eligible, pick: []),
    ):
        yield


def list_newest(count: int) -> list[Decision]:
    return list(Decision.objects.order_by("-id")[:count])


def measure_bytes(decision: Decision) -> tuple[int, int]:
    """Of facts and of trace, as the database holds them: JSON without blanks."""
    return _size(decision.facts), _size(decision.trace)


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def mean(values: Any) -> float:
    return sum(values) / len(values)


def say(is_reached: bool) -> str:
    return "reached" if is_reached else "MISSED"
