"""In whose clock times are shown to people who have no zone of their own."""

from zoneinfo import ZoneInfo

from routing.models import RuleSet


def get_live_zone() -> ZoneInfo:
    """Returns the zone the live rule set is kept in, UTC while there is none. Queries: 1."""
    name = RuleSet.objects.filter(is_live=True).values_list("timezone", flat=True).first()
    return ZoneInfo(name or "UTC")
