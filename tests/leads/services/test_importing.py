"""From an uploaded file to deliveries: every row exactly once, whatever happens in between."""

import csv
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from leadrouter.common.errors import InvalidInput
from leadrouter.queueing import wakeup
from leads.files.limits import FileRefused
from leads.models import (
    BatchState,
    Endpoint,
    ImportBatch,
    ImportFile,
    ImportRow,
    IntakeItem,
    Lead,
    Source,
)
from leads.selectors.imports import LEASE
from leads.services import importing
from leads.services.import_files import reread_file, upload_file, upload_for_source
from leads.services.import_rows import make_row_key
from leads.services.importing import cancel_import, run_waiting_batches, start_import
from leads.services.refusals import AlreadyStarted
from routing.services.draining import drain
from tests.factories import EndpointFactory, SourceFactory

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
MESSY_BAD_ROWS = [9, 11, 17, 60, 62]
BASICS = {0: "full_name", 1: "email", 2: "phone"}


def fixed() -> datetime:
    return NOW


def make_csv(rows: int, start: int = 0) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Name", "E-mail", "Phone", "Rating"])
    for number in range(start, start + rows):
        writer.writerow([f"Ann {number}", f"ann{number}@firm{number}.example", "", "hot"])
    return out.getvalue().encode()


@pytest.fixture
def endpoint(db: None) -> Endpoint:
    return EndpointFactory(channel=Endpoint.Channel.IMPORT)


def upload(endpoint: Endpoint, content: bytes, name: str = "fair.csv") -> ImportBatch:
    return upload_file(endpoint=endpoint, content=content, file_name=name, user=None, now=NOW)


def start(endpoint: Endpoint, content: bytes, mapping: dict[int, str] | None = None) -> ImportBatch:
    return start_import(batch=upload(endpoint, content), mapping=mapping or BASICS, now=NOW)


def run(batch: ImportBatch, clock: Callable[[], datetime] = fixed, **options: Any) -> ImportBatch:
    run_waiting_batches(clock=clock, **options)
    batch.refresh_from_db()
    return batch


def numbers(batch: ImportBatch) -> tuple[int, int, int, int]:
    return (batch.read_rows, batch.accepted_rows, batch.duplicate_rows, batch.bad_rows)


def assert_every_row_once(batch: ImportBatch, rows: int) -> None:
    batch.refresh_from_db()
    assert (batch.state, batch.read_rows, batch.accepted_rows) == (BatchState.DONE, rows, rows)
    found = list(batch.rows.values_list("row_number", flat=True))
    assert found == list(range(2, rows + 2))
    keys = IntakeItem.objects.values_list("payload__fields__email", flat=True)
    assert sorted(keys) == sorted(f"ann{n}@firm{n}.example" for n in range(rows))


@contextmanager
def small_chunks(rows: int) -> Iterator[None]:
    before, importing.CHUNK_ROWS = importing.CHUNK_ROWS, rows
    try:
        yield
    finally:
        importing.CHUNK_ROWS = before


def messy_mapping(batch: ImportBatch) -> dict[int, str]:
    from leads.files.columns import guess_mapping
    from leads.files.mapping import mapping_of

    sample = [cells for _, cells, _ in batch.file.sample]
    return mapping_of(guess_mapping(batch.headers, sample))


# --- Uploading ---------------------------------------------------------------------------------


def test_an_upload_stores_the_file_and_a_look_at_it_and_imports_nothing(endpoint: Endpoint) -> None:
    content = (SAMPLES / "trade_show_messy.csv").read_bytes()
    batch = upload(endpoint, content, "C:\\fairs\\trade_show_messy.csv")
    batch.refresh_from_db()
    assert (batch.state, batch.total_rows) == (BatchState.UPLOADED, 60)
    assert (batch.encoding, batch.delimiter, batch.sheet_name) == ("cp1252", ";", "")
    assert batch.file_name == "trade_show_messy.csv"
    assert bytes(batch.file.content) == content
    assert batch.file.sample[0][0] == 5
    assert len(batch.file.sample) == 50
    assert len(batch.warnings) == 2
    assert not IntakeItem.objects.exists()
    assert run_waiting_batches(clock=fixed) == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\n \n\n", "empty"),
        ("header.csv", b"Name,E-mail\n", "no_rows"),
        ("setup.csv", b"MZ\x90\x00\x03" + bytes(range(256)) * 20, "not_a_table"),
        ("setup.exe", b"Name,E-mail\nAnn,a@b.example\n", "wrong_type"),
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "not_a_table"),
        ("broken.xlsx", b"PK\x03\x04" + b"garbage" * 50, "corrupt"),
        ("big.csv", b"Name,E-mail\n" + b"Ann,a@b.example\n" * 1_400_000, "too_large"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_leaves_nothing(
    endpoint: Endpoint, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        upload(endpoint, content, name)
    assert refused.value.code == code
    with pytest.raises(FileRefused):
        upload_for_source(
            source=None, event_name="New fair", default_country="", content=content, file_name=name, user=None,
            now=NOW,
        )  # fmt: skip
    assert not ImportBatch.objects.exists()
    assert not ImportFile.objects.exists()
    assert Source.objects.count() == 1


def test_a_new_event_becomes_a_source_with_its_first_file(db: None) -> None:
    SourceFactory(name="Spring Fair!", slug="spring-fair")
    batch = upload_for_source(
        source=None, event_name="  Spring  Fair ", default_country="AT", content=make_csv(1),
        file_name="a.csv", user=None, now=NOW,
    )  # fmt: skip
    source = batch.endpoint.source
    assert (source.name, source.slug, source.kind) == ("Spring Fair", "spring-fair-2", "EVENT")
    assert batch.default_country == "AT"


def test_an_event_whose_name_is_taken_is_refused_and_nothing_is_stored(db: None) -> None:
    SourceFactory(name="Spring Fair")
    with pytest.raises(InvalidInput, match="already a source of that name"):
        upload_for_source(
            source=None, event_name="Spring Fair", default_country="", content=make_csv(1), file_name="a.csv",
            user=None, now=NOW,
        )  # fmt: skip
    assert not ImportBatch.objects.exists()
    assert not Endpoint.objects.exists()


def test_a_file_is_read_again_as_a_person_says(endpoint: Endpoint) -> None:
    batch = upload(endpoint, "Name;E-mail\nJürgen, Dr.;j@firm.example\n".encode("cp1252"))
    batch = reread_file(batch=batch, encoding="mac_roman", delimiter=",")
    assert (batch.encoding, batch.delimiter, len(batch.headers)) == ("mac_roman", ",", 2)
    with pytest.raises(FileRefused):
        reread_file(batch=batch, encoding="klingon")
    batch.refresh_from_db()
    assert batch.encoding == "mac_roman"


def test_a_workbook_is_imported_from_the_sheet_that_was_chosen(endpoint: Endpoint) -> None:
    batch = upload(endpoint, (SAMPLES / "trade_show.xlsx").read_bytes(), "trade_show.xlsx")
    assert (batch.sheet_name, batch.encoding) == ("Leads", "")
    start_import(batch=batch, mapping=messy_mapping(batch), now=NOW)
    run(batch)
    assert numbers(batch) == (9, 7, 0, 2)


# --- Starting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({}, "mapping"),
        ({0: "full_name"}, "mapping"),
        ({0: "email", 1: "email"}, "column_1"),
        ({0: "password"}, "column_0"),
        ({9: "email"}, "column_9"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_by_column(
    endpoint: Endpoint, mapping: dict[int, str], field: str
) -> None:
    batch = upload(endpoint, make_csv(1))
    with pytest.raises(InvalidInput) as refused:
        start_import(batch=batch, mapping=mapping, now=NOW)
    assert field in refused.value.fields
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == (BatchState.UPLOADED, {})


def test_an_unknown_country_is_refused(endpoint: Endpoint) -> None:
    batch = upload(endpoint, make_csv(1))
    with pytest.raises(InvalidInput, match="country"):
        start_import(batch=batch, mapping=BASICS, default_country="XX", now=NOW)
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_a_file_starts_once(endpoint: Endpoint) -> None:
    batch = start(endpoint, make_csv(1))
    with pytest.raises(AlreadyStarted):
        start_import(batch=batch, mapping=BASICS, now=NOW)
    with pytest.raises(AlreadyStarted):
        reread_file(batch=batch, delimiter=";")


# --- Running -----------------------------------------------------------------------------------


def test_the_messy_file_becomes_deliveries_and_rows_that_need_fixing(endpoint: Endpoint) -> None:
    batch = upload(endpoint, (SAMPLES / "trade_show_messy.csv").read_bytes())
    start_import(batch=batch, mapping=messy_mapping(batch), now=NOW)
    run(batch)
    bad = batch.rows.filter(state=ImportRow.State.BAD)
    assert [row.row_number for row in bad] == MESSY_BAD_ROWS
    assert all(row.problems and row.intake_item is None for row in bad)
    assert numbers(batch) == (60, 54, 1, 5)
    assert batch.rows.get(row_number=8).state == ImportRow.State.DUPLICATE  # same badge twice
    assert batch.state == BatchState.DONE
    assert not ImportFile.objects.exists()
    payload = batch.rows.get(row_number=5).intake_item.payload
    assert payload["fields"]["last_name"] == "Schröder"
    assert payload["extra"] == {"Lead Rating": "Hot"}
    report = drain(clock=fixed)
    assert (report.items, report.failed) == (54, 0)


def test_the_same_file_again_creates_nothing(endpoint: Endpoint) -> None:
    content = (SAMPLES / "trade_show_messy.csv").read_bytes()
    for _ in range(2):
        batch = upload(endpoint, content)
        start_import(batch=batch, mapping=messy_mapping(batch), now=NOW)
        run(batch)
        drain(clock=fixed)
    assert numbers(batch) == (60, 0, 55, 5)
    assert IntakeItem.objects.count() == 54
    again = batch.rows.get(row_number=5)
    assert again.intake_item.lead.full_name == "Anna Schröder"


def test_an_overlapping_export_brings_only_its_new_rows(endpoint: Endpoint) -> None:
    run(start(endpoint, make_csv(6)))
    batch = run(start(endpoint, make_csv(6, start=4)))
    assert numbers(batch) == (6, 4, 2, 0)
    assert IntakeItem.objects.count() == 10


def test_the_same_row_from_another_source_is_a_delivery_of_its_own(endpoint: Endpoint) -> None:
    run(start(endpoint, make_csv(2)))
    other = EndpointFactory(channel=Endpoint.Channel.IMPORT)
    assert numbers(run(start(other, make_csv(2)))) == (2, 2, 0, 0)


def test_phones_are_read_for_the_country_of_the_file_all_the_way(endpoint: Endpoint) -> None:
    content = b"Name,E-mail,Phone\nAnn Lee,,030 5550100\n"
    batch = upload(endpoint, content)
    batch = run(start_import(batch=batch, mapping=BASICS, default_country="DE", now=NOW))
    drain(clock=fixed)
    assert numbers(batch) == (1, 1, 0, 0)
    assert Lead.objects.get().phone_e164 == "+49305550100"


def test_a_file_longer_than_the_time_is_continued_by_the_next_run(endpoint: Endpoint) -> None:
    batch = start(endpoint, make_csv(50))
    ticks = count()

    def clock() -> datetime:
        return NOW + timedelta(seconds=next(ticks))

    with small_chunks(10):
        run(batch, clock, time_limit_seconds=2)
        assert 0 < batch.read_rows < 50
        assert batch.claimed_until is None
        while batch.state == BatchState.RUNNING:
            run(batch, clock, time_limit_seconds=2)
    assert_every_row_once(batch, 50)


def test_a_small_file_does_not_wait_for_a_large_one(endpoint: Endpoint) -> None:
    large, ticks = start(endpoint, make_csv(50)), count()

    def clock() -> datetime:
        return NOW + timedelta(seconds=next(ticks))

    with small_chunks(10):
        run(large, clock, time_limit_seconds=2)
        small = start(endpoint, make_csv(5, start=100))
        run(small, clock, time_limit_seconds=2)
    assert small.state == BatchState.DONE
    assert ImportBatch.objects.get(pk=large.pk).state == BatchState.RUNNING


def test_each_chunk_wakes_the_drain_after_its_commit(
    endpoint: Endpoint, django_capture_on_commit_callbacks: Any
) -> None:
    from django_q.models import OrmQ

    batch = start(endpoint, make_csv(30))
    with small_chunks(10), django_capture_on_commit_callbacks(execute=True):
        assert not OrmQ.objects.exists()
        run(batch)
    assert OrmQ.objects.exists()


# --- Faults ------------------------------------------------------------------------------------


class FaultError(Exception):
    """What the tests throw into the works."""


@contextmanager
def failing_at(statement: int, error: type[Exception]) -> Iterator[list[str]]:
    """Raises instead of the n-th statement; the list then holds its SQL."""
    seen, failed = count(1), list[str]()

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if next(seen) == statement:
            failed.append(sql)
            raise error("on purpose")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield failed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [FaultError, OperationalError])
def test_a_failure_at_any_statement_loses_and_doubles_nothing(error: type[Exception]) -> None:
    endpoint = EndpointFactory(channel=Endpoint.Channel.IMPORT)
    later = NOW
    for statement in count(1):
        IntakeItem.objects.all().delete()
        batch = start(endpoint, make_csv(7))
        with small_chunks(3):
            # The very first statements are the caller's to repeat.
            with suppress(error), failing_at(statement, error) as failed:
                run_waiting_batches(clock=lambda at=later: at)
            batch.refresh_from_db()
            while batch.state == BatchState.RUNNING:
                later += LEASE
                run(batch, lambda at=later: at)
        assert_every_row_once(batch, 7)
        if not failed:
            break
    assert statement > 20


@pytest.mark.django_db(transaction=True)
def test_a_killed_process_is_continued_at_exactly_the_next_row() -> None:
    batch = start(EndpointFactory(channel=Endpoint.Channel.IMPORT), make_csv(600))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], env=os.environ | {"TEST_DATABASE": database_url()}
    )
    try:
        deadline = time.monotonic() + 60
        while batch.read_rows < 40 and time.monotonic() < deadline:
            batch.refresh_from_db()
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    batch.refresh_from_db()
    assert 40 <= batch.read_rows < 600
    assert batch.rows.count() == batch.read_rows == IntakeItem.objects.count()
    assert batch.claimed_until is not None
    assert run_waiting_batches(clock=lambda: batch.claimed_until - timedelta(seconds=1)) == 0
    run(batch, lambda at=batch.claimed_until: at + timedelta(seconds=1))
    assert_every_row_once(batch, 600)


CHILD = """
import os
os.environ["TEST_DATABASE_URL"] = os.environ["TEST_DATABASE"]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.utils import timezone
from leads.services import importing
importing.CHUNK_ROWS = 5
importing.run_waiting_batches(clock=timezone.now)
"""


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host = f"{settings['HOST']}:{settings['PORT'] or 5432}"
    return f"postgres://{settings['USER']}:{settings['PASSWORD']}@{host}/{settings['NAME']}"


def test_a_worker_that_was_overtaken_writes_nothing(endpoint: Endpoint) -> None:
    """A runner stands still longer than its lease; another one takes the file over meanwhile."""
    batch = start(endpoint, make_csv(30))
    calls = count()

    def clock() -> datetime:
        if next(calls) == 2:  # after claiming and opening, before storing the first chunk
            run_waiting_batches(clock=lambda: NOW + LEASE + timedelta(seconds=1))
        return NOW

    with small_chunks(10):
        run(batch, clock)
    assert_every_row_once(batch, 30)


def test_a_file_that_ends_its_worker_each_time_fails_with_a_sentence(endpoint: Endpoint) -> None:
    batch = start(endpoint, make_csv(3))
    # As a worker leaves it that was killed on its last attempt.
    ImportBatch.objects.filter(pk=batch.pk).update(
        attempts=importing.MAX_ATTEMPTS, claimed_until=NOW - timedelta(seconds=1)
    )
    run(batch)
    assert batch.state == BatchState.FAILED
    assert "stopped the program each time, after 0 of 3 rows" in batch.error
    assert not IntakeItem.objects.exists()


def test_a_stored_file_that_became_unreadable_fails_with_its_sentence(endpoint: Endpoint) -> None:
    batch = start(endpoint, make_csv(3))
    ImportFile.objects.update(content=b"%PDF-1.7")
    run(batch)
    assert batch.state == BatchState.FAILED
    assert "a PDF document" in batch.error


def test_a_cancelled_import_stops_and_keeps_what_was_read(
    endpoint: Endpoint, marketing: Any
) -> None:
    batch, ticks = start(endpoint, make_csv(50)), count()

    def clock() -> datetime:
        return NOW + timedelta(seconds=next(ticks))

    with small_chunks(10):
        run(batch, clock, time_limit_seconds=2)
        cancel_import(batch=batch, user=marketing, now=NOW)
        read = batch.read_rows
        run(batch, clock)
    assert (batch.state, batch.read_rows) == (BatchState.CANCELLED, read)
    assert batch.error == f"Cancelled by Robin {marketing.last_name} after {read} of 50 rows."
    assert IntakeItem.objects.count() == read
    assert not ImportFile.objects.exists()
    with pytest.raises(AlreadyStarted):
        cancel_import(batch=batch, user=marketing, now=NOW)


def test_a_cancel_between_reading_and_storing_a_chunk_wins(
    endpoint: Endpoint, marketing: Any
) -> None:
    batch, calls = start(endpoint, make_csv(20)), count()

    def clock() -> datetime:
        if next(calls) == 2:
            cancel_import(batch=batch, user=marketing, now=NOW)
        return NOW

    run(batch, clock)
    assert (batch.state, batch.read_rows) == (BatchState.CANCELLED, 0)
    assert not IntakeItem.objects.exists()
    assert not ImportRow.objects.exists()


# --- Laws --------------------------------------------------------------------------------------

FIELDS = st.dictionaries(st.sampled_from(["email", "phone", "message"]), st.text(min_size=1))


@given(FIELDS, st.randoms())
def test_a_row_has_one_key_however_it_is_spaced_and_ordered(
    fields: dict[str, str], random: Any
) -> None:
    items = [(name, f"  {value}\t ") for name, value in fields.items()]
    random.shuffle(items)
    assert make_row_key(dict(items)) == make_row_key(fields)


@given(FIELDS, FIELDS)
def test_rows_that_say_different_things_have_different_keys(
    left: dict[str, str], right: dict[str, str]
) -> None:
    def said(fields: dict[str, str]) -> dict[str, str]:
        return {name: " ".join(value.split()) for name, value in fields.items()}

    if said(left) == said(right):
        assert make_row_key(left) == make_row_key(right)
    elif all(value.isascii() for value in [*left.values(), *right.values()]):
        assert make_row_key(left) != make_row_key(right)


# --- Wiring ------------------------------------------------------------------------------------


def test_the_task_that_a_wake_up_names_imports_what_waits(endpoint: Endpoint) -> None:
    batch = start(endpoint, make_csv(3))
    import_string(wakeup._imports.task)()
    assert_every_row_once(batch, 3)
