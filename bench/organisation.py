"""The demo organisation as benchmarks need it: everybody at work around the clock, without caps.

Hours, calendars, skills, territories and rules stay, so a decision costs what it costs in real
life; caps and holidays go, because thousands of leads would else be parked and nothing measured.
"""

from datetime import time

from leads.models import Endpoint
from reps.models import Holiday, Rep, Team, TimeOff, WorkingHours

FILE = "routing/demo/organisation.yaml"


def load() -> None:
    """Migrates the database and loads the organisation, rules published."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("import_config", FILE, "--publish", stdout=_Silence())
    lift_limits()


class _Silence:
    def write(self, _text: str) -> None:
        """What was imported is no news here."""


def lift_limits() -> None:
    """Nobody is off shift or full, whenever the benchmark runs."""
    Rep.objects.update(max_open_leads=1_000_000, max_leads_per_day=None, max_leads_per_hour=None)
    WorkingHours.objects.all().delete()
    TimeOff.objects.all().delete()
    Holiday.objects.all().delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(team=team, weekday=day, starts_at=time(0), ends_at=time(23, 59, 59))
        for team in Team.objects.all()
        for day in range(7)
    )


def api_endpoint() -> Endpoint:
    """The endpoint that programs post to."""
    return Endpoint.objects.select_related("source").get(
        source__slug="product-signup", channel=Endpoint.Channel.API
    )
