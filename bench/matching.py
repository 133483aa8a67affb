"""Finding the first matching rule: the index against trying every rule, ZEN and linear engines.

Needs no database, so it runs once, beside SQLite. Every answer is compared with that of the compiled
rules tried one after another; a wrong one ends the benchmark.
"""

import gc
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from bench.linear_peers import PEERS
from bench.linear_peers import measure as measure_peer
from bench.measuring import percentile
from bench.rule_tables import Table, make_table
from bench.stage import SEED
from bench.table import print_table, verdict
from bench.zen_peer import ZenTable, find_zen
from routing.engine.compiling import Rule, compile_plan
from routing.engine.conditions import Condition, compile_condition
from routing.engine.conditions.evaluating import LazyFacts, Matcher, NormalFacts, normalise_facts
from routing.engine.conditions.nodes import list_attributes
from routing.engine.explaining import explain_rules
from routing.engine.indexing import (
    RuleIndex,
    encode_columns,
    find_first_of_each,
    make_index,
    update_index,
)

SIZES = (10, 100, 1_000, 10_000, 100_000)
GOALS = {1_000: (40, 5), 10_000: (50, 8), 100_000: (150, 40)}
LEADS = 2_000
BATCH = 1_000
EDITS = 100
FLATNESS_GOAL = 10
SMALL = (2, 4, 8, 16, 32, 64, 128)
SMALL_GOAL = 1.3
TRACE_GOALS = {1_000: 30, 100_000: 400}
PEER_LEADS = 80
PEER_GOALS = {
    ("datalogic-py", 1_000): 8, ("datalogic-py", 10_000): 250, ("business-rules", 1_000): 500,
    ("rule-engine", 1_000): 500, ("json-rules-engine", 1_000): 500,
}  # fmt: skip


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
        ("", "index us", "in batches us", "one by one us", "compile us/rule"),
        rows,
    )
    print_small((2, 8) if is_quick else SMALL, leads)
    print_traces((200,) if is_quick else tuple(TRACE_GOALS), 100 if is_quick else 500, zen)
    print("  Drools: skipped, its packages come from Maven's registry alone.")
    print_memory_and_edits(sizes[-1])
    print_linear_peers((10,) if is_quick else (10, 100, 1_000, 10_000))
    print_replay(200 if is_quick else 1_000, 500 if is_quick else 20_000)
    print_explanation(200 if is_quick else 5_000)


def make(count: int, leads: int, **more: Any) -> Table:
    return make_table(count, leads=leads, seed=SEED, **more)


def print_sizes(sizes: Sequence[int], leads: int, zen: Any) -> None:
    rows, ours, verdicts = [], {}, []
    for count in sizes:
        table = make(count, leads)
        found = _measure(table)
        ours[count] = found.single
        single, batch = ZenTable(zen, table).measure() if zen else ("skipped", "skipped")
        rows.append((f"{count:,}", *found, single, batch))
        if count in GOALS and not isinstance(single, str) and not isinstance(batch, str):
            goal, batch_goal = GOALS[count]
            verdicts.append(
                f"{count:,} rules against ZEN: one call {verdict(single / found.single, goal)}, "
                f"batch {verdict(batch / found.batch, batch_goal)}"
            )
    print_table(
        "Matching: first of N rules, microseconds a lead (facts brought to normal form included)",
        ("rules", "index", "in batches", "one by one", "compile us/rule", "ZEN call", "ZEN batch"),
        rows,
    )
    growth = ours[sizes[-1]] / ours[sizes[0]]
    is_flat = "reached" if growth <= FLATNESS_GOAL else "MISSED"
    print(
        f"  {sizes[-1]:,} rules cost {growth:.1f} x those of {sizes[0]} (goal {FLATNESS_GOAL}: {is_flat})"
    )
    for line in verdicts if zen else ["ZEN: skipped, it is not installed."]:
        print(f"  {line}")


def print_small(sizes: Sequence[int], leads: int) -> None:
    """Few rules, where trying one after another should win if anywhere. Its facts are brought to
    normal form all at once or one by one, whichever is quicker."""
    rows, worst = [], 0.0
    for count in sizes:
        table = make(count, leads)
        index = make_index(table.conditions)
        ours = min(time_each(index.find_first, table.leads)[1] for _ in range(3))
        linear = min(_time_linear(table) for _ in range(3))
        worst = max(worst, ours / linear)
        rows.append((f"{count:,} rules", ours, linear, f"{ours / linear:.2f} x"))
    print_table("Matching, few rules: microseconds a lead", ("", "index", "one by one", ""), rows)
    is_good = "reached" if worst <= SMALL_GOAL else "MISSED"
    print(f"  At most {worst:.2f} x the time of one by one (goal {SMALL_GOAL}: {is_good})")


def _time_linear(table: Table) -> float:
    matchers = [compile_condition(condition) for condition in table.conditions]
    names = sorted(frozenset[str]().union(*map(list_attributes, table.conditions)))
    lazy = time_each(lambda lead: _try_each(matchers, LazyFacts(lead)), table.leads)[1]
    eager = time_each(lambda lead: _try_each(matchers, normalise_facts(lead, names)), table.leads)[
        1
    ]
    return min(lazy, eager)


def print_traces(sizes: Sequence[int], leads: int, zen: Any) -> None:
    """All rules that a lead meets, which is what an explanation needs, against ZEN's trace."""
    rows = []
    for count in sizes:
        table = make(count, leads)
        index = make_index(table.conditions)
        for lead in table.leads:
            list(index.iter_matches(lead))
        began = time.process_time()
        for lead in table.leads:
            list(index.iter_matches(lead))
        ours = (time.process_time() - began) * 1e6 / leads
        took = ZenTable(zen, table).measure_trace() if zen else "skipped"
        goal = TRACE_GOALS.get(count)
        ratio = "" if isinstance(took, str) else f"{took / ours:.0f} x"
        if goal and not isinstance(took, str):
            ratio = verdict(took / ours, goal)
        rows.append((f"{count:,} rules", ours, took, ratio))
    print_table(
        "All rules a lead meets beside ZEN's trace, microseconds a lead",
        ("", "index", "ZEN with trace", "ratio"),
        rows,
    )


class Figures(NamedTuple):
    """Microseconds: a lead alone, in batches of a thousand, by trying each rule; compiling a rule
    (CPU)."""

    single: float
    batch: float
    linear: float
    compiling: float


def _measure(table: Table) -> Figures:
    began = time.process_time()
    index = make_index(table.conditions)
    compiling = (time.process_time() - began) * 1e6 / len(index)
    matchers = [compile_condition(condition) for condition in table.conditions]

    def one_by_one(lead: dict[str, Any]) -> int | None:
        return _try_each(matchers, LazyFacts(lead))

    found, took = time_each(index.find_first, table.leads)
    took_batch = _time_batches(index, table.leads, found)
    # Trying each of very many takes long: fewer leads say as much.
    few = table.leads[: max(20, min(len(table.leads), 1_000_000 // len(matchers)))]
    wanted, took_linear = time_each(one_by_one, few, is_warm=True)
    if found[: len(few)] != wanted:
        sys.exit("The index found another rule than trying one after another.")
    return Figures(took, took_batch, took_linear, compiling)


def _time_batches(
    index: RuleIndex, leads: Sequence[dict[str, Any]], wanted: Sequence[int | None]
) -> float:
    began = time.process_time()
    found: list[int | None] = []
    for start in range(0, len(leads), BATCH):
        found += find_first_of_each(index, leads[start : start + BATCH])
    took = (time.process_time() - began) * 1e6 / len(leads)
    if found != list(wanted):
        sys.exit("A batch found other rules than its leads alone.")
    return took


def print_memory_and_edits(count: int) -> None:
    """Bytes that making an index leaves allocated, and milliseconds of carrying over one edit."""
    conditions = tuple(make(count, 1).conditions)
    fresh = make(500, 1).conditions
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    index = make_index(conditions)
    gc.collect()
    size = (tracemalloc.get_traced_memory()[0] - before) / count
    tracemalloc.stop()
    began = time.process_time()
    index = make_index(conditions)
    compiling = time.process_time() - began
    rows = []
    for kind in ("edited", "inserted", "deleted", "moved"):
        times = sorted(_time_edits(kind, index, conditions, fresh))
        p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
        rows.append((f"one rule {kind}", p50 * 1e3, p99 * 1e3, compiling / p50))
    print_table(
        f"Index of {count:,} rules: {size:.0f} bytes a rule (goal 400); carrying over one edit, CPU",
        ("", "p50 ms", "p99 ms (goal 5)", "of a compile, 1 / (goal 1,000)"),
        rows,
    )


def _time_edits(
    kind: str, index: RuleIndex, conditions: tuple[Condition, ...], fresh: Sequence[Condition]
) -> Iterator[float]:
    draw = random.Random(f"{SEED}:{kind}")
    for _ in range(EDITS):
        rules = list(conditions)
        at = draw.randrange(len(rules))
        if kind == "edited":
            rules[at] = draw.choice(fresh)
        elif kind == "inserted":
            rules.insert(at, draw.choice(fresh))
        elif kind == "deleted":
            del rules[at]
        else:
            rules.insert(draw.randrange(len(rules)), rules.pop(at))
        edited = tuple(rules)
        began = time.process_time()
        update_index(index, edited)
        yield time.process_time() - began


def print_linear_peers(sizes: Sequence[int]) -> None:
    """Engines that try one rule after another, each beside ours on the same leads (CPU)."""
    rows = []
    for count in sizes:
        table = make(count, PEER_LEADS)
        index = make_index(table.conditions)
        ours = min(_time_cpu(index.find_first, table.leads) for _ in range(3))
        for name, (peer, most) in PEERS.items():
            if count > most:
                continue
            took = measure_peer(peer, table, PEER_LEADS if count < 1_000 else PEER_LEADS // 4)
            goal = PEER_GOALS.get((name, count))
            ratio = "" if isinstance(took, str) else f"{took / ours:.1f} x"
            if goal and not isinstance(took, str):
                ratio = verdict(took / ours, goal)
            rows.append((f"{count:,} rules, {name}", ours, took, ratio))
    print_table(
        "Matching beside linear engines, microseconds a lead",
        ("", "index", "peer", "ratio"),
        rows,
    )


def _time_cpu(
    find: Callable[[dict[str, Any]], int | None], leads: Sequence[dict[str, Any]]
) -> float:
    for lead in leads:
        find(lead)
    began = time.process_time()
    for lead in leads:
        find(lead)
    return (time.process_time() - began) * 1e6 / len(leads)


def print_explanation(count: int) -> None:
    """Milliseconds of saying of every rule why it failed, for leads that the last rule takes."""
    conditions = make(count, 20, mixed_share=0.3).conditions
    rules = [Rule(n, n, f"rule {n}", condition, ()) for n, condition in enumerate(conditions)]
    plan = compile_plan(1, 1, rules, [], "UTC")
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    # What earlier parts left behind is not ours to clear away.
    gc.collect()
    times = []
    for lead in make(count, 20).leads:
        began = time.process_time()
        explain_rules(plan.rules, plan.zone, {**lead, "source": "none", "country": "ZZ"}, now)
        times.append((time.process_time() - began) * 1e3)
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    print(
        f"  One explanation with {count:,} rules: p50 {p50:.1f} ms, p99 {p99:.1f} ms CPU (goal 50)"
    )


def print_replay(rules: int, leads: int) -> None:
    """Leads a second when many are matched again: one by one, in batches, from columns that were
    encoded before."""
    table = make(rules, leads)
    index = make_index(table.conditions)
    single = time_each(index.find_first, table.leads)[1]
    batch = _time_batches(index, table.leads, [index.find_first(lead) for lead in table.leads])
    columns = encode_columns(index, table.leads)
    began = time.process_time()
    find_first_of_each(index, table.leads, columns=columns)
    encoded = (time.process_time() - began) * 1e6 / leads
    print(
        f"  Replay of {leads:,} leads with {rules:,} rules, a million takes: one by one {single:.1f} s, "
        f"in batches {batch:.1f} s, from encoded columns {encoded:.1f} s (goal 2), "
        f"{verdict(single / encoded, 3)}"
    )


def _try_each(matchers: Sequence[Matcher], facts: NormalFacts) -> int | None:
    for number, matches in enumerate(matchers):
        if matches(facts):
            return number
    return None


def time_each(
    find: Callable[[dict[str, Any]], int | None],
    leads: Sequence[dict[str, Any]],
    *,
    is_warm: bool = False,
) -> tuple[list[int | None], float]:
    """The answers, and the mean CPU microseconds of one, after a round to warm up."""
    # All of them: a rule is compiled when it is first asked.
    for lead in leads[:5] if is_warm else leads:
        find(lead)
    began = time.process_time()
    answers = [find(lead) for lead in leads]
    return answers, (time.process_time() - began) * 1e6 / len(leads)
