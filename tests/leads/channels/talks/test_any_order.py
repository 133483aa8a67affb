"""Calls and talks that are told in pieces end alike, whichever piece comes first."""

import itertools
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from leads.channels.receiving.requests import make_delivery
from leads.channels.registry import ADAPTERS
from leads.models import IntakeItem, IntakeState, Interaction, Lead
from routing.services.draining import drain
from tests.leads.channels.contract.golden_files import FOLDER
from tests.leads.channels.contract.setups import address_of, config_of, open_endpoint, post

TALKS = {
    "PHONE_TWILIO": ("ringing", "ended", "recording"),
    "PHONE_CALLRAIL": ("pre_call", "post_call", "modified"),
    "CHAT_INTERCOM": ("contact", "conversation", "email_later"),
    "CHAT_CHATWOOT": ("conversation", "our_answer", "contact_later"),
    "CHAT_CRISP": ("our_file", "message", "email_later"),
    "CHAT_TAWK": ("start", "transcript"),
}
# One whose pieces all name the person, and one of which only one piece does.
EVERY_ORDER = {"PHONE_TWILIO", "CHAT_CRISP"}
ORDERS = [
    pytest.param(channel, order, id=f"{channel}-{'-'.join(order)}")
    for channel, names in TALKS.items()
    for order in (itertools.permutations(names) if channel in EVERY_ORDER else (names, names[::-1]))
]


@pytest.mark.parametrize(("channel", "order"), ORDERS)
@pytest.mark.django_db
def test_the_pieces_of_a_talk_become_one_lead_with_all_of_them_on_its_timeline(
    channel: str, order: Sequence[str], client: Client
) -> None:
    endpoint = open_endpoint(channel, now=timezone.now())
    for name in order:
        _post_golden(client, endpoint, channel, name)
        drain(clock=timezone.now)
    drain(clock=timezone.now)
    lead = Lead.objects.get()
    assert lead.email == "ada@example.com" or lead.phone_e164 == "+15550100001"
    assert Interaction.objects.filter(lead=lead, intake_item__isnull=False).count() == len(order)
    if channel == "PHONE_TWILIO":
        calls = {one.data["touchpoint"]["summary"]: one.data for one in lead.interactions.all()}
        assert calls["Call ended (+15550199999)"]["touchpoint"]["duration_seconds"] == 95


@pytest.mark.django_db
def test_a_chat_without_contact_data_waits_and_makes_no_lead(client: Client) -> None:
    endpoint = open_endpoint("CHAT_TAWK", now=timezone.now())
    _post_golden(client, endpoint, "CHAT_TAWK", "start")
    drain(clock=timezone.now)
    assert not Lead.objects.exists()
    assert IntakeItem.objects.get().state == IntakeState.UNREACHABLE


@pytest.mark.django_db
def test_a_deleted_contact_of_intercom_is_forgotten(client: Client) -> None:
    endpoint = open_endpoint("CHAT_INTERCOM", now=timezone.now())
    for name in ("contact", "email_later", "deleted"):
        _post_golden(client, endpoint, "CHAT_INTERCOM", name)
        drain(clock=timezone.now)
    assert not Lead.objects.filter(email="ada@example.com").exists()


def _post_golden(client: Client, endpoint: Any, channel: str, name: str) -> None:
    """The delivery of a golden file, signed for now and for the endpoint's own address."""
    document = json.loads((FOLDER / channel.lower() / f"{name}.json").read_text())
    said = document["request"]
    query = said.get("query", "")
    body, kind = _body(said)
    plain = make_delivery(
        method="POST",
        url=f"{address_of(endpoint)}{'?' if query else ''}{query}",
        headers={"content-type": kind},
        body=body,
        query=query,
        client_ip=None,
        received_at=timezone.now(),
    )
    sign = ADAPTERS[channel].sign
    assert sign
    assert post(client, endpoint, sign(plain, config_of(channel))).status_code in {200, 204}


def _body(said: dict[str, Any]) -> tuple[bytes, str]:
    if "form" in said:
        return urlencode(said["form"]).encode(), "application/x-www-form-urlencoded"
    return json.dumps(said["json"]).encode(), "application/json"
