"""How much a rep takes of one source, edited on the rep's page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from leadrouter.common.admin import RowsInline
from leadrouter.common.admin_fields import SentencesFirst
from routing.models import SourceCap


class SourceCapForm(SentencesFirst, forms.ModelForm):
    """Says what is missing in a row, where the database would only refuse it."""

    class Meta:
        model = SourceCap
        fields = ("source", "source_kind", "max_open_leads", "max_leads_per_day")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if bool(data.get("source")) == bool(data.get("source_kind")):
            raise ValidationError("Choose a source or a kind of source, not both.")
        if data.get("max_open_leads") is None and data.get("max_leads_per_day") is None:
            raise ValidationError("Say how many open leads, or how many a day.")
        return data


class SourceCapInline(RowsInline):
    """Who is at such a limit is passed over for leads from there, and gets others as ever."""

    model = SourceCap
    form = SourceCapForm
    fields = ("source", "source_kind", "max_open_leads", "max_leads_per_day")
    autocomplete_fields = ("source",)
    verbose_name = "limit by source"
    verbose_name_plural = "Limits by source"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceCap]:
        return super().get_queryset(request).select_related("source")
