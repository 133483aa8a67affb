"""Uploaded files: what became of them. Uploading itself has its own pages."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment
from leads.models import BatchState, ImportBatch


@admin.register(ImportBatch)
class ImportBatchAdmin(LedgerAdmin):
    """Read-only; the import pages carry the work."""

    list_display = (
        "file_name", "source", "show_state", "total_rows", "accepted_rows", "duplicate_rows",
        "bad_rows", "show_created",
    )  # fmt: skip
    list_select_related = ("endpoint__source", "created_by")
    list_filter = ("state",)
    fields = (
        "file_name", "source", "show_state", "open_page", "total_rows", "read_rows",
        "accepted_rows", "duplicate_rows", "bad_rows", "error", "created_by", "show_created",
        "show_finished",
    )  # fmt: skip
    readonly_fields = ("source", "show_state", "open_page", "show_created", "show_finished")

    def has_module_permission(self, request: HttpRequest) -> bool:
        allowed: bool = super().has_module_permission(request)
        return allowed

    @display(description="Source")
    def source(self, batch: ImportBatch) -> str:
        return str(batch.endpoint.source)

    @display(
        description="State",
        label={
            BatchState.DONE.label: "success",
            BatchState.FAILED.label: "danger",
            BatchState.RUNNING.label: "info",
            BatchState.UPLOADED.label: "warning",
        },
    )
    def show_state(self, batch: ImportBatch) -> str:
        return batch.get_state_display()

    @display(description="Uploaded")
    def show_created(self, batch: ImportBatch) -> str:
        return show_moment(batch.created_at)

    @display(description="Finished")
    def show_finished(self, batch: ImportBatch) -> str:
        return show_moment(batch.finished_at)

    @display(description="Rows")
    def open_page(self, batch: ImportBatch) -> SafeString | str:
        try:
            url = reverse("import-detail", args=[batch.public_id])
        except NoReverseMatch:
            return "–"
        return format_html('<a class="text-primary-600" href="{}">See and fix the rows</a>', url)
