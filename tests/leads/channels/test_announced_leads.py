"""Batches, deletions and changes of channels, from their real address over the sender's API (a small
real server) to the lead. The plain way of one announced lead is in `fetching/test_announced.py`."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from leads.channels.fetching.working import fetch_announced
from leads.channels.registry import ADAPTERS
from leads.models import Endpoint, IntakeItem, IntakeState, Interaction, Lead
from routing.services.draining import drain
from tests.leads.channels.contract.golden_files import list_cases
from tests.leads.channels.contract.setups import address_of, config_of, open_endpoint, post
from tests.leads.channels.web_servers import Answer, say, serve_api

ASKED = [case for case in list_cases() if case.path.stem == "fetched"]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Answer]]:
    """What the API answers, by the last part of the path asked for."""
    answers: dict[str, Answer] = {}

    def answer(path: str, headers: dict[str, str]) -> Answer:
        assert headers["authorization"].startswith("Bearer lab-")
        return answers.get(path.partition("?")[0].rpartition("/")[2], say({}, 404))

    with serve_api(answer) as base:
        hosts = {one.api_host: base for one in ADAPTERS.values() if one.api_host}
        monkeypatch.setattr(settings, "FETCH_BASE_URLS", hosts)
        yield answers


def _deliver(client: Client, endpoint: Endpoint, document: Any) -> None:
    adapter = ADAPTERS[endpoint.channel]
    assert adapter.make_sample
    assert adapter.sign
    made = adapter.make_sample(1, timezone.now())
    plain = type(made)(
        method="POST",
        url=address_of(endpoint),
        headers=made.headers,
        body=json.dumps(document).encode(),
        received_at=timezone.now(),
    )
    assert (
        post(client, endpoint, adapter.sign(plain, config_of(endpoint.channel))).status_code == 200
    )


def _work() -> None:
    fetch_announced(clock=timezone.now)
    drain(clock=timezone.now)


@pytest.mark.django_db
def test_of_a_batch_the_leads_land_and_the_rest_waits_for_a_person(
    client: Client, api: dict[str, Answer]
) -> None:
    endpoint = open_endpoint("META_LEAD_ADS", now=timezone.now())
    batch = next(one for one in list_cases() if one.path.stem == "poisoned_batch")
    for number, name in (("2002", "ada"), ("2003", "bob")):
        answers = [{"name": "email", "values": [f"{name}@example.com"]}]
        api[number] = say({"id": number, "field_data": answers})
    _deliver(client, endpoint, json.loads(batch.delivery.body))
    _work()
    states = sorted(IntakeItem.objects.values_list("state", flat=True))
    assert states == [IntakeState.LINKED] * 2 + [IntakeState.QUARANTINED] * 3
    assert set(Lead.objects.values_list("email", flat=True)) == {
        "ada@example.com",
        "bob@example.com",
    }


@pytest.mark.django_db
def test_a_lead_that_linkedin_has_deleted_is_forgotten_here(
    client: Client, api: dict[str, Answer]
) -> None:
    endpoint = open_endpoint("LINKEDIN_LEAD_GEN", now=timezone.now())
    cases = {one.path.stem: one for one in list_cases() if one.adapter.channel == endpoint.channel}
    api["abc-1"] = say(cases["fetched"].document["answer"])
    _deliver(client, endpoint, json.loads(cases["created"].delivery.body))
    _work()
    assert Lead.objects.get().email == "ada@example.com"
    _deliver(client, endpoint, json.loads(cases["deleted"].delivery.body))
    _work()
    left = Lead.objects.first()
    assert left is None or (left.email, left.full_name, bool(left.erased_at)) == ("", "", True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order", list(permutations(("created", "changed", "erased"))), ids="-".join
)
def test_a_hubspot_contact_that_was_erased_stays_so_in_whatever_order_its_events_come(
    order: tuple[str, ...], client: Client, api: dict[str, Answer]
) -> None:
    endpoint = open_endpoint("HUBSPOT", now=timezone.now())
    cases = {one.path.stem: one for one in list_cases() if one.adapter.channel == endpoint.channel}
    batch = json.loads(cases["batch"].delivery.body)
    events = {"created": batch[0], "changed": batch[1], "erased": batch[3]}
    api["501"] = say(cases["fetched"].document["answer"])
    for name in order:
        _deliver(client, endpoint, [events[name]])
        _work()
    assert not Lead.objects.exclude(email="").exists()
    assert not Lead.objects.exclude(full_name="").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("order", [("booked", "called_off"), ("called_off", "booked")])
def test_a_meeting_that_was_called_off_is_told_on_the_timeline_of_who_booked_it(
    order: tuple[str, ...], client: Client
) -> None:
    endpoint = open_endpoint("CALENDLY", now=timezone.now())
    cases = {one.path.stem: one for one in list_cases() if one.adapter.channel == endpoint.channel}
    for name in order:
        _deliver(client, endpoint, json.loads(cases[name].delivery.body))
        drain(clock=timezone.now)
    told = Interaction.objects.filter(lead=Lead.objects.get(), kind=Interaction.Kind.MEETING)
    assert sorted(one.summary for one in told) == ["First talk", "First talk: called off"]


@pytest.mark.parametrize("token", [None, "", "  ", "lab\ntoken", "lab token", "\u00e4"])
@pytest.mark.parametrize("case", ASKED, ids=lambda case: case.adapter.channel)
def test_without_a_usable_token_the_sentence_says_so_and_does_not_repeat_it(
    case: Any, token: str | None
) -> None:
    config = replace(case.config, options={"access_token": token, "field.email": None})
    with pytest.raises(ValueError, match="access token") as refused:
        case.adapter.ask(case.document["fetch"], config)
    assert not (token or "").strip() or token not in str(refused.value)
