"""20,000 territories through a file, against one full_clean and save a row as an admin action does."""

import resource
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from bench.table import print_table, verdict
from reps.models import Rep
from routing.models import Territory, TerritoryOwner
from routing.territory_files.current import read_current
from routing.territory_files.effect import find_effect
from routing.territory_files.exporting import FORMATS, list_rows
from routing.territory_files.importing import FileOfTerritories, apply_file, find_difference

TODAY = date(2026, 3, 2)
HEADER = "slug,name,parent,priority,countries,postal_prefixes,postal_ranges,ae,ae_from,ae_until\n"


def run(*, is_quick: bool) -> None:
    """Prints seconds for each step of a file, and rows a second beside those of the peer."""
    count, sample = (1_000, 100) if is_quick else (20_000, 1_000)
    user = get_user_model().objects.create(username="bench-manager")
    reps = list(Rep.objects.order_by("pk")[:20])
    peer = save_row_by_row(sample, reps)
    rows: list[tuple[str, float]] = []

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = work()
        rows.append((name, time.perf_counter() - start))
        return found

    def apply(content: bytes) -> Any:
        file = FileOfTerritories(content, "bench.csv")
        return apply_file(file=file, user=user, today=TODAY, now=timezone.now())

    new = make_file(count, reps)
    timed(
        "difference, all new", lambda: find_difference(FileOfTerritories(new, "a.csv"), today=TODAY)
    )
    done = timed("difference and apply, all new", lambda: apply(new))
    assert done.counts["new"] == count
    rate = count / rows[-1][1]
    before = read_current()
    csv = timed("export as CSV", lambda: FORMATS["csv"][1](list_rows(before.states)))
    timed("export as XLSX", lambda: FORMATS["xlsx"][1](list_rows(before.states)))
    changed = csv.replace(b"DE, AT", b"DE, CH")
    found, _ = timed(
        "difference, all changed",
        lambda: find_difference(FileOfTerritories(changed, "a.csv"), today=TODAY),
    )
    assert found.counts["changed"] >= count  # and whatever of the demo has both countries
    timed("effect on leads", lambda: find_effect(before.states, found.states, TODAY))
    timed("difference and apply, all changed", lambda: apply(changed))
    print_table(f"A file of {count} territories on {connection.vendor}", ("step", "seconds"), rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory {peak:,.0f} MB; {rate:,.0f} new rows/s, row by row {peer:,.0f}")
    print(f"  ratio rows/s: {verdict(rate / peer, 10)}")


def make_file(count: int, reps: list[Rep]) -> bytes:
    """A tree of branches of twenty, with postal codes and an owner each."""
    lines = [HEADER]
    for n in range(count):
        parent = f"bench-{n // 20}" if n else ""
        lines.append(
            f'bench-{n},Bench {n},{parent},{n % 5},"DE, AT",{n % 1000:03d},{n:05d}-{n + 3:05d},'
            f"{reps[n % len(reps)].slug},2026-01-01,\n"
        )
    return "".join(lines).encode()


def save_row_by_row(count: int, reps: list[Rep]) -> float:
    """Rows a second of the plain way; what it made is removed again."""
    start = time.perf_counter()
    for n in range(count):
        territory = Territory(
            slug=f"peer-{n}", name=f"Peer {n}", countries=["DE", "AT"],
            postal_prefixes=[f"{n % 1000:03d}"], postal_ranges=[[f"{n:05d}", f"{n + 3:05d}"]],
        )  # fmt: skip
        territory.full_clean()
        territory.save()
        owner = TerritoryOwner(territory=territory, rep=reps[n % len(reps)], starts_on=TODAY)
        owner.full_clean()
        owner.save()
    rate = count / (time.perf_counter() - start)
    TerritoryOwner.objects.filter(territory__slug__startswith="peer-").delete()
    Territory.objects.filter(slug__startswith="peer-").delete()
    return rate
