"""What senders are answered at the real address: their own text back as plain text, and no more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Endpoint, EndpointHealth, IntakeItem
from leads.services.endpoint_secrets import set_secret
from tests.factories import EndpointFactory
from tests.leads.channels.contract.golden_files import Case, list_cases
from tests.leads.channels.contract.setups import post

pytestmark = pytest.mark.django_db
HANDSHAKES = [
    case for case in list_cases() if "reply" in case.document and case.adapter.shake_hands
]
MARKUP = "<script>alert(1)</script>"


def _name(case: Case) -> str:
    return f"{case.adapter.channel}-{case.path.stem}"


def _endpoint_of(case: Case) -> Endpoint:
    """Stored as an administrator would have set it up."""
    config, now = case.config, timezone.now()
    row: Endpoint = EndpointFactory(channel=case.adapter.channel)
    hidden = {option.name for option in case.adapter.options if option.is_secret}
    for name, value in config.options.items():
        if name in hidden:
            set_secret(endpoint=row, name=name, secret=value, overlap=timedelta(), now=now)
        else:
            row.options[name] = value
    row.save()
    for secret in reversed(config.secrets):
        set_secret(endpoint=row, secret=secret, overlap=timedelta(days=1), now=now)
    return row


@pytest.mark.parametrize("case", HANDSHAKES, ids=_name)
def test_a_handshake_gets_its_reply_and_leaves_no_delivery(case: Case, client: Client) -> None:
    endpoint, said = _endpoint_of(case), case.document["reply"]
    answer = post(client, endpoint, case.delivery)
    assert answer.status_code == said["status"]
    assert answer.content.decode() == said.get("body", answer.content.decode())
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer["Content-Type"].startswith("text/html")
    assert not IntakeItem.objects.exists()
    health = EndpointHealth.objects.get(endpoint=endpoint)
    counts = (health.ping_count, health.rejected_count)
    assert counts == ((1, 0) if said["status"] < 400 else (0, 1))


@pytest.mark.parametrize("case", HANDSHAKES, ids=_name)
def test_a_challenge_that_is_markup_is_never_a_page(case: Case, client: Client) -> None:
    endpoint = _endpoint_of(case)
    query = {
        name: value if name.endswith(("mode", "token")) else MARKUP
        for name, value in case.delivery.query.items()
    }
    answer = client.get(f"/in/{endpoint.public_id}/", query)
    assert answer.status_code < 500
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"].startswith(("text/plain", "application/json"))
