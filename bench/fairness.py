"""How far shares stray from what is fair, against other ways to share, and what a pick costs.

Needs no database, so it runs once, beside SQLite. The fair share of a lead is weight / sum of the
weights, for everybody eligible for it; the deviation is the largest distance of anybody's count from
the sum of their fair shares, at any moment.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pool
from random import Random

import numpy as np
from django.db import connection

from bench.sequences import KINDS, iter_leads, make_members, play
from bench.sharing_peers import PEERS, Sharing
from bench.stage import SEED
from bench.table import print_table
from routing.engine.choosing import try_destination
from routing.engine.deciding import LeadView
from routing.engine.roster import TURN, Member, PoolState, RepState, Roster
from routing.engine.rules import Destination, DestinationKind
from routing.engine.strategies import STRATEGIES, Turn
from routing.engine.strategies.arrays import Accounts

SEQUENCES = 1_000_000
PICKS, SEEDS = 50_000, 3
COST_GOALS = {1_000: 10, 10_000: 40}
Choose = Callable[[int, Random], Iterator[list[int]]]


def run(*, is_quick: bool) -> None:
    """Prints deviations, the worst of the hostile sequences, and microseconds a pick."""
    if connection.vendor != "sqlite":
        print("\nFairness: needs no database, see SQLite.")
        return
    print_deviations(2_000 if is_quick else PICKS, 1 if is_quick else SEEDS)
    print_sequences(2_000 if is_quick else SEQUENCES)
    print_long_runs(500 if is_quick else 20_000)
    print_costs((10, 200) if is_quick else (10, 100, 1_000, 10_000))


def fixed_set(count: int, _: Random) -> Iterator[list[int]]:
    everybody = list(range(count))
    while True:
        yield everybody


def come_and_go(count: int, random: Random) -> Iterator[list[int]]:
    """Each is away a fifth of the time, for some hundred leads in a row."""
    is_here = [True] * count
    while True:
        for place in range(count):
            if random.random() < (0.0025 if is_here[place] else 0.01):
                is_here[place] = not is_here[place]
        present = [place for place in range(count) if is_here[place]]
        yield present or list(range(count))


def own_third(count: int, random: Random) -> Iterator[list[int]]:
    while True:
        yield sorted(random.sample(range(count), max(1, count // 3)))


SHORT = {"fixed set": "fixed", "come and go": "come, go", "own third for each lead": "own third"}
WORKLOADS: dict[str, Choose] = {
    "fixed set": fixed_set,
    "come and go": come_and_go,
    "own third for each lead": own_third,
}


def measure_deviation(peer: str, workload: str, count: int, picks: int, seed: int) -> float:
    random = Random(f"{seed}:{workload}:{count}")
    weights = [random.randint(1, 5) for _ in range(count)]
    sharing: Sharing = PEERS[peer](weights, Random(seed))  # type: ignore[call-arg]
    strayed, worst = [0.0] * count, 0.0
    sets = WORKLOADS[workload](count, random)
    for _ in range(picks):
        eligible = next(sets)
        picked = sharing.pick(eligible)
        total = sum(weights[place] for place in eligible)
        strayed[picked] -= 1
        for place in eligible:
            strayed[place] += weights[place] / total
            worst = max(worst, abs(strayed[place]))
        worst = max(worst, abs(strayed[picked]))
    return worst


def print_deviations(picks: int, seeds: int) -> None:
    found: dict[tuple[str, str, int], float] = {}
    cases = [(name, count) for name in WORKLOADS for count in (10, 50)]
    jobs = [
        (peer, name, count, picks, SEED + seed)
        for peer in PEERS
        for name, count in cases
        for seed in range(seeds)
    ]
    with Pool() as pool:
        for job, worst in zip(
            jobs, pool.starmap(measure_deviation, jobs, chunksize=1), strict=True
        ):
            key = job[:3]
            found[key] = max(worst, found.get(key, 0.0))
    print_table(
        f"Fairness: worst deviation in leads, {picks:,} picks, {seeds} seeds, weights 1-5, 10 or 50 reps:"
        "\nalways all; away a fifth of the time; each lead with its own third",
        ("", *(f"{SHORT[name]}, {count}" for name, count in cases)),
        [(peer, *(found[peer, name, count] for name, count in cases)) for peer in PEERS],
    )
    ours = {case: found["leadrouter", *case] for case in cases}
    _say("fixed set below 1", max(ours["fixed set", 10], ours["fixed set", 50]), 1, is_strict=True)
    others = [value for (name, _), value in ours.items() if name != "fixed set"]
    _say("come and go, or a third for each lead, at most 1.5", max(others), 1.5)
    third = ("own third for each lead", 10)
    for peer, goal in (("smooth weighted round robin", 5), ("round robin", 50)):
        ratio = found[peer, *third] / ours[third]
        reached = "reached" if ratio >= goal else "MISSED"
        print(f"  {ratio:.1f} x closer than {peer}, a third for each lead (goal {goal}: {reached})")


def _say(what: str, value: float, goal: float, *, is_strict: bool = False) -> None:
    is_reached = value < goal if is_strict else value <= goal
    print(f"  {what}: {value:.2f} ({'reached' if is_reached else 'MISSED'})")


def _play_many(job: tuple[str, int, int]) -> dict[int, int]:
    kind, first, count = job
    worst: dict[int, int] = {}
    for seed in range(first, first + count):
        members, balance = play(kind, seed)
        worst[members] = max(balance, worst.get(members, 0))
    return worst


def print_sequences(count: int) -> None:
    """Every step of every sequence is held against the bound; a step beyond it ends the benchmark."""
    each, part = -(-count // len(KINDS)), 2_000
    jobs = [
        (kind, first, min(part, each - first)) for kind in KINDS for first in range(0, each, part)
    ]
    worst: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}
    began = time.perf_counter()
    with Pool() as pool:
        for (kind, *_), found in zip(jobs, pool.imap(_play_many, jobs), strict=True):
            for members, balance in found.items():
                worst[kind][members] = max(balance, worst[kind].get(members, 0))
    sizes = range(2, 7)
    print_table(
        f"Fairness: largest balance in turns, {each * len(KINDS):,} sequences of 2 to 6 members",
        ("who is eligible", *(f"n = {size} (bound {size - 1})" for size in sizes)),
        [
            (kind, *(found[size] / TURN if size in found else "-" for size in sizes))
            for kind, found in worst.items()
        ],
    )
    print(f"  No balance left its bound ({time.perf_counter() - began:.0f} s).")


def print_long_runs(leads: int) -> None:
    """The pairs whose balances are closest, for long: the n / 4 of an adversary."""
    rows = []
    for count in (10, 50):
        random = Random(SEED)
        members = make_members(count, random)
        for member in members:
            member.weight = 1
        half = worst = 0
        for number, _ in enumerate(iter_leads(members, KINDS["nearest pair"], leads, random)):
            worst = max(worst, *(abs(member.balance) for member in members))
            half = worst if number < leads // 2 else half
        rows.append((f"{count} reps", half / TURN, worst / TURN, count / 4, count - 1))
    print_table(
        f"Fairness: an adversary who always offers the nearest pair, {leads:,} leads",
        ("", "after half of them", "after all", "n / 4", "bound"),
        rows,
    )


def print_costs(sizes: Sequence[int]) -> None:
    rows, kernel = [], {}
    for count in sizes:
        thirds = _draw_places(count, max(1, count // 3))
        whole = [np.arange(count)] * len(thirds)
        kernel[count] = _cost_of_arrays(count, thirds)
        rows.append(
            (
                f"{count:,} reps",
                kernel[count],
                _cost_of_arrays(count, whole),
                _cost_of_members(count, thirds),
                _cost_of_members(count, whole),
                _cost_of_choosing(count),
            )
        )
    print_table(
        "Fairness: CPU microseconds a pick",
        (
            "pool", "arrays, a third", "arrays, all", "members, a third", "members, all",
            "whole choice, all",
        ),
        rows,
    )  # fmt: skip
    for count, goal in COST_GOALS.items():
        if count in kernel:
            _say(
                f"{count:,} reps, a third eligible, arrays: at most {goal} us", kernel[count], goal
            )
    print(
        "  “Members” is what a drain calls. “Whole choice” also finds out who is eligible and tells\n"
        "  what became of each, as it does for every lead; both read and write more than they pick."
    )


def _draw_places(count: int, size: int) -> list[np.ndarray]:
    random = Random(SEED)
    return [np.array(sorted(random.sample(range(count), size))) for _ in range(100)]


def _weights(count: int) -> list[int]:
    random = Random(SEED)
    return [random.randint(1, 5) for _ in range(count)]


def _cost_of_arrays(count: int, sets: Sequence[np.ndarray]) -> float:
    ids = list(range(count))
    accounts = Accounts(
        ids, np.array(_weights(count), float), np.zeros(count), np.zeros(count, np.intp)
    )
    return _time(lambda number: accounts.take(sets[number % len(sets)], number), 2_000)


def _cost_of_members(count: int, sets: Sequence[np.ndarray]) -> float:
    members = [Member(number, weight) for number, weight in enumerate(_weights(count))]
    eligible = [[members[place] for place in places] for places in sets[:20]]

    def step(number: int) -> None:
        chosen = eligible[number % len(eligible)]
        found = STRATEGIES["WEIGHTED"](chosen, Turn(number, number))
        for rep_id, microturns in found.deltas:
            members[rep_id].balance += microturns

    return _time(step, max(10, 20_000 // count))


def _cost_of_choosing(count: int) -> float:
    members = [Member(number, weight) for number, weight in enumerate(_weights(count))]
    states = {number: RepState(number, f"Rep {number}", max_open=10**9) for number in range(count)}
    roster = Roster(states, {1: PoolState(1, "Pool", "pool", "WEIGHTED", members)})
    destination = Destination(DestinationKind.POOL, pool_id=1)

    def step(number: int) -> None:
        attempt = try_destination(destination, LeadView(number, {}), roster, None, None)
        if attempt.rep_id is None:
            sys.exit("Nobody was picked.")

    return _time(step, max(10, 20_000 // count))


def _time(step: Callable[[int], object], times: int) -> float:
    """CPU microseconds of one step, the best of five rounds: others use the machine as well."""
    for number in range(times):
        step(number)  # so that not everybody ties for never having been picked
    rounds = []
    for start in range(5):
        began = time.process_time()
        for number in range(times // 5):
            step(start * times + number)
        rounds.append((time.process_time() - began) * 1e6 / (times // 5))
    return min(rounds)
