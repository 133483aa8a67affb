"""Finding the first matching rule: the index against trying every rule, and against ZEN.

Needs no database, so it runs once, beside SQLite. Every answer is compared with that of the compiled
rules tried one after another; a wrong one ends the benchmark.
"""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from bench.rule_tables import Table, make_table
from bench.stage import SEED
from bench.table import print_table, verdict
from bench.zen_peer import ZenTable, find_zen
from routing.engine.conditions import compile_condition
from routing.engine.conditions.evaluating import LazyFacts, Matcher, NormalFacts
from routing.engine.indexing import make_index

SIZES = (10, 100, 1_000, 10_000, 100_000)
GOALS = {1_000: (40, 5), 10_000: (50, 8), 100_000: (150, 40)}
LEADS = 2_000
FLATNESS_GOAL = 10


def run(*, is_quick: bool) -> None:
    """Prints microseconds a decision of each engine at each size, ratios, and index bytes a rule."""
    if connection.vendor != "sqlite":
        print("\nMatching: needs no database, see SQLite.")
        return
    sizes = (10, 200) if is_quick else SIZES
    leads = 100 if is_quick else LEADS
    zen = find_zen()
    print_sizes(sizes, leads, zen)
    rows = [
        ("every range odd and distinct", *_measure(make(sizes[-1], leads, odd_ranges=True))),
        ("30 % with Any or Not across fields", *_measure(make(sizes[-1], leads, mixed_share=0.3))),
    ]
    print_table(
        f"Matching, other workloads: {sizes[-1]:,} rules",
        ("", "index us", "one by one us", "compile us/rule"),
        rows,
    )


def make(count: int, leads: int, **more: Any) -> Table:
    return make_table(count, leads=leads, seed=SEED, **more)


def print_sizes(sizes: Sequence[int], leads: int, zen: Any) -> None:
    rows, ours, verdicts = [], {}, []
    for count in sizes:
        table = make(count, leads)
        index, linear, compiling = _measure(table)
        ours[count] = index
        single, batch = ZenTable(zen, table).measure() if zen else ("skipped", "skipped")
        rows.append((f"{count:,}", index, linear, single, batch, compiling))
        if count in GOALS and not isinstance(single, str) and not isinstance(batch, str):
            goal, batch_goal = GOALS[count]
            verdicts.append(
                f"{count:,} rules against ZEN: one call {verdict(single / index, goal)}, "
                f"batch {verdict(batch / index, batch_goal)}"
            )
    print_table(
        "Matching: first of N rules, microseconds a lead (facts brought to normal form included)",
        ("rules", "index", "one by one", "ZEN call", "ZEN batch", "compile us/rule"),
        rows,
    )
    growth = ours[sizes[-1]] / ours[sizes[0]]
    is_flat = "reached" if growth <= FLATNESS_GOAL else "MISSED"
    print(
        f"  {sizes[-1]:,} rules cost {growth:.1f} x those of {sizes[0]} (goal {FLATNESS_GOAL}: {is_flat})"
    )
    for line in verdicts if zen else ["ZEN: skipped, it is not installed."]:
        print(f"  {line}")


def _measure(table: Table) -> tuple[float, float, float]:
    """Microseconds of the index and of trying one by one, and of compiling one rule (CPU)."""
    began = time.process_time()
    index = make_index(table.conditions)
    compiling = (time.process_time() - began) * 1e6 / len(index)
    matchers = [compile_condition(condition) for condition in table.conditions]

    def one_by_one(lead: dict[str, Any]) -> int | None:
        return _try_each(matchers, LazyFacts(lead))

    found, took = time_each(index.find_first, table.leads)
    # Trying each of very many takes long: fewer leads say as much.
    few = table.leads[: max(20, min(len(table.leads), 1_000_000 // len(matchers)))]
    wanted, took_linear = time_each(one_by_one, few)
    if found[: len(few)] != wanted:
        sys.exit("The index found another rule than trying one after another.")
    return took, took_linear, compiling


def _try_each(matchers: Sequence[Matcher], facts: NormalFacts) -> int | None:
    for number, matches in enumerate(matchers):
        if matches(facts):
            return number
    return None


def time_each(
    find: Callable[[dict[str, Any]], int | None], leads: Sequence[dict[str, Any]]
) -> tuple[list[int | None], float]:
    """The answers, and the mean microseconds of one, after a round to warm up."""
    for lead in leads[:50]:
        find(lead)
    began = time.perf_counter()
    answers = [find(lead) for lead in leads]
    return answers, (time.perf_counter() - began) * 1e6 / len(leads)
