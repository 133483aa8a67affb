"""The way of a file through the pages, as marketing walks it."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import Workbook

from leads.models import BatchState, ImportBatch, ImportRow, IntakeItem, Lead, Source, Stage
from leads.services.importing import run_waiting_batches
from routing.services.draining import drain
from routing.services.undoing_imports import undo_waiting_imports
from tests.factories import HoldingQueueFactory, ImportBatchFactory
from tests.leads.imports.conftest import TWO_ROWS

Upload = Callable[..., ImportBatch]


def text(response: Any) -> str:
    words = b"".join(response) if response.streaming else response.content
    return str(words.decode())


# --- Who may come in ---------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["marketing", "manager", "administrator"])
def test_marketing_managers_and_administrators_may_open_every_page(
    persona: str, imported: Upload, uploaded: Upload, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(f"{persona}_client")
    done, waiting = imported().public_id, uploaded(b"E-mail\na@b.example\n").public_id
    pages = ["/imports/", "/imports/new/", f"/imports/{done}/", f"/imports/{done}/to-fix.csv",
             f"/imports/{done}/?show=leads", f"/imports/{waiting}/columns/",
             f"/imports/{done}/undo/", f"/imports/{done}/rows/3/"]  # fmt: skip
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("method", ["get", "post"])
def test_reps_are_refused_and_strangers_sent_to_sign_in_everywhere(
    method: str, uploaded: Upload, rep_client: Client, anonymous_client: Client
) -> None:
    batch = uploaded()
    for path in ["", "new/", *(f"{batch.public_id}/{page}" for page in
                 ("", "columns/", "progress/", "leads/", "to-fix.csv", "cancel/"))]:  # fmt: skip
        refused = getattr(rep_client, method)(f"/imports/{path}")
        assert refused.status_code in {403, 405}, path
        asked = getattr(anonymous_client, method)(f"/imports/{path}")
        assert asked.status_code in {302, 405}, path
        if asked.status_code == 302:
            assert asked["Location"].startswith("/login/"), path
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED
    assert ImportBatch.objects.count() == 1


def test_an_upload_without_a_token_is_refused(marketing: Any, source: Source) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(marketing, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/imports/new/", {"source": source.pk, "file": io.BytesIO(TWO_ROWS)})
    assert response.status_code == 403
    assert not ImportBatch.objects.exists()


def test_an_import_that_does_not_exist_is_not_found(marketing_client: Client) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for page in ("", "columns/", "progress/", "leads/", "to-fix.csv"):
        assert marketing_client.get(f"/imports/{nobody}/{page}").status_code == 404


# --- Uploading ---------------------------------------------------------------------------------


def test_an_upload_leads_to_the_mapping_of_its_columns(send: Any, marketing: Any) -> None:
    response = send(TWO_ROWS)
    batch = ImportBatch.objects.get()
    assert response["Location"] == f"/imports/{batch.public_id}/columns/"
    assert (batch.created_by, batch.endpoint.source.name) == (marketing, "Spring Fair")


def test_a_new_event_is_made_where_the_file_is_uploaded(send: Any) -> None:
    send(TWO_ROWS, source="", event_name="Autumn Fair", default_country="AT")
    source = Source.objects.get(name="Autumn Fair")
    assert (source.kind, source.default_country) == ("EVENT", "AT")
    assert ImportBatch.objects.get().default_country == "AT"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "99999"}, "source"),
        ({"source": "x"}, "source"),
        ({"event_name": "Autumn Fair"}, "event_name"),
        ({"source": "", "event_name": "spring fair"}, "event_name"),
        ({"source": "", "event_name": "x" * 101}, "event_name"),
        ({"default_country": "ZZ"}, "default_country"),
    ],
)
def test_an_upload_that_says_too_little_or_too_much_is_asked_again(
    send: Any, fields: dict[str, str], field: str
) -> None:
    response = send(TWO_ROWS, **fields)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not ImportBatch.objects.exists()
    assert Source.objects.count() == 1


ZIP_BOMB_SIZE = 120_000_000


def make_zip_bomb() -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * ZIP_BOMB_SIZE)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("empty.csv", lambda: b"", "The file is empty."),
        ("header.csv", lambda: b"Name,E-mail\n", "The file has a header but no rows under it."),
        ("tool.csv", lambda: b"MZ\x90\0" + bytes(range(256)) * 9, "The file is not text"),
        ("tool.exe", lambda: TWO_ROWS, "Only CSV, TSV, TXT, XLSX and XLS files"),
        ("bomb.xlsx", make_zip_bomb, "unpacks to far too much data"),
        ("page.xls", lambda: b"<html><table></table></html>", "a web page or XML"),
        ("big.csv", lambda: b"E-mail\n" + b"a@b.example\n" * 1_800_000, "larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_in_one_sentence_and_leaves_nothing(
    send: Any, name: str, make: Callable[[], bytes], sentence: str
) -> None:
    response = send(make(), name, source="", event_name="Autumn Fair")
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert list(errors) == ["file"]
    assert len(errors["file"]) == 1
    assert sentence in errors["file"][0]
    assert not ImportBatch.objects.exists()
    assert Source.objects.count() == 1


def test_a_form_without_a_file_asks_for_one(marketing_client: Client, source: Source) -> None:
    response = marketing_client.post("/imports/new/", {"source": source.pk})
    assert response.status_code == 422
    assert response.context["form"].errors["file"] == ["Choose a file."]


# --- Mapping -----------------------------------------------------------------------------------


def test_the_mapping_page_shows_columns_with_values_guesses_and_a_preview(
    uploaded: Upload, marketing_client: Client
) -> None:
    batch = uploaded()
    page = marketing_client.get(f"/imports/{batch.public_id}/columns/")
    lines = page.context["lines"]
    assert [line.header for line in lines] == ["Name", "E-mail", "Size"]
    assert lines[0].values == ["Ann Lee", "Bo"]
    assert [line.select.value() for line in lines] == ["full_name", "email", "employees"]
    assert lines[0].certainty == "sure"
    assert (page.context["accepted_count"], page.context["refused_count"]) == (1, 1)


def test_changing_the_mapping_renews_the_preview_alone(
    uploaded: Upload, marketing_client: Client
) -> None:
    batch = uploaded()
    answer = marketing_client.post(
        f"/imports/{batch.public_id}/columns/",
        {"column_0": "full_name"},
        headers={"HX-Request": "true"},
    )
    words = text(answer)
    assert "<html" not in words
    assert "Choose the column with the e-mail address or the phone number." in words
    assert "Ann Lee" in words
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == (BatchState.UPLOADED, {})


def test_a_mapping_that_cannot_work_is_shown_beside_its_column(
    uploaded: Upload, marketing_client: Client
) -> None:
    batch = uploaded()
    answer = marketing_client.post(
        f"/imports/{batch.public_id}/columns/",
        {"column_0": "email", "column_1": "email", "start": "1"},
    )
    assert answer.status_code == 422
    assert "is chosen for both “Name” and “E-mail”" in answer.context["form"].errors["column_1"][0]
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


@pytest.mark.parametrize("fields", [{"column_1": "password"}, {"default_country": "ZZ"}])
def test_made_up_choices_are_refused(
    uploaded: Upload, marketing_client: Client, fields: dict[str, str]
) -> None:
    batch = uploaded()
    answer = marketing_client.post(
        f"/imports/{batch.public_id}/columns/", {"column_1": "email", "start": "1"} | fields
    )
    assert answer.status_code == 422
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_the_file_is_read_again_with_other_characters(
    uploaded: Upload, marketing_client: Client
) -> None:
    batch = uploaded("Name;E-mail\nJürgen;j@firm.example\n".encode("cp1252"))
    path = f"/imports/{batch.public_id}/columns/"
    again = {"reread": "1", "encoding": "mac_roman", "delimiter": "\\t"}
    assert marketing_client.post(path, again).status_code == 302
    batch.refresh_from_db()
    assert (batch.encoding, batch.delimiter, batch.headers) == ("mac_roman", "\t", ["Name;E-mail"])
    refused = marketing_client.post(path, {"reread": "1", "encoding": "klingon"})
    assert refused.status_code == 422
    batch.refresh_from_db()
    assert batch.encoding == "mac_roman"


def make_workbook(**sheets: list[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_another_sheet_of_a_workbook_can_be_chosen(
    uploaded: Upload, marketing_client: Client
) -> None:
    monday = [["Name", "E-mail"], ["Ann", "ann@lee.example"]]
    book = make_workbook(
        Monday=monday, Tuesday=[["Who", "Mail"], ["Bo", "bo@lee.example"]], Empty=[["Name"]]
    )
    batch = uploaded(book, "fair.xlsx")
    path = f"/imports/{batch.public_id}/columns/"
    choices = marketing_client.get(path).context["reading"].fields["sheet_name"].choices
    assert [name for name, _ in choices] == ["Monday", "Tuesday", "Empty"]
    marketing_client.post(path, {"reread": "1", "sheet_name": "Tuesday"})
    batch.refresh_from_db()
    assert (batch.sheet_name, batch.headers) == ("Tuesday", ["Who", "Mail"])
    refused = marketing_client.post(path, {"reread": "1", "sheet_name": "Empty"})
    assert "a header but no rows" in text(refused)
    batch.refresh_from_db()
    assert batch.sheet_name == "Tuesday"


def test_a_confirmed_mapping_is_remembered_for_the_same_columns(
    imported: Upload, uploaded: Upload, marketing_client: Client
) -> None:
    imported(
        b"A,B,C\nAnn,ann@lee.example,1\n",
        column_0="first_name",
        column_1="email",
        column_2="message",
    )
    batch = uploaded(b"a;b;c\nBob;bob@lee.example;2\n", "next.csv")
    page = marketing_client.get(f"/imports/{batch.public_id}/columns/")
    proposed = [line.select.value() for line in page.context["lines"]]
    assert proposed == ["first_name", "email", "message"]
    assert {line.certainty for line in page.context["lines"]} == {"remembered"}


def test_a_file_of_500_columns_can_be_mapped(uploaded: Upload, marketing_client: Client) -> None:
    headers = ",".join(["E-mail", *(f"Question {number}" for number in range(499))])
    batch = uploaded(f"{headers}\nann@lee.example{',x' * 499}\n".encode())
    path = f"/imports/{batch.public_id}/columns/"
    assert len(marketing_client.get(path).context["lines"]) == 500
    fields = {f"column_{number}": "" for number in range(1, 500)}
    answer = marketing_client.post(path, fields | {"column_0": "email", "start": "1"})
    assert answer.status_code == 302


# --- Running and afterwards --------------------------------------------------------------------


def test_a_running_import_shows_how_far_it_is_and_then_its_result(
    uploaded: Upload, marketing_client: Client
) -> None:
    batch = uploaded()
    marketing_client.post(
        f"/imports/{batch.public_id}/columns/", {"column_1": "email", "start": "1"}
    )
    page = f"/imports/{batch.public_id}/"
    assert "0 of 2 rows read" in text(marketing_client.get(page))
    ask = {"HX-Request": "true"}
    assert "HX-Redirect" not in marketing_client.get(f"{page}progress/", headers=ask)
    assert marketing_client.get(f"{page}progress/")["Location"] == page
    run_waiting_batches(clock=timezone.now)
    assert marketing_client.get(f"{page}progress/", headers=ask)["HX-Redirect"] == page
    assert "Rows read" in text(marketing_client.get(page))


def test_the_result_counts_rows_names_fates_and_links_leads(
    imported: Upload, marketing_client: Client
) -> None:
    content = b"Name,E-mail\n" + b"".join(b"Ann %d,a%d@firm.example\n" % (n, n) for n in range(6))
    batch = imported(content + b"Ann 0,a0@firm.example\nBad,\n")
    drain(clock=timezone.now)
    queue = HoldingQueueFactory(name="Overflow")
    first, second, third, *_ = Lead.objects.order_by("id")
    now = timezone.now()
    Lead.objects.filter(pk=first.pk).update(
        place="CLOSED",
        stage=Stage.WON,
        parked_reason="",
        closed_at=now,
        deal_value="1200.50",
        deal_currency="EUR",
    )
    Lead.objects.filter(pk=second.pk).update(
        place="OFFERED", holding_queue_id=queue.pk, parked_reason=""
    )
    page = marketing_client.get(f"/imports/{batch.public_id}/?show=leads")
    words = text(page)
    sentences = {fate.sentence: fate.lead_count for fate in page.context["fates"]}
    assert sentences == {
        "Parked: no rules are published": 4,
        "Won": 1,
        "In the queue “Overflow”": 1,
    }
    assert "1,200.50 EUR" in words
    assert f"/leads/{third.public_id}/" in words
    assert "seen before" in words
    assert batch.duplicate_rows == 1


def test_what_waits_is_said_and_asked_for_again(imported: Upload, marketing_client: Client) -> None:
    batch = imported()
    path = f"/imports/{batch.public_id}/leads/"
    ask = {"HX-Request": "true"}
    assert "every 2s" in text(marketing_client.get(path, headers=ask))
    drain(clock=timezone.now)
    assert "every 2s" not in text(marketing_client.get(path, headers=ask))


def test_bad_rows_come_with_reasons_and_safe_cells_and_go_in_again_when_corrected(
    imported: Upload, marketing_client: Client
) -> None:
    batch = imported(
        b"Name,E-mail,Note\n=1+2,nothing,@SUM(1)\nAnn Lee,ann@lee.example,x\n", "a/b.csv"
    )
    page = marketing_client.get(f"/imports/{batch.public_id}/")
    assert "“nothing”" in text(page)
    response = marketing_client.get(f"/imports/{batch.public_id}/to-fix.csv")
    assert response["Content-Disposition"] == 'attachment; filename="b-to-fix.csv"'
    words = text(response)
    [header, row] = csv.reader(io.StringIO(words.removeprefix("\ufeff")))
    assert header == ["Name", "E-mail", "Note", "Row", "What is wrong"]
    assert row[:4] == ["'=1+2", "nothing", "'@SUM(1)", "2"]
    assert "“nothing”" in row[4]
    corrected = imported(words.replace("nothing", "eve@lee.example").encode(), "b-to-fix.csv")
    assert (corrected.accepted_rows, corrected.bad_rows) == (1, 0)
    fields = corrected.rows.get().intake_item.payload["fields"]
    assert fields == {"full_name": "=1+2", "email": "eve@lee.example", "message": "@SUM(1)"}


def test_the_same_file_again_creates_nothing_and_is_announced(
    imported: Upload, uploaded: Upload, marketing_client: Client
) -> None:
    imported()
    assert IntakeItem.objects.count() == 1
    batch = uploaded()
    assert "This very file was imported" in text(
        marketing_client.get(f"/imports/{batch.public_id}/columns/")
    )
    again = imported()
    assert (again.accepted_rows, again.duplicate_rows, again.bad_rows) == (0, 1, 1)
    assert IntakeItem.objects.count() == 1


def test_an_import_can_be_stopped_and_says_so(uploaded: Upload, marketing_client: Client) -> None:
    batch = uploaded()
    page = marketing_client.post(f"/imports/{batch.public_id}/cancel/", follow=True)
    assert "Cancelled by Robin" in text(page)
    again = marketing_client.post(f"/imports/{batch.public_id}/cancel/", follow=True)
    assert "has ended already" in text(again)


@pytest.mark.parametrize(
    "content",
    [
        b"Name,E-mail,E-mail\nAnn,ann@lee.example,b@lee.example\n",  # duplicate headers
        b"Name;E-mail\nTom & Jerry;tom@a.example; jerry@a.example\n",  # two people in a row
        b"Name,Phone\nAnn,call me\n",  # wrong type, nobody can be reached
        b"Name,E-mail\nJ\x00ohn,\x01a@b.example\n",
        b'Name,E-mail\n"Ann,ann@lee.example\nBob,bob@lee.example\n',  # quote never closed
        b"E-mail\n" + b"x" * 40_000 + b"@b.example\n",
        b"Name,E-mail,occurred at\nAnn,ann@lee.example,yesterday-ish\n",
    ],
)
def test_ugly_files_become_rows_or_row_errors_and_never_an_error_page(
    imported: Upload, marketing_client: Client, content: bytes
) -> None:
    batch = imported(content)
    assert batch.state == BatchState.DONE
    assert batch.read_rows == batch.total_rows > 0
    for page in ("", "?show=leads", "to-fix.csv"):
        assert marketing_client.get(f"/imports/{batch.public_id}/{page}").status_code == 200
    assert drain(clock=timezone.now).failed == 0


# --- The list ----------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_source_state_and_days(
    imported: Upload, marketing_client: Client, source: Source
) -> None:
    imported()
    old = ImportBatchFactory(file_name="old.csv", created_at=timezone.now() - timedelta(days=30))
    today = timezone.now().date()

    def names(query: str) -> list[str]:
        page = marketing_client.get(f"/imports/?{query}")
        return [batch.file_name for batch in page.context["page"].rows]

    assert names("") == ["old.csv", "fair.csv"]
    assert names(f"source={source.pk}") == ["fair.csv"]
    assert names("state=UPLOADED") == ["old.csv"]
    assert names(f"uploaded_from={today - timedelta(days=1)}") == ["fair.csv"]
    assert names(f"uploaded_until={today - timedelta(days=1)}") == ["old.csv"]
    assert old.public_id


def test_the_list_is_cut_into_pages_that_meet(marketing_client: Client) -> None:
    ImportBatchFactory.create_batch(60)
    seen, query = [], "state=UPLOADED"
    while query:
        page = marketing_client.get(f"/imports/?{query}").context["page"]
        seen += [batch.pk for batch in page.rows]
        query = page.next_query
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen) == 60
    back = marketing_client.get(f"/imports/?{page.previous_query}").context["page"]
    assert [batch.pk for batch in back.rows] == seen[25:50]


@pytest.mark.parametrize("query", ["after=x", "after=", "before=99999999999999999999", "after=%00",
                                   "uploaded_until=9999-12-31", "source=x", "state=NO", "after=²"])  # fmt: skip
def test_made_up_queries_are_no_error(marketing_client: Client, query: str) -> None:
    ImportBatchFactory()
    assert marketing_client.get(f"/imports/?{query}").status_code == 200


def test_the_pages_cost_the_same_for_many_as_for_few(
    imported: Upload, marketing_client: Client
) -> None:
    def count_queries(good: int, bad: int) -> list[int]:
        lines = b"".join(b"Ann,a%d@firm.example\n" % number for number in range(good))
        batch = imported(b"Name,E-mail\n" + lines + b"Bad,\n" * bad)
        drain(clock=timezone.now)
        page = f"/imports/{batch.public_id}/"
        counted = []
        for path in ("/imports/", page, f"{page}?show=leads", f"{page}to-fix.csv"):
            with CaptureQueriesContext(connection) as queries:
                assert text(marketing_client.get(path))
            counted.append(len(queries))
        return counted

    few = count_queries(good=2, bad=2)
    ImportBatchFactory.create_batch(30)
    assert count_queries(good=120, bad=120) == few
    assert few == [6, 10, 11, 7]


def test_the_preview_says_which_rows_repeat_and_how_many_are_imported(
    uploaded: Upload, marketing_client: Client
) -> None:
    batch = uploaded(b"Name,E-mail\nAnn,a@b.example\nBob,\nAnn,a@b.example\nEve,e@b.example\n")
    url = f"/imports/{batch.public_id}/columns/"
    page = text(marketing_client.get(url))
    assert page.count(">seen before</span>") == 1
    assert "Import 2 of 4 rows" in page
    assert "hx-swap-oob" not in page
    proposed = {"column_0": "full_name", "column_1": "email"}
    piece = text(marketing_client.post(url, proposed, headers={"HX-Request": "true"}))
    assert '<span id="start-label" hx-swap-oob="true">Import 2 of 4 rows</span>' in piece


def test_a_long_file_says_how_many_of_its_first_rows_need_fixing(
    uploaded: Upload, marketing_client: Client
) -> None:
    good = b"".join(b"Ann,a%d@b.example\n" % number for number in range(70))
    batch = uploaded(b"Name,E-mail\nBob,\n" + good)
    page = text(marketing_client.get(f"/imports/{batch.public_id}/columns/"))
    assert "Import 71 rows; at least 1 needs fixing" in page


def test_a_row_with_too_many_cells_comes_back_with_headers_for_them(
    imported: Upload, marketing_client: Client
) -> None:
    batch = imported(b"Name,E-mail\nAnn,a@b.example,here,there\nBob,b@b.example\n")
    lines = text(marketing_client.get(f"/imports/{batch.public_id}/to-fix.csv")).splitlines()
    assert lines[0].endswith("Name,E-mail,Row,What is wrong,Extra 1,Extra 2")
    assert "join or remove the extra cells." in lines[1]
    assert lines[1].endswith(",here,there")


def test_an_import_is_undone_after_saying_what_that_removes(
    imported: Callable[..., ImportBatch], marketing_client: Client
) -> None:
    batch = imported()
    drain(clock=timezone.now)
    address = f"/imports/{batch.public_id}/undo/"
    assert (
        f'href="{address}"' in marketing_client.get(f"/imports/{batch.public_id}/").content.decode()
    )
    page = marketing_client.get(address)
    assert (page.context["removed"], page.context["kept"]) == (1, 0)
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    marketing_client.post(address)
    result = marketing_client.get(f"/imports/{batch.public_id}/").content.decode()
    assert "is being undone: 0 of 1 rows taken back" in result
    undo_waiting_imports(clock=timezone.now)
    progress = marketing_client.get(
        f"/imports/{batch.public_id}/progress/", headers={"HX-Request": "true"}
    )
    assert progress["HX-Redirect"] == f"/imports/{batch.public_id}/"
    result = marketing_client.get(f"/imports/{batch.public_id}/").content.decode()
    assert "1 row taken back. The file may be imported again." in result
    assert f'href="{address}"' not in result


def test_a_rep_may_not_undo_an_import(
    imported: Callable[..., ImportBatch], rep_client: Client
) -> None:
    batch = imported()
    assert rep_client.post(f"/imports/{batch.public_id}/undo/").status_code == 403
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE


# --- One row corrected in the browser ----------------------------------------------------------


def test_a_bad_row_is_corrected_and_becomes_a_lead(
    imported: Upload, marketing_client: Client
) -> None:
    batch = imported()
    address = f"/imports/{batch.public_id}/rows/3/"
    assert f'href="{address}"' in text(marketing_client.get(f"/imports/{batch.public_id}/"))
    page = text(marketing_client.get(address))
    assert 'value="nothing"' in page
    answer = marketing_client.post(
        address, {"column_0": "Bo", "column_1": "bo@lee.example", "column_2": "40"}, follow=True
    )
    assert "Row 3 is corrected and is imported." in text(answer)
    batch.refresh_from_db()
    assert (batch.accepted_rows, batch.bad_rows, batch.read_rows) == (2, 0, 2)
    drain(clock=timezone.now)
    assert Lead.objects.filter(email="bo@lee.example").count() == 1


def test_a_row_that_is_still_wrong_says_where_and_changes_nothing(
    imported: Upload, marketing_client: Client
) -> None:
    batch = imported()
    answer = marketing_client.post(
        f"/imports/{batch.public_id}/rows/3/", {"column_0": "Bo", "column_1": "bo at lee"}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors["column_1"]
    row = ImportRow.objects.get(batch=batch, row_number=3)
    assert (row.state, row.values[1], IntakeItem.objects.count()) == ("BAD", "nothing", 1)


def test_a_corrected_row_that_came_before_makes_nothing_new(
    imported: Upload, marketing_client: Client
) -> None:
    batch = imported(b"Name,E-mail\nAnn Lee,ann@lee.example\nAnn Lee,nothing\n")
    answer = marketing_client.post(
        f"/imports/{batch.public_id}/rows/3/",
        {"column_0": "Ann Lee", "column_1": "ann@lee.example"},
        follow=True,
    )
    assert "was seen before, so nothing new was made of it" in text(answer)
    batch.refresh_from_db()
    assert (batch.accepted_rows, batch.duplicate_rows, batch.bad_rows) == (1, 1, 0)
    again = marketing_client.get(f"/imports/{batch.public_id}/rows/3/", follow=True)
    assert "Row 3 needs no fixing (any more)." in text(again)


def test_rows_of_an_undone_import_stay_as_they_are(
    imported: Upload, marketing_client: Client
) -> None:
    batch = imported()
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.UNDONE)
    answer = marketing_client.post(
        f"/imports/{batch.public_id}/rows/3/", {"column_1": "bo@lee.example"}, follow=True
    )
    assert "“Undone”: its rows cannot be changed now." in text(answer)
    assert "rows/3/" not in text(marketing_client.get(f"/imports/{batch.public_id}/"))
    assert IntakeItem.objects.count() == 1
