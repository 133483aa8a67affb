"""Territories out to a file and back in: upload, look at the difference, apply it."""

from datetime import date
from functools import partial, update_wrapper
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminImageFieldWidget

from leadrouter.common.errors import DomainError
from leadrouter.common.roles import MANAGER, has_role
from leads.files.exporting import write_csv
from leads.imports.receiving import QuotaUploadHandler
from routing.models import TerritoryUpload
from routing.territory_files.current import State, read_current
from routing.territory_files.difference import Change, Difference
from routing.territory_files.effect import find_effect
from routing.territory_files.exporting import FORMATS, list_owner_rows, list_rows
from routing.territory_files.importing import (
    ChangedMeanwhile,
    FileOfTerritories,
    apply_upload,
    find_difference,
    store_upload,
)

PAGE_SIZE = 50
KINDS = {"new": "New", "changed": "Changed", "off": "Switched off"}
PREVIEW = "admin:routing_territory_import_preview"


class UploadForm(forms.Form):
    """The file alone; everything else is decided on the page of its difference."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
        help_text="CSV, TSV or Excel, up to 20 MB.",
        widget=UnfoldAdminImageFieldWidget(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls"}),
    )


def list_urls(model_admin: Any) -> list[URLPattern]:
    """The pages of files, before the admin's own."""

    def wrap(view: Any) -> Any:
        bound = update_wrapper(partial(view, model_admin=model_admin), view)
        return model_admin.admin_site.admin_view(bound)

    name = "routing_territory"
    one = "import/<int:upload_id>/"
    return [
        path("import/", wrap(upload_view), name=f"{name}_import"),
        path(one, wrap(preview_view), name=f"{name}_import_preview"),
        path(f"{one}problems.csv", wrap(problems_view), name=f"{name}_import_problems"),
        path("export/<slug:what>.<slug:kind>", wrap(export_view), name=f"{name}_export"),
    ]


# The quota must be in place before anything reads the body, and the check of CSRF reads it; so the
# check runs one function further in, not never.
@csrf_exempt
def upload_view(request: HttpRequest, model_admin: Any) -> HttpResponseBase:
    """Asks for a file and goes on to its difference."""
    request.upload_handlers.insert(0, QuotaUploadHandler(request))
    return _upload(request, model_admin)


@csrf_protect
def _upload(request: HttpRequest, model_admin: Any) -> HttpResponse:
    _allow_managers(request)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if "UPLOAD_TOO_LARGE" in request.META:
        form.errors.clear()
        form.add_error("file", "The file is larger than 20 MB; split it and upload the parts.")
    elif request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = store_upload(
                content=file.read(), file_name=file.name, user=request.user, now=timezone.now()
            )
            return HttpResponseRedirect(reverse(PREVIEW, args=[upload.pk]))
        except DomainError as refusal:
            form.add_error("file", refusal.message)
    context = {"title": "Territories from a file", "form": form}
    status = 422 if form.errors else 200
    return _render(request, model_admin, "upload", context, status)


def preview_view(request: HttpRequest, upload_id: int, model_admin: Any) -> HttpResponse:
    """Shows what would change; a POST applies exactly that, or shows what changed in between."""
    _allow_managers(request)
    upload = get_object_or_404(TerritoryUpload, pk=upload_id)
    today = timezone.localdate()
    is_switching_off = request.POST.get("missing", request.GET.get("missing")) == "off"
    if upload.applied_at is not None:
        messages.info(request, f"{upload} has been applied. Upload it again to compare it.")
        return HttpResponseRedirect(_list_url())
    refusal = None
    if request.method == "POST":
        try:
            done = apply_upload(
                upload=upload, is_switching_off=is_switching_off,
                seen=request.POST.get("seen", ""), user=request.user, today=today,
                now=timezone.now(),
            )  # fmt: skip
        except DomainError as refused:
            refusal = refused
        else:
            messages.success(request, f"{upload} is applied: {say_counts(done)}.")
            return HttpResponseRedirect(_list_url())
    context = _describe(request, upload, is_switching_off, today)
    context["refusal"] = refusal.message if refusal else ""
    status = 409 if isinstance(refusal, ChangedMeanwhile) else 422 if refusal else 200
    return _render(request, model_admin, "preview", context, status)


def _describe(
    request: HttpRequest, upload: TerritoryUpload, is_switching_off: bool, today: date
) -> dict[str, Any]:
    file = FileOfTerritories(bytes(upload.content), upload.file_name, is_switching_off)
    difference, current = find_difference(file, today=today)
    show = request.GET.get("show", "")
    rows = [one for one in difference.changes if show in ("", one.kind)]
    page = _page(request, rows)
    has_effect = bool(difference.changes) and page.number == 1 and not difference.problems
    return {
        "title": "What the file would change",
        "subtitle": upload.file_name,
        "upload": upload,
        "difference": difference,
        "counts": [
            ("New", difference.counts["new"], "new"),
            ("Changed", difference.counts["changed"], "changed"),
            ("Unchanged", difference.unchanged, ""),
            ("Not in the file", len(difference.missing), ""),
            ("Wrong values", len(difference.problems), ""),
        ],
        "problems": difference.problems[:PAGE_SIZE],
        "more_problems": max(0, len(difference.problems) - PAGE_SIZE),
        "missing": difference.missing[:10],
        "more_missing": max(0, len(difference.missing) - 10),
        "is_switching_off": is_switching_off,
        "page": page,
        "tabs": [(kind, word, difference.counts[kind]) for kind, word in KINDS.items()],
        "show": show,
        "effect": find_effect(current.states, difference.states, today) if has_effect else None,
    }  # fmt: skip


def _page(request: HttpRequest, rows: list[Change]) -> "Page[Change]":
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def say_counts(difference: Difference) -> str:
    """“2 new, 30 changed”, or “nothing differed”."""
    counts = ((difference.counts[kind], word.lower()) for kind, word in KINDS.items())
    parts = [f"{count:,} {word}" for count, word in counts if count]
    return ", ".join(parts) or "nothing differed"


@require_safe
def problems_view(request: HttpRequest, upload_id: int, model_admin: Any) -> HttpResponse:
    """Every wrong value as a CSV file: row, territory, column, reason."""
    _allow_managers(request)
    upload = get_object_or_404(TerritoryUpload, pk=upload_id, applied_at=None)
    file = FileOfTerritories(bytes(upload.content), upload.file_name)
    difference, _ = find_difference(file, today=timezone.localdate())
    rows = [["Row", "Territory", "Column", "What is wrong"]]
    rows += [[str(one.row), one.slug, one.field, one.reason] for one in difference.problems]
    return _download("".join(write_csv(rows)).encode(), FORMATS["csv"][0], "to-fix.csv")


@require_safe
def export_view(request: HttpRequest, what: str, kind: str, model_admin: Any) -> HttpResponse:
    """All territories, or those of the list as it is filtered; `what` is territories or owners."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if kind not in FORMATS or what not in {"territories", "owners"}:
        raise Http404
    states: dict[str, State] = read_current().states
    if request.GET:
        slugs = model_admin.get_changelist_instance(request).get_queryset(request).order_by()
        wanted = set(slugs.values_list("slug", flat=True))
        states = {slug: state for slug, state in states.items() if slug in wanted}
    content_type, write = FORMATS[kind]
    rows = list_owner_rows(states) if what == "owners" else list_rows(states)
    return _download(write(rows), content_type, f"{what}-{timezone.localdate()}.{kind}")


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _allow_managers(request: HttpRequest) -> None:
    if not has_role(request.user, MANAGER):
        raise PermissionDenied


def _list_url() -> str:
    return reverse("admin:routing_territory_changelist")


def _render(
    request: HttpRequest, model_admin: Any, name: str, context: dict[str, Any], status: int
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "media": model_admin.media,
        **context,
    }
    request.current_app = model_admin.admin_site.name  # type: ignore[attr-defined]
    template = f"admin/routing/territory/{name}.html"
    return TemplateResponse(request, template, context, status=status)
