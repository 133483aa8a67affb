"""The demo organisation, smaller than the real one but made the same way."""

from collections import Counter
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.utils import timezone

from leads.models import ImportBatch, IntakeItem, Interaction, Lead, Place, Source
from reps.models import Rep, Team
from routing.configuration.document import render_document
from routing.demo.arrivals import list_arrivals
from routing.demo.making import NotOnlyDemo, is_empty, make_demo, remove_demo
from routing.demo.organisation import FILE, read_organisation
from routing.demo.people import Crowd
from routing.models import (
    Assignment,
    Decision,
    DestinationKind,
    OutboxMessage,
    RoutingRule,
    RuleChoice,
    SlaTimer,
    Territory,
)
from routing.selectors.invariants import find_violations
from tests.factories import IntakeItemFactory, TeamFactory

# Making it is one transaction, organisation and history, before anybody else uses the database.
pytestmark = [pytest.mark.django_db, pytest.mark.takes_locks_out_of_order]
LEADS = 60
PASSWORD = "a fixed password"


def _make(now: datetime | None = None) -> None:
    make_demo(password=PASSWORD, now=now or timezone.now(), leads=LEADS)


def test_the_demo_is_the_organisation_that_was_promised() -> None:
    _make()
    assert (Team.objects.count(), Rep.objects.count()) == (3, 15)
    assert len({rep.zone for rep in Rep.objects.select_related("team")}) == 5
    assert (Territory.objects.count(), Source.objects.count()) == (30, 6)
    rules = RoutingRule.objects.filter(version__state="PUBLISHED").order_by("position")
    assert rules.count() == 20
    assert rules.last().condition == {"all": []}
    assert set(RuleChoice.objects.values_list("kind", flat=True)) == set(DestinationKind.values)
    assert Lead.objects.count() == LEADS
    for username in ("morgan.manager", "maria-weber", "kim.marketing", "alex.admin"):
        assert authenticate(None, username=username, password=PASSWORD) is not None


def test_no_promise_of_the_product_is_broken_by_the_demo() -> None:
    _make()
    assert find_violations(timezone.now()) == []
    # Nobody waits for the messages of an invented past.
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"DISCARDED"}
    assert not IntakeItem.objects.exclude(state="LINKED").exists()
    assert not Interaction.objects.filter(occurred_at__gt=timezone.now()).exists()
    assert not Decision.objects.filter(decided_at__gt=timezone.now()).exists()


def test_the_dashboards_are_alive() -> None:
    _make()
    places = Counter(Lead.objects.values_list("place", flat=True))
    assert places[Place.OWNED] > 3
    assert places[Place.CLOSED] > LEADS / 4
    assert SlaTimer.objects.filter(met_at=None, cancelled_at=None).exists()
    assert Lead.objects.filter(stage="WON", deal_value__gt=0).exists()
    files = ImportBatch.objects.filter(state="DONE", created_by__username="kim.marketing")
    assert files.count() == ImportBatch.objects.count() > 2


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_the_same_moment_gives_the_same_demo() -> None:
    now = timezone.now()
    _make(now)
    first = _story()
    # Equal turns are told apart by id, so the second demo needs the ids of the first.
    call_command("flush", "--no-input", verbosity=0)
    _make(now)
    assert _story() == first
    remove_demo()
    assert is_empty()


def _story() -> list[tuple[object, ...]]:
    rows = Assignment.objects.order_by("pk")
    return list(
        rows.values_list("lead__email", "rep__slug", "started_at", "ended_at", "end_reason")
    )


def test_a_demo_with_foreign_leads_is_not_deleted() -> None:
    _make()
    IntakeItemFactory()
    TeamFactory(slug="our-own")
    before = (Lead.objects.count(), Rep.objects.count(), get_user_model().objects.count())
    with pytest.raises(NotOnlyDemo, match=r"1 deliveries from elsewhere.*teams: our-own"):
        remove_demo()
    assert (Lead.objects.count(), Rep.objects.count(), get_user_model().objects.count()) == before


def test_the_demo_file_is_in_normal_form() -> None:
    assert render_document(read_organisation()) == FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", range(5))
def test_invented_people_are_different_and_unreal(seed: int) -> None:
    now = timezone.now()
    arrivals = list_arrivals(Crowd(seed), 200, now)
    emails = [arrival.fields["email"] for arrival in arrivals]
    assert len(set(emails)) == 200
    assert all(email.endswith((".example", "@gmail.com")) for email in emails)
    assert all(now - timedelta(days=62) < arrival.at < now for arrival in arrivals)


def test_another_organisation_is_left_alone() -> None:
    TeamFactory()
    with pytest.raises(CommandError, match="organisation of its own"):
        call_command("demo", "--i-know")
    assert not Lead.objects.exists()
    out = StringIO()
    call_command("demo", "--i-know", "--if-empty", stdout=out)
    assert "nothing was changed" in out.getvalue()
    assert Team.objects.count() == 1


def test_a_public_server_gets_no_demo_by_accident(settings: Any) -> None:
    settings.DEBUG, settings.SITE_URL = False, "https://leads.example.com"
    for arguments in ([], ["--reset"], ["--live-leads", "3"]):
        with pytest.raises(CommandError, match="--i-know"):
            call_command("demo", *arguments)
    assert is_empty()
