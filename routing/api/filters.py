"""By what lists of routing can be cut down."""

from django_filters import rest_framework as filters

from leadrouter.common.filters import DeclaredFilterSet, ExactFilter, FlagFilter, MomentFilter
from routing.models import DecisionKind, Outcome


class PoolFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    name = ExactFilter()
    is_active = FlagFilter()


class TerritoryFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    name = ExactFilter()
    parent = ExactFilter(field_name="parent__slug")
    is_active = FlagFilter()


class RuleSetFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    is_live = FlagFilter()


class DecisionFilterSet(DeclaredFilterSet):
    lead = filters.UUIDFilter(field_name="lead__public_id")
    rep = ExactFilter(field_name="rep__slug")
    pool = ExactFilter(field_name="pool__slug")
    kind = filters.ChoiceFilter(choices=DecisionKind.choices)
    outcome = filters.ChoiceFilter(choices=Outcome.choices)
    decided_from = MomentFilter(field_name="decided_at", lookup_expr="gte")
    decided_before = MomentFilter(field_name="decided_at", lookup_expr="lt")


class AssignmentFilterSet(DeclaredFilterSet):
    lead = filters.UUIDFilter(field_name="lead__public_id")
    rep = ExactFilter(field_name="rep__slug")
    pool = ExactFilter(field_name="pool__slug")
    is_open = FlagFilter(field_name="ended_at", lookup_expr="isnull")
    started_from = MomentFilter(field_name="started_at", lookup_expr="gte")
    started_before = MomentFilter(field_name="started_at", lookup_expr="lt")
