"""What became of a file: its progress, its leads, its bad rows."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leadrouter.common.errors import DomainError
from leadrouter.common.keyset import cut_page
from leads.files.exporting import BadRow, write_bad_rows_csv
from leads.imports.access import import_page, is_htmx
from leads.models import BatchState, ImportBatch, IntakeState, ParkedReason, Place, Stage
from leads.selectors.imports import (
    FateCount,
    count_fates,
    count_item_states,
    count_undoing,
    list_bad_rows,
    list_lead_rows,
    sum_won,
)
from leads.services.import_rows import mapping_from_json
from leads.services.importing import ENDED, ask_to_undo, cancel_import
from routing.models import HoldingQueue

PAGE_SIZE = 50
CHUNK_ROWS = 500
WHO = ("full_name", "first_name", "last_name", "company", "email", "phone")


@dataclass(frozen=True, slots=True)
class Fate:
    """One line of “what became of them”. `tone` is the colour of its tag."""

    sentence: str
    tone: str
    lead_count: int


def _get_batch(public_id: uuid.UUID) -> ImportBatch:
    rows = ImportBatch.objects.select_related("endpoint__source", "created_by")
    return get_object_or_404(rows, public_id=public_id)


@require_safe
@import_page
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The one address of an import: its mapping, its progress or its result."""
    batch = _get_batch(public_id)
    if batch.state == BatchState.UPLOADED:
        return redirect("import-columns", public_id=public_id)
    if batch.state == BatchState.RUNNING:
        return render(request, "leads/imports/running.html", {"batch": batch})
    shows_leads = request.GET.get("show") == "leads" or not batch.bad_rows
    context = {
        "batch": batch,
        "shows_leads": shows_leads,
        "can_fix": batch.state in ENDED,
        "can_undo": batch.state in ENDED and batch.accepted_rows > 0,
        "imported_count": batch.accepted_rows + batch.duplicate_rows,
        **_fates_context(batch),
    }
    context |= _lead_rows(request, batch) if shows_leads else _bad_rows(request, batch)
    return render(request, "leads/imports/result.html", context)


@require_safe
@import_page
def progress(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The progress bar alone; once the import has ended, a word to load the result instead."""
    batch = _get_batch(public_id)
    if not is_htmx(request):
        return redirect("import-detail", public_id=public_id)
    if batch.state in (BatchState.UNDOING, BatchState.UNDONE):
        response = render(request, "leads/imports/undoing.html", {"batch": batch})
        if batch.state == BatchState.UNDONE:
            response["HX-Redirect"] = resolve_url("import-detail", public_id=public_id)
        return response
    response = render(request, "leads/imports/progress.html", {"batch": batch})
    if batch.state != BatchState.RUNNING:
        response["HX-Redirect"] = resolve_url("import-detail", public_id=public_id)
    return response


@require_safe
@import_page
def fates(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What became of the leads, alone; the page asks again while some are still being routed."""
    batch = _get_batch(public_id)
    if not is_htmx(request):
        return redirect("import-detail", public_id=public_id)
    context = {"batch": batch, **_fates_context(batch)}
    return render(request, "leads/imports/fates.html", context)


def _fates_context(batch: ImportBatch) -> dict[str, Any]:
    states = count_item_states(batch)
    queues = dict(HoldingQueue.objects.values_list("pk", "name"))
    counts = count_fates(batch)
    waiting = states.get(IntakeState.RECEIVED, 0)
    found = [_describe(count, queues) for count in counts]
    found += [
        Fate(words, tone, states[state])
        for state, words, tone in (
            (IntakeState.RECEIVED, "Being turned into leads", ""),
            (IntakeState.DEAD, "Could not be processed; an administrator can see why", "danger"),
            (IntakeState.QUARANTINED, "Quarantined as spam", "warn"),
            (IntakeState.DISCARDED, "Discarded", ""),
        )
        if states.get(state)
    ]
    return {
        "fates": found,
        "is_settling": bool(waiting or any(count.place == Place.WAITING for count in counts)),
        "lead_count": sum(count.lead_count for count in counts),
        "won": sum_won(batch),
    }


def _describe(count: FateCount, queues: dict[int, str]) -> Fate:
    number = count.lead_count
    if count.place == Place.OWNED:
        return Fate(f"With {count.owner_name}", "accent", number)
    if count.place == Place.OFFERED:
        name = queues.get(count.holding_queue_id or 0, "")
        return Fate(f"In the queue “{name}”", "warn", number)
    if count.place == Place.PARKED:
        reason = dict(ParkedReason.choices).get(count.parked_reason, count.parked_reason)
        return Fate(f"Parked: {reason.lower()}", "danger", number)
    if count.place == Place.CLOSED:
        tone = "good" if count.stage == Stage.WON else ""
        return Fate(dict(Stage.choices).get(count.stage, count.stage), tone, number)
    return Fate(str(dict(Place.choices).get(count.place, count.place)), "", number)


def _lead_rows(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    page = cut_page(list_lead_rows(batch), key="row_number", params=request.GET, size=PAGE_SIZE)
    queues = dict(HoldingQueue.objects.values_list("pk", "name"))
    for row in page.rows:
        lead = row.intake_item.lead if row.intake_item else None
        if lead is not None:
            lead.queue_name = queues.get(lead.holding_queue_id or 0)  # type: ignore[attr-defined]
    return {"page": page}


def _bad_rows(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    page = cut_page(list_bad_rows(batch), key="row_number", params=request.GET, size=PAGE_SIZE)
    by_field = {field: column for column, field in mapping_from_json(batch.mapping).items()}
    wanted = [by_field[field] for field in WHO if field in by_field]
    for row in page.rows:
        values = [row.values[column] for column in wanted if column < len(row.values)]
        row.who = [value for value in values if value.strip()]  # type: ignore[attr-defined]
    return {"page": page}


@require_safe
@import_page
def bad_rows_csv(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The rows that need fixing as a CSV to correct and upload again; streams."""
    batch = _get_batch(public_id)
    widest = max(
        map(len, list_bad_rows(batch).values_list("values", flat=True).iterator()), default=0
    )
    extra_cells = max(0, widest - len(batch.headers))
    lines = write_bad_rows_csv(_say_bad_rows(batch), batch.headers, extra_cells=extra_cells)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{PurePath(batch.file_name).stem}-to-fix.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _say_bad_rows(batch: ImportBatch) -> Iterator[BadRow]:
    for row in list_bad_rows(batch).iterator(chunk_size=CHUNK_ROWS):
        yield row.row_number, row.values, [problem["message"] for problem in row.problems]


@require_http_methods(["GET", "HEAD", "POST"])
@import_page
def undo(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Says what undoing an import would remove and keep; a POST has it done in the background."""
    batch = _get_batch(public_id)
    if request.method == "POST":
        try:
            ask_to_undo(batch=batch, user=request.user, now=timezone.now())
        except DomainError as refusal:
            messages.warning(request, refusal.message)
        return redirect("import-detail", public_id=public_id)
    if batch.state not in ENDED:
        return redirect("import-detail", public_id=public_id)
    removed, kept = count_undoing(batch)
    context = {"batch": batch, "removed": removed, "kept": kept}
    return render(request, "leads/imports/undo.html", context)


@require_POST
@import_page
def cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ends an import that waits or runs."""
    try:
        batch = cancel_import(batch=_get_batch(public_id), user=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, batch.error)
    return redirect("import-detail", public_id=public_id)
