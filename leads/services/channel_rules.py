"""Changes the order of the channel rules."""

from django.db import transaction

from leads.models import ChannelRule

STEP = 10


@transaction.atomic
def move_rule(*, rule: ChannelRule, by: int) -> None:
    """Moves a rule by so many lines (below zero: up) and numbers all lines anew, in tens."""
    rows = list(ChannelRule.objects.order_by("position", "id"))
    index = next(n for n, row in enumerate(rows) if row.pk == rule.pk)
    row = rows.pop(index)
    rows.insert(max(0, min(len(rows), index + by)), row)
    for number, one in enumerate(rows, start=1):
        one.position = number * STEP
    ChannelRule.objects.bulk_update(rows, ["position"])
