"""Every channel that announces leads, from the signed announcement to the lead, against a server
that answers as the sender's does."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from leads.channels.fetching.working import fetch_announced
from leads.channels.registry import ADAPTERS
from leads.models import IntakeItem, IntakeState, Lead
from routing.services.draining import drain
from tests.leads.channels.contract.golden_files import Case, list_cases
from tests.leads.channels.contract.setups import address_of, open_endpoint, post, sample
from tests.leads.channels.web_servers import Answer, say, serve_api

pytestmark = pytest.mark.django_db
ANNOUNCING = [name for name, adapter in ADAPTERS.items() if adapter.ask]


def _answer_of(channel: str) -> Any:
    """What the sender's API says of a lead that becomes one, by its golden file."""
    cases: Iterator[Case] = list_cases()
    return next(
        case.document["answer"]
        for case in cases
        if case.adapter.channel == channel
        and "answer" in case.document
        and (case.document.get("envelopes") or [{}])[0]
        .get("payload", {})
        .get("fields", {})
        .get("email")
        and not case.document["envelopes"][0]["payload"].get("is_test")
    )


@pytest.mark.parametrize("channel", ANNOUNCING)
def test_a_lead_is_announced_fetched_and_routed(
    channel: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    adapter = ADAPTERS[channel]
    endpoint = open_endpoint(channel, now=now)
    asked: list[str] = []

    def answer(path: str, headers: dict[str, str]) -> Answer:
        asked.append(f"{path} {headers}")
        return say(_answer_of(channel))

    delivery = sample(adapter, 1, at=now, url=address_of(endpoint))
    assert post(client, endpoint, delivery).status_code == 200
    announced = IntakeItem.objects.filter(state=IntakeState.NEEDS_FETCH)
    assert announced.count() == 1
    with serve_api(answer) as base:
        monkeypatch.setattr(settings, "FETCH_BASE_URLS", {adapter.api_host: base})
        report = fetch_announced(clock=timezone.now)
    assert report.completed == len(asked) > 0, announced.values_list("last_error", flat=True)
    assert "lab-access-token" in asked[0]
    drain(clock=timezone.now)
    lead = Lead.objects.get()
    assert lead.email
    item = IntakeItem.objects.get()
    assert (item.state, item.lead) == (IntakeState.LINKED, lead)
    assert "lab-access-token" not in str(item.payload)
