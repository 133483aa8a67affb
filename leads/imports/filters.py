"""How the list of imports is narrowed down."""

from datetime import date, datetime, time, timedelta

import django_filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Layout, Row, Submit
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from leads.models import BatchState, Endpoint, ImportBatch, Source

DAY_INPUT = forms.DateInput(attrs={"type": "date"})
STATES = [
    (BatchState.UPLOADED.value, "Waiting for its columns"),
    *((state.value, state.label) for state in BatchState if state != BatchState.UPLOADED),
]


class ImportFilter(django_filters.FilterSet):
    """Source, state and the days between which files were uploaded."""

    source = django_filters.ModelChoiceFilter(
        field_name="endpoint__source",
        queryset=Source.objects.filter(endpoints__channel=Endpoint.Channel.IMPORT).order_by("name"),
        empty_label="Any source",
        label="Source",
    )
    state = django_filters.ChoiceFilter(choices=STATES, empty_label="Any state", label="State")
    uploaded_from = django_filters.DateFilter(
        method="from_day", label="Uploaded from", widget=DAY_INPUT
    )
    uploaded_until = django_filters.DateFilter(
        method="until_day", label="Uploaded until", widget=DAY_INPUT
    )

    class Meta:
        model = ImportBatch
        fields: list[str] = []

    @property
    def form(self) -> forms.Form:
        form: forms.Form = super().form
        if not hasattr(form, "helper"):
            form.helper = _make_helper()  # type: ignore[attr-defined]
        return form

    @property
    def is_narrowed(self) -> bool:
        """True when any field is filled in, valid or not."""
        return any(self.data.get(name) for name in self.filters)

    def from_day(
        self, rows: "QuerySet[ImportBatch]", _name: str, day: date
    ) -> "QuerySet[ImportBatch]":
        if day == date.min:
            return rows  # its midnight east of Greenwich lies before the first of all days
        return rows.filter(created_at__gte=_midnight(day))

    def until_day(
        self, rows: "QuerySet[ImportBatch]", _name: str, day: date
    ) -> "QuerySet[ImportBatch]":
        if day == date.max:
            return rows
        return rows.filter(created_at__lt=_midnight(day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _make_helper() -> FormHelper:
    helper = FormHelper()
    helper.form_method = "get"
    helper.disable_csrf = True
    helper.form_class = "filters"
    helper.layout = Layout(
        Row(
            *(
                Column(name, css_class="col-12 col-sm-6 col-lg-3")
                for name in ("source", "state", "uploaded_from", "uploaded_until")
            ),
            Column(
                Div(
                    Submit("", "Filter", css_id="submit-filter"),
                    HTML('<a class="btn btn-link" href="{{ request.path }}">Clear</a>'),
                    css_class="form-buttons",
                ),
                css_class="col-12 filters-buttons",
            ),
            css_class="g-3",
        )
    )
    return helper
