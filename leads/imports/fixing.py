"""The page on which one bad row is corrected."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leadrouter.common.errors import DomainError, InvalidInput
from leads.imports.access import import_page
from leads.imports.row_form import RowForm
from leads.models import ImportBatch, ImportRow
from leads.services.fixing_rows import fix_row


@require_http_methods(["GET", "HEAD", "POST"])
@import_page
def fix(request: HttpRequest, public_id: uuid.UUID, number: int) -> HttpResponse:
    """The cells of a row with what is wrong; a POST makes it a delivery, or says what still is."""
    batch = get_object_or_404(
        ImportBatch.objects.select_related("endpoint__source"), public_id=public_id
    )
    row = get_object_or_404(ImportRow, batch=batch, row_number=number)
    if row.state != ImportRow.State.BAD:
        messages.info(request, f"Row {number} needs no fixing (any more).")
        return redirect("import-detail", public_id=public_id)
    form = RowForm(request.POST or None, batch=batch, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            fixed = fix_row(batch=batch, row_number=number, values=form.cells, now=timezone.now())
        except InvalidInput as refusal:
            form.add_refusal(refusal.fields)
        except DomainError as refusal:
            messages.warning(request, refusal.message)
            return redirect("import-detail", public_id=public_id)
        else:
            is_new = fixed.state == ImportRow.State.ACCEPTED
            fate = "is imported" if is_new else "was seen before, so nothing new was made of it"
            messages.success(request, f"Row {number} is corrected and {fate}.")
            return redirect("import-detail", public_id=public_id)
    context = {"batch": batch, "row": row, "form": form}
    return render(request, "leads/imports/fix_row.html", context)
