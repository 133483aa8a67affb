"""By what lists of leads and of what belongs to them can be cut down."""

from django_filters import rest_framework as filters

from leadrouter.common.filters import (
    DeclaredFilterSet,
    ExactFilter,
    FlagFilter,
    IdFilter,
    MomentFilter,
)
from leads.models import Endpoint, IntakeState, Place, Source, Stage


class LeadFilterSet(DeclaredFilterSet):
    """Every filter is an equality or a range on an indexed column or a small table."""

    place = filters.ChoiceFilter(choices=Place.choices)
    stage = filters.ChoiceFilter(choices=Stage.choices)
    source = ExactFilter(field_name="source__slug")
    owner = ExactFilter(field_name="owner__slug")
    account = IdFilter(field_name="account_id")
    country = ExactFilter()
    email = ExactFilter(label="The e-mail address in lower case.", method="filter_email")
    received_from = MomentFilter(field_name="received_at", lookup_expr="gte")
    received_before = MomentFilter(field_name="received_at", lookup_expr="lt")

    def filter_email(self, queryset, name: str, value: str):  # type: ignore[no-untyped-def]
        return queryset.filter(identities__kind="EMAIL", identities__value=value.lower())


class AccountFilterSet(DeclaredFilterSet):
    domain = ExactFilter()
    external_id = ExactFilter()
    segment = ExactFilter()
    parent = IdFilter(field_name="parent_id")
    name = ExactFilter()
    country = ExactFilter()
    owner = ExactFilter(field_name="owner__slug")
    is_named = FlagFilter()


class SourceFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    kind = filters.ChoiceFilter(choices=Source.Kind.choices)
    is_active = FlagFilter()


class IntakeItemFilterSet(DeclaredFilterSet):
    state = filters.ChoiceFilter(choices=IntakeState.choices)
    source = ExactFilter(field_name="endpoint__source__slug")
    channel = filters.ChoiceFilter(field_name="endpoint__channel", choices=Endpoint.Channel.choices)
    received_from = MomentFilter(field_name="received_at", lookup_expr="gte")
    received_before = MomentFilter(field_name="received_at", lookup_expr="lt")
