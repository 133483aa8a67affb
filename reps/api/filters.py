"""By what lists of reps and teams can be cut down."""

from leadrouter.common.filters import DeclaredFilterSet, ExactFilter, FlagFilter


class TeamFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    country = ExactFilter()


class RepFilterSet(DeclaredFilterSet):
    slug = ExactFilter()
    team = ExactFilter(field_name="team__slug")
    is_active = FlagFilter()
    is_accepting = FlagFilter()
