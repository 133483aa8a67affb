"""Fresh leads for a running portal."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from leads.models import IntakeItem
from routing.demo.live import Fate, render_fates, send_leads, wait_for_fates
from routing.demo.organisation import make_organisation
from routing.services.draining import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation(db: None) -> None:
    make_organisation(password="a fixed password", now=timezone.now())


@pytest.mark.usefixtures("organisation")
def test_each_live_lead_is_shown_with_its_way_and_its_time() -> None:
    ids = send_leads(count=6, clock=timezone.now)
    assert IntakeItem.objects.filter(state="RECEIVED").count() == 6
    drain(clock=timezone.now)
    fates = wait_for_fates(ids, seconds=0)
    assert len(fates) == 6
    for fate in fates:
        assert fate.rule
        assert fate.why
        assert fate.milliseconds is not None
        assert fate.lead in render_fates(fates)


@pytest.mark.usefixtures("organisation")
def test_leads_that_nobody_routes_are_said_to_wait() -> None:
    ids = send_leads(count=2, clock=timezone.now)
    fates = wait_for_fates(ids, seconds=0)
    assert [(fate.why, fate.milliseconds) for fate in fates] == [("waits", None)] * 2


@pytest.mark.usefixtures("organisation")
def test_a_second_run_sends_other_people() -> None:
    send_leads(count=3, clock=timezone.now)
    send_leads(count=3, clock=lambda: timezone.now() + timedelta(seconds=5))
    emails = {item.payload["fields"]["email"] for item in IntakeItem.objects.all()}
    assert len(emails) == 6


def test_live_leads_need_the_demo() -> None:
    with pytest.raises(CommandError, match="no demo here"):
        call_command("demo", "--i-know", "--live-leads", "3", stdout=StringIO())
    assert not IntakeItem.objects.exists()


def test_the_table_has_one_line_for_each_lead() -> None:
    fate = Fate("Ada", "Website", "DACH", "Maria Weber", "It was their turn", 12)
    assert render_fates([fate, fate]).count("Maria Weber") == 2
