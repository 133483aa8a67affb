"""Replacing the working hours of a team or a rep by a normal week."""

from collections.abc import Collection
from datetime import datetime, time

from django.db import transaction

from leadrouter.common.errors import InvalidInput
from reps.models import Rep, Team, WorkingHours
from reps.signals import availability_changed


@transaction.atomic
def set_working_week(
    *,
    owner: Team | Rep,
    weekdays: Collection[int],
    starts_at: time,
    ends_at: time,
    now: datetime,
) -> list[WorkingHours]:
    """Makes the owner's hours the same on each of the weekdays (0 = Monday).

    Leads that waited for somebody are tried again. Raises: InvalidInput.
    """
    if not weekdays or not set(weekdays) <= set(range(7)):
        raise InvalidInput("Choose at least one day of the week.")
    if starts_at == ends_at:
        raise InvalidInput("The day must end at another time than it starts.")
    field = "team" if isinstance(owner, Team) else "rep"
    WorkingHours.objects.filter(**{field: owner}).delete()
    hours = [
        WorkingHours(**{field: owner}, weekday=day, starts_at=starts_at, ends_at=ends_at)
        for day in sorted(set(weekdays))
    ]
    created = WorkingHours.objects.bulk_create(hours)
    availability_changed.send(sender=WorkingHours, now=now)
    return created
