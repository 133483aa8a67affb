"""How the list of leads is narrowed down."""

from datetime import date, datetime, time, timedelta

import django_filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Layout, Row, Submit
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from leads.models import Lead, Place, Source, Stage
from leads.selectors.searching import search_leads
from reps.models import Rep

DAY_INPUT = forms.DateInput(attrs={"type": "date"})


class LeadFilter(django_filters.FilterSet):
    """Every field is answered by an index; days are read in the viewer's zone."""

    q = django_filters.CharFilter(
        method="by_person",
        label="E-mail, last name, company or whole phone number",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "starts with…"}),
    )
    place = django_filters.ChoiceFilter(
        choices=Place.choices, label="Where it is", empty_label="Anywhere"
    )
    stage = django_filters.ChoiceFilter(choices=Stage.choices, empty_label="Any stage")
    owner = django_filters.ModelChoiceFilter(
        queryset=Rep.objects.order_by("name"), label="Rep", empty_label="Anybody"
    )
    source = django_filters.ModelChoiceFilter(
        queryset=Source.objects.order_by("name"), empty_label="Any source"
    )
    received_from = django_filters.DateFilter(
        widget=DAY_INPUT, method="from_day", label="Received from"
    )
    received_until = django_filters.DateFilter(
        widget=DAY_INPUT, method="until_day", label="Received until"
    )

    class Meta:
        model = Lead
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

    def by_person(self, rows: "QuerySet[Lead]", _name: str, text: str) -> "QuerySet[Lead]":
        return search_leads(rows, text)

    def from_day(self, rows: "QuerySet[Lead]", _name: str, day: date) -> "QuerySet[Lead]":
        return rows.filter(received_at__gte=_midnight(day))

    def until_day(self, rows: "QuerySet[Lead]", _name: str, day: date) -> "QuerySet[Lead]":
        return rows.filter(received_at__lt=_midnight(day, days_later=1))


def _midnight(day: date, days_later: int = 0) -> datetime:
    local = datetime.combine(day + timedelta(days=days_later), time.min)
    return timezone.make_aware(local)


def _make_helper() -> FormHelper:
    helper = FormHelper()
    helper.form_method = "get"
    helper.form_tag = True
    helper.disable_csrf = True
    helper.form_class = "filters"
    helper.layout = Layout(
        Row(
            Column("q", css_class="col-12 col-md-6 col-xl-4"),
            Column("place", css_class="col-6 col-md-3 col-xl-2"),
            Column("stage", css_class="col-6 col-md-3 col-xl-2"),
            Column("owner", css_class="col-6 col-md-3 col-xl-2"),
            Column("source", css_class="col-6 col-md-3 col-xl-2"),
            Column("received_from", css_class="col-6 col-md-3 col-xl-2"),
            Column("received_until", css_class="col-6 col-md-3 col-xl-2"),
            Column(
                Div(
                    Submit("", "Filter", css_id="submit-filter"),
                    HTML('<a class="btn btn-link" href="{{ request.path }}">Clear</a>'),
                    css_class="form-buttons",
                ),
                css_class="col-12 col-xl-4 filters-buttons",
            ),
            css_class="g-3",
        )
    )
    return helper
