"""The factories themselves: what they promise is true in the database."""

import pytest
from django.contrib.auth import authenticate
from django.db.models import F

from leadrouter.common.roles import REP, role_names
from leads.models import LeadIdentity, Place
from leads.services.api_keys import hash_api_key
from tests import factories
from tests.factories import (
    PASSWORD,
    ApiKeyFactory,
    AssignmentFactory,
    LeadFactory,
    RepFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    make_catch_all,
)

pytestmark = pytest.mark.django_db

FACTORIES = [name for name in factories.__all__ if name.endswith("Factory")]


@pytest.mark.parametrize("name", FACTORIES)
def test_every_factory_makes_several_valid_rows(name: str) -> None:
    rows = getattr(factories, name).create_batch(3)
    for row in rows:
        row.refresh_from_db()
        row.clean()
    assert len({row.pk for row in rows}) == 3


@pytest.mark.parametrize("place", ["owned", "offered", "parked", "nurtured", "closed"])
def test_a_lead_can_be_made_in_every_place(place: str) -> None:
    lead = LeadFactory(**{place: True})
    lead.refresh_from_db()
    assert lead.place == place.upper()
    assert LeadIdentity.objects.filter(lead=lead, value=lead.email).exists()


def test_an_open_assignment_agrees_with_the_owner_of_its_lead() -> None:
    lead = LeadFactory(offered=True)
    row = AssignmentFactory(lead=lead)
    lead.refresh_from_db()
    assert (lead.owner, lead.place, lead.holding_queue_id) == (row.rep, Place.OWNED, None)
    assert lead.routing_epoch == row.decision.epoch == 1


def test_an_ended_assignment_leaves_its_lead_where_it_is() -> None:
    row = AssignmentFactory(ended=True)
    row.lead.refresh_from_db()
    assert row.lead.place == Place.WAITING
    assert type(row).objects.filter(pk=row.pk, ended_at__gt=F("started_at")).exists()


def test_a_rep_can_sign_in_and_has_only_the_role_of_a_rep() -> None:
    rep = RepFactory(name="Maria Weber")
    assert authenticate(None, username="maria-weber", password=PASSWORD) == rep.user
    assert role_names(rep.user) == {REP}


def test_the_plain_key_is_kept_beside_the_row_only() -> None:
    key = ApiKeyFactory()
    assert hash_api_key(key.plain) == key.key_hash
    assert key.plain not in str(type(key).objects.filter(pk=key.pk).values().get())


def test_versions_of_a_rule_set_can_be_made_in_every_state() -> None:
    rules = RuleSetFactory()
    for state in ({"retired": True}, {"published": True}, {}):
        make_catch_all(RuleSetVersionFactory(rule_set=rules, **state))
    assert [v.state for v in rules.versions.all()] == ["DRAFT", "PUBLISHED", "RETIRED"]
