"""Adding a lead by hand: who may, what is refused, and that the rules decide about it as ever."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Endpoint, IntakeItem, IntakeState, Interaction, Lead, Source
from reps.models import Rep
from routing.services.draining import drain
from tests.factories import (
    EndpointFactory,
    PoolFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    SourceFactory,
    make_catch_all,
    make_manager,
    make_rep,
)
from tests.factories.users import make_marketing

pytestmark = pytest.mark.django_db

PAGE = "/leads/add/"


@pytest.fixture
def source() -> Source:
    made: Source = SourceFactory(name="Phone calls", default_country="DE")
    return made


def _typed(**more: Any) -> dict[str, Any]:
    return {"nonce": str(uuid.uuid4()), "first_name": "Ada", "email": "ada@example.com", **more}


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_rep_adds_a_lead_which_goes_by_the_rules_and_tells_who_entered_it(
    rep: Rep, rep_client: Client, source: Source
) -> None:
    other = make_rep()
    version = RuleSetVersionFactory(rule_set=RuleSetFactory(is_live=True), published=True)
    make_catch_all(version, pool=PoolFactory(reps=[other]))
    typed = _typed(source=source.pk, phone="030 901820", message="Wants a call\nat noon")
    answer = rep_client.post(PAGE, typed)
    assert answer.status_code == 302
    item = IntakeItem.objects.get()
    assert (item.endpoint.channel, item.endpoint.source) == (Endpoint.Channel.MANUAL, source)
    drain(clock=timezone.now)
    lead = Lead.objects.get()
    assert (lead.email, lead.phone_e164, lead.source) == ("ada@example.com", "+4930901820", source)
    assert lead.owner == other
    told = Interaction.objects.get(lead=lead, kind=Interaction.Kind.MANUAL)
    name = rep.user.get_full_name() or rep.user.get_username()
    assert told.summary == f"Entered by {name}: Phone calls"
    assert told.body == "Wants a call\nat noon"
    assert lead.consent is None


def test_the_page_after_it_says_what_became_of_it_and_leads_on_to_the_lead(
    rep_client: Client, source: Source
) -> None:
    manager = _client(make_manager())
    seen = manager.post(PAGE, _typed(source=source.pk), follow=True)
    assert b"on its way" in seen.content
    after = seen.redirect_chain[-1][0]
    drain(clock=timezone.now)
    assert manager.get(after).headers["Location"] == f"/leads/{Lead.objects.get().public_id}/"
    assert rep_client.get(after).status_code == 404


def test_sent_twice_it_is_one_lead(rep_client: Client, source: Source) -> None:
    typed = _typed(source=source.pk)
    assert [rep_client.post(PAGE, typed).status_code for _ in range(2)] == [302, 302]
    assert IntakeItem.objects.count() == 1
    changed = rep_client.post(PAGE, typed | {"email": "bob@example.com"})
    assert changed.status_code == 422
    assert b"was already added" in changed.content
    assert IntakeItem.objects.count() == 1


def test_a_partners_code_selects_the_source_and_not_the_owner(rep_client: Client) -> None:
    partner = SourceFactory(slug="acme", name="Acme", kind=Source.Kind.PARTNER)
    assert rep_client.post(PAGE, _typed(partner_code=" ACME ")).status_code == 302
    item = IntakeItem.objects.get()
    assert (item.endpoint.channel, item.endpoint.source) == (Endpoint.Channel.REFERRAL, partner)
    drain(clock=timezone.now)
    assert Lead.objects.get().owner is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose where this person comes from."),
        ({"partner_code": "nobody"}, "No partner has this code."),
        ({"partner_code": "web"}, "No partner has this code."),
        ({"source": "first", "partner_code": "acme"}, "not both"),
        ({"source": "first", "email": "", "phone": ""}, "e-mail"),
        ({"source": "first", "email": "ada@@example"}, "e-mail"),
        ({"source": 99999999}, "Select a valid choice"),
        ({"source": "first", "nonce": "x"}, "nonce"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence_and_nothing_is_kept(
    typed: dict[str, Any], sentence: str, rep_client: Client, source: Source
) -> None:
    SourceFactory(slug="acme", kind=Source.Kind.PARTNER)
    SourceFactory(slug="web", kind=Source.Kind.WEBSITE)
    if typed.get("source") == "first":
        typed = {**typed, "source": source.pk}
    answer = rep_client.post(PAGE, _typed(**typed))
    assert answer.status_code == 422
    assert sentence.lower() in answer.content.decode().lower()
    assert not IntakeItem.objects.exists()


def test_a_source_whose_manual_entry_is_switched_off_refuses(
    rep_client: Client, source: Source
) -> None:
    EndpointFactory(source=source, channel=Endpoint.Channel.MANUAL, is_active=False)
    answer = rep_client.post(PAGE, _typed(source=source.pk))
    assert answer.status_code == 422
    assert b"takes no leads by hand" in answer.content
    assert not IntakeItem.objects.exists()


def test_marketing_may_not_and_a_stranger_must_sign_in(source: Source) -> None:
    marketing = _client(make_marketing())
    assert marketing.get(PAGE).status_code == 403
    assert marketing.post(PAGE, _typed(source=source.pk)).status_code == 403
    assert "login" in Client().get(PAGE).headers["Location"]
    assert not IntakeItem.objects.exists()
    assert b"Add a lead" not in marketing.get("/leads/").content


def test_what_could_not_be_processed_says_why(rep: Rep, rep_client: Client, source: Source) -> None:
    rep_client.post(PAGE, _typed(source=source.pk))
    IntakeItem.objects.update(state=IntakeState.DEAD, last_error="Nobody could be reached.")
    page = rep_client.get(f"/leads/added/{IntakeItem.objects.get().public_id}/")
    assert b"Nobody could be reached." in page.content
