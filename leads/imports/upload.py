"""Uploading a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from leadrouter.common.errors import DomainError
from leads.imports.access import import_page
from leads.imports.forms import UploadForm
from leads.imports.receiving import QuotaUploadHandler
from leads.models import ImportBatch
from leads.services.import_files import upload_for_source


# The quota must be in place before anything reads the body, and the CSRF check does read it; so
# the check runs one function further in, not never.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponseBase:
    """Asks for a file and a source; goes on to the mapping of its columns."""
    request.upload_handlers.insert(0, QuotaUploadHandler(request))
    return _upload(request)


@csrf_protect
@import_page
def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        initial=_initial(request),
        is_too_large="UPLOAD_TOO_LARGE" in request.META,
    )
    if request.method == "POST" and form.is_valid():
        try:
            batch = _store(form.cleaned_data, request)
            return redirect("import-columns", public_id=batch.public_id)
        except DomainError as refusal:
            for name, sentence in (refusal.fields or {"file": refusal.message}).items():
                form.add_error(name if name in form.fields else None, sentence)
    status = 422 if form.is_bound else 200
    return render(request, "leads/imports/upload.html", {"form": form}, status=status)


def _initial(request: HttpRequest) -> dict[str, str]:
    """`?source=` (an id) and `?country=` come from the page of an earlier import."""
    source = request.GET.get("source", "")
    known = source.isascii() and source.isdecimal() and len(source) < 19
    return {
        "source": source if known else "",
        "default_country": request.GET.get("country", ""),
    }


def _store(cleaned: dict[str, Any], request: HttpRequest) -> ImportBatch:
    file = cleaned["file"]
    return upload_for_source(
        source=cleaned["source"],
        event_name=cleaned["event_name"],
        default_country=cleaned["default_country"],
        content=file.read(),
        file_name=file.name,
        user=request.user,
        now=timezone.now(),
    )
