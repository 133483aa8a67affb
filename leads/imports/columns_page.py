"""The page on which a person says which column is which field, and sees what would happen."""

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leadrouter.common.errors import DomainError
from leads.domain.cleansing import inspect
from leads.domain.custom_fields import find_field, read_custom
from leads.domain.draft import FIELD_LABELS
from leads.files.columns import Guess, guess_mapping, is_own_column
from leads.files.mapping import apply_mapping, mapping_of, validate_mapping
from leads.files.preview import PreviewRow, preview
from leads.imports.access import import_page, is_htmx
from leads.imports.forms import MappingForm, ReadingForm
from leads.models import BatchState, ImportBatch, ImportFile
from leads.selectors.custom_fields import get_field_definitions
from leads.selectors.imports import find_remembered, find_same_file
from leads.services.import_files import reread_file
from leads.services.import_rows import make_row_key, mapping_from_json
from leads.services.importing import start_import

PREVIEW_ROWS = 20
SHOWN_VALUES = 5
SURE, LIKELY = 0.9, 0.6


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of the file on the page. `certainty` is sure, likely, unsure or remembered."""

    header: str
    values: list[str]
    select: BoundField
    reason: str
    certainty: str


@require_http_methods(["GET", "HEAD", "POST"])
@import_page
def columns(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Shows the mapping; POST reads the file again, renews the preview, or starts the import."""
    batch = get_object_or_404(
        ImportBatch.objects.select_related("endpoint__source"), public_id=public_id
    )
    if batch.state != BatchState.UPLOADED:
        return redirect("import-detail", public_id=public_id)
    if request.method == "POST" and "reread" in request.POST:
        return _reread(request, batch)
    page = _Page(request, batch)
    if is_htmx(request):
        return render(request, "leads/imports/preview.html", page.preview_context())
    if request.method == "POST" and "start" in request.POST and page.start():
        return redirect("import-detail", public_id=public_id)
    status = 422 if page.form.is_bound and page.form.errors else 200
    return render(request, "leads/imports/columns.html", page.context(), status=status)


def _reread(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    file = ImportFile.objects.only("sheet_names").get(batch=batch)
    form = ReadingForm(request.POST, batch=batch, sheet_names=file.sheet_names)
    if form.is_valid():
        try:
            reread_file(batch=batch, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("import-columns", public_id=batch.public_id)
    page = _Page(request, batch, reading=form)
    return render(request, "leads/imports/columns.html", page.context(), status=422)


class _Page:
    """All that the page shows, from the stored look at the file; the file itself stays closed."""

    def __init__(
        self, request: HttpRequest, batch: ImportBatch, reading: ReadingForm | None = None
    ) -> None:
        self.request, self.batch = request, batch
        file = ImportFile.objects.only("sample", "sheet_names").get(batch=batch)
        self.sample = file.sample
        self.guesses = guess_mapping(batch.headers, [cells for _, cells, _ in self.sample])
        self.definitions = get_field_definitions()
        self.own_labels = {one.attribute: one.label for one in self.definitions if one.is_active}
        self.remembered, chosen = self._propose()
        self.form = MappingForm(
            request.POST if request.method == "POST" and reading is None else None,
            batch=batch,
            guesses=self.guesses,
            chosen=chosen,
        )
        self.reading = reading or ReadingForm(batch=batch, sheet_names=file.sheet_names)

    def _propose(self) -> tuple[ImportBatch | None, dict[int, str]]:
        """The import whose mapping for the same columns is taken over, if any, and the mapping."""
        remembered = find_remembered(self.batch)
        if remembered is not None:
            mapping = mapping_from_json(remembered.mapping)
            if not validate_mapping(mapping, self.batch.headers, self.own_labels):
                return remembered, mapping
        return None, {**self._guess_own(), **mapping_of(self.guesses)}

    def _guess_own(self) -> dict[int, str]:
        """Columns that are called like one of the organisation's own fields."""
        found: dict[str, int] = {}
        for guess in self.guesses:
            if guess.field is None and (field := find_field(guess.header, self.definitions)):
                found.setdefault(field.attribute, guess.column_index)
        return {column: name for name, column in found.items()}

    def start(self) -> bool:
        """Starts the import, or puts what is in the way beside the selects."""
        if not self.form.is_valid():
            return False
        try:
            start_import(
                batch=self.batch,
                mapping=self.form.mapping,
                default_country=self.form.cleaned_data["default_country"],
                now=timezone.now(),
            )
        except DomainError as refusal:
            self.form.add_refusal(refusal.fields or {"": refusal.message})
            return False
        return True

    def context(self) -> dict[str, Any]:
        return {
            "reading": self.reading,
            "remembered": self.remembered,
            "same_file": find_same_file(self.batch),
            "lines": [self._line(guess) for guess in self.guesses],
            **self.preview_context(),
        }

    def preview_context(self) -> dict[str, Any]:
        mapping = self.form.mapping
        checked = self._preview(mapping)
        repeats = self._find_repeats(mapping, checked)
        rows = checked[:PREVIEW_ROWS]
        bad = sum(not row.is_accepted for row in checked)
        return {
            "batch": self.batch,
            "form": self.form,
            "preview_rows": rows,
            "preview_columns": [
                (self.batch.headers[column], FIELD_LABELS.get(field) or self.own_labels[field])
                for column, field in sorted(mapping.items())
            ],
            "repeats": repeats,
            "repeat_count": sum(row.number in repeats for row in rows),
            "accepted_count": sum(row.is_accepted and row.number not in repeats for row in rows),
            # All rows are known only when the stored look at the file holds all of them.
            "knows_all": len(checked) == self.batch.total_rows,
            "bad_count": bad,
            "new_count": len(checked) - bad - len(repeats),
            "is_piece": is_htmx(self.request),
            "refused_count": sum(not row.is_accepted for row in rows),
            "mapping_problems": [
                each.message
                for each in validate_mapping(mapping, self.batch.headers, self.own_labels)
            ],
            "extra_count": sum(
                column not in mapping and not is_own_column(header)
                for column, header in enumerate(self.batch.headers)
            ),
        }

    def _preview(self, mapping: dict[int, str]) -> list[PreviewRow]:
        return preview(
            headers=self.batch.headers,
            rows=self.sample,
            mapping=mapping,
            inspect=partial(inspect, default_country=self.form.country),
            read_extra=lambda extra: read_custom(extra, self.definitions),
        )

    def _find_repeats(self, mapping: dict[int, str], checked: list[PreviewRow]) -> set[int]:
        """Numbers of the good rows that say exactly what an earlier one says."""
        repeats, seen = set(), set()
        for row, (number, cells, _) in zip(checked, self.sample, strict=True):
            if not row.is_accepted:
                continue
            key = make_row_key(apply_mapping(mapping, self.batch.headers, cells).fields)
            if key in seen:
                repeats.add(number)
            seen.add(key)
        return repeats

    def _line(self, guess: Guess) -> ColumnLine:
        index = guess.column_index
        cells = (row[1][index].strip() for row in self.sample if index < len(row[1]))
        values = [value for value in dict.fromkeys(cells) if value]
        certainty, reason = _judge(guess)
        if self.remembered is not None:
            certainty, reason = "remembered", "as you confirmed it for these columns before"
        return ColumnLine(
            guess.header, values[:SHOWN_VALUES], self.form[f"column_{index}"], reason, certainty
        )


def _judge(guess: Guess) -> tuple[str, str]:
    if guess.field is None:
        return "none", guess.reason
    for least, word in ((SURE, "sure"), (LIKELY, "likely")):
        if guess.confidence >= least:
            return word, guess.reason
    return "unsure", guess.reason
