"""The list of uploaded files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from leadrouter.common.keyset import cut_page
from leads.imports.access import import_page
from leads.imports.filters import ImportFilter
from leads.models import ImportBatch

PAGE_SIZE = 25


@require_safe
@import_page
def import_list(request: HttpRequest) -> HttpResponse:
    """Uploads, newest first, 25 a page. Queries: the same few on every page of any length."""
    rows = ImportBatch.objects.select_related("endpoint__source", "created_by").defer(
        "headers", "mapping", "warnings"
    )
    import_filter = ImportFilter(request.GET, queryset=rows)
    page = cut_page(
        import_filter.qs, key="id", params=request.GET, size=PAGE_SIZE, is_descending=True
    )
    return render(request, "leads/imports/list.html", {"filter": import_filter, "page": page})
