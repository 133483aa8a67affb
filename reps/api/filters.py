"""By what lists of reps and teams can be cut down."""

from django_filters import rest_framework as filters

from leadrouter.common.filters import DeclaredFilterSet, ExactFilter


class TeamFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    country = ExactFilter()


class RepFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    team = ExactFilter(field_name="team__slug")
    is_active = filters.BooleanFilter()
    is_accepting = filters.BooleanFilter()
