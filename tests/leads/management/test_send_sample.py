"""The simulator against a real web server."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from leads.channels.registry import POSTED
from leads.models import EndpointHealth, IntakeItem
from tests.factories import EndpointFactory
from tests.leads.channels.contract.setups import open_endpoint


@pytest.mark.django_db(transaction=True)
def test_events_land_once_repetitions_are_acknowledged_and_forgeries_refused(
    live_server: Any,
) -> None:
    endpoint = open_endpoint("STANDARD_WEBHOOKS", now=timezone.now())
    out = StringIO()
    call_command(
        "send_sample", "standard_webhooks", "--n", "20", "--dup", "10", "--bad-sig", "5%",
        "--shuffle", "--url", live_server.url, stdout=out,
    )  # fmt: skip
    assert IntakeItem.objects.filter(endpoint=endpoint).count() == 20
    assert EndpointHealth.objects.get(endpoint=endpoint).rejected_count == 1
    assert "22 sent 200" in out.getvalue()
    assert "1 forged 401" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_every_channel_can_be_simulated(live_server: Any) -> None:
    with override_settings(SITE_URL=live_server.url):
        for channel in sorted(POSTED):
            endpoint = open_endpoint(channel, now=timezone.now())
            out = StringIO()
            call_command("send_sample", channel, f"--endpoint={endpoint.public_id}", stdout=out)
            assert "1 sent 20" in out.getvalue(), (channel, out.getvalue())
            assert IntakeItem.objects.filter(endpoint=endpoint).exists(), channel


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "no channel nothing"),
        (["generic_webhook"], "no endpoint"),
        (["standard_webhooks", "--url", "https://example.com"], "not this machine"),
    ],
)
def test_what_cannot_be_sent_is_said(arguments: list[str], sentence: str) -> None:
    EndpointFactory(channel="STANDARD_WEBHOOKS")
    with pytest.raises(CommandError, match=sentence):
        call_command("send_sample", *arguments)
