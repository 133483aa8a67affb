"""What every admin class shares: the look, bounded lists, and pages that only show."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from leadrouter.common.admin_steps import StepsMixin
from leadrouter.common.errors import DomainError

COUNT_LIMIT = 1000


class BoundedPaginator(Paginator):
    """Counts at most COUNT_LIMIT rows: counting millions would cost more than the page itself."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            # Ordering by nothing lets the database stop at the limit without sorting.
            return len(rows.order_by().values_list("pk", flat=True)[:COUNT_LIMIT])
        return len(rows)

    @property
    def is_cut(self) -> bool:
        return self.count >= COUNT_LIMIT


class BaseAdmin(StepsMixin, ModelAdmin):
    """Configuration a manager edits."""

    list_per_page = 25
    show_full_result_count = False
    warn_unsaved_form = True
    compressed_fields = True
    list_filter_submit = False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Shows a service's refusal as a message; what was typed is lost, so forms check first."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Writes only what was changed: workers write other columns of the same row meanwhile."""
        if change:
            save_changed(obj, form.changed_data)
        else:
            obj.save()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for row in formset.deleted_objects:
            row.delete()
        for row, changed in formset.changed_objects:
            save_changed(row, changed)
        for row in formset.new_objects:
            row.save()
        formset.save_m2m()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Labels as people say them: “Active” instead of “Is active”."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.label = plain_label(str(field.label or ""))
        return field

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion: what is deleted is looked at first."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class LedgerAdmin(BaseAdmin):
    """A big table that nobody edits by hand, whatever their permissions say."""

    paginator = BoundedPaginator
    show_facets = ModelAdmin.show_facets.NEVER
    ordering: ClassVar[Any] = ["-id"]
    sortable_by: ClassVar[Any] = ()
    actions = None
    warn_unsaved_form = False

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RowsInline(TabularInline):
    """Rows edited under their owner."""

    extra = 0
    hide_title = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Labels as people say them, also spoken: a table's inputs have no label of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.label = plain_label(str(field.label or ""))
            field.widget.attrs.setdefault("aria-label", str(field.label))
        return field


class LedgerInline(TabularInline):
    """Rows of history under their owner."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def save_changed(row: Model, changed: Iterable[str], *extra: str) -> None:
    """Saves the named columns (names of other form fields are passed over) and `updated_at`."""
    columns = {field.name for field in row._meta.concrete_fields}
    wanted = {*changed, *extra, "updated_at"} & columns
    row.save(update_fields=sorted(wanted))


def plain_label(label: str) -> str:
    """“Is active” → “Active”, “Sla policy” → “Promise (SLA)”."""
    if label.startswith("Is "):
        return label[3:].capitalize()
    return {"Sla policy": "Promise (SLA)"}.get(label, label)


def show_pairs(pairs: Mapping[str, Any]) -> SafeString:
    """Names and values side by side; nested values as JSON, empty ones left out."""
    said = [(name, _show_value(value)) for name, value in pairs.items() if value is not None]
    shown = [(name, text) for name, text in said if text]
    if not shown:
        return format_html("{}", "–")
    rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", shown)
    return format_html('<dl class="lr-facts">{}</dl>', rows)


def _show_value(value: Any) -> str:
    if isinstance(value, Mapping):
        parts = [(name, _show_value(part)) for name, part in value.items()]
        return ", ".join(f"{name}: {text}" for name, text in parts if text)
    if isinstance(value, list):
        return ", ".join(_show_value(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def show_moment(instant: datetime | None) -> str:
    """“22 Nov, 08:05”, with the year when it is another one; a dash for none. In the active zone."""
    if instant is None:
        return "–"
    local = timezone.localtime(instant)
    is_this_year = local.year == timezone.localtime().year
    return date_format(local, "j M, H:i" if is_this_year else "j M Y, H:i")
