"""Accounts out to a file and back in: upload, look at the difference, apply it."""

import secrets
from functools import partial, update_wrapper
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminImageFieldWidget

from leadrouter.common.errors import DomainError
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role
from leads.files.exporting import write_csv
from leads.imports.receiving import QuotaUploadHandler
from leads.services.account_files import import_accounts, list_account_cells, preview_accounts

KEPT_SECONDS = 3600
SHOWN = 200


class UploadForm(forms.Form):
    """The file alone."""

    file = forms.FileField(
        help_text="CSV, TSV or Excel, up to 2,000 rows.",
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
        widget=UnfoldAdminImageFieldWidget(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls"}),
    )


def list_urls(model_admin: Any) -> list[URLPattern]:
    """The pages of files, before the admin's own."""

    def wrap(view: Any) -> Any:
        bound = update_wrapper(partial(view, model_admin=model_admin), view)
        return model_admin.admin_site.admin_view(bound)

    return [
        path("import/", wrap(upload_view), name="leads_account_import"),
        path("import/<str:token>/", wrap(preview_view), name="leads_account_import_preview"),
        path("export.csv", wrap(export_view), name="leads_account_export"),
    ]


def _allow(request: HttpRequest) -> None:
    if not has_role(request.user, ADMINISTRATOR, MANAGER):
        raise PermissionDenied


# The quota must be in place before anything reads the body, and the check of CSRF reads it; so the
# check runs one function further in, not never.
@csrf_exempt
def upload_view(request: HttpRequest, model_admin: Any) -> HttpResponseBase:
    """Asks for a file and goes on to its difference."""
    request.upload_handlers.insert(0, QuotaUploadHandler(request))
    return _upload(request, model_admin)


@csrf_protect
def _upload(request: HttpRequest, model_admin: Any) -> HttpResponse:
    _allow(request)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if "UPLOAD_TOO_LARGE" in request.META:
        form.errors.clear()
        form.add_error("file", "The file is larger than 20 MB; split it and upload the parts.")
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            preview_accounts(content=content, file_name=file.name)
        except DomainError as refusal:
            form.add_error("file", refusal.message)
        else:
            token = secrets.token_urlsafe(16)
            cache.set(_key(request, token), (file.name, content), KEPT_SECONDS)
            return HttpResponseRedirect(reverse("admin:leads_account_import_preview", args=[token]))
    context = {"title": "Accounts from a file", "form": form}
    return _render(request, model_admin, "upload", context, 422 if form.errors else 200)


def _key(request: HttpRequest, token: str) -> str:
    return f"account-file:{request.user.pk}:{token}"


def preview_view(request: HttpRequest, token: str, model_admin: Any) -> HttpResponse:
    """Shows what would change; a POST applies exactly that, or shows what changed in between."""
    _allow(request)
    kept = cache.get(_key(request, token))
    if kept is None:
        messages.warning(request, "This file is no longer kept. Upload it again.")
        return HttpResponseRedirect(reverse("admin:leads_account_import"))
    file_name, content = kept
    refusal = ""
    if request.method == "POST":
        try:
            done = import_accounts(
                content=content, file_name=file_name, seen=request.POST.get("seen", ""),
                now=timezone.now(),
            )  # fmt: skip
        except DomainError as refused:
            refusal = refused.message
        else:
            cache.delete(_key(request, token))
            said = ", ".join(f"{count} {word}" for word, count in done.counts)
            messages.success(request, f"{file_name}: {said}.")
            return HttpResponseRedirect(reverse("admin:leads_account_changelist"))
    difference = preview_accounts(content=content, file_name=file_name)
    rows = [row for row in difference.rows if row.kind != "SAME"]
    context = {
        "title": f"What {file_name} would change",
        "difference": difference,
        "rows": sorted(rows, key=lambda row: row.kind != "WRONG")[:SHOWN],
        "hidden": max(0, len(rows) - SHOWN),
        "refusal": refusal,
    }
    return _render(request, model_admin, "preview", context, 409 if refusal else 200)


@require_safe
def export_view(request: HttpRequest, model_admin: Any) -> HttpResponseBase:
    """All accounts as CSV, in the columns that come back in."""
    _allow(request)
    answer = StreamingHttpResponse(
        write_csv(list_account_cells()), content_type="text/csv; charset=utf-8"
    )
    disposition = content_disposition_header(as_attachment=True, filename="accounts.csv")
    answer["Content-Disposition"] = disposition or "attachment"
    return answer


def _render(
    request: HttpRequest, model_admin: Any, name: str, context: dict[str, Any], status: int
) -> HttpResponse:
    whole = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "media": model_admin.media,
        **context,
    }
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    template = f"admin/leads/account/{name}.html"
    return TemplateResponse(request, template, whole, status=status)
