"""Where an administrator chooses how a sender proves itself, one proof never stands in for another."""

from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from leads.channels.adapter import Config
from leads.channels.chat_chatwoot.adapter import ADAPTER as CHATWOOT
from leads.channels.chat_crisp.adapter import ADAPTER as CRISP
from leads.channels.chat_crisp.adapter import KEY, SIGNATURE
from leads.models import IntakeItem
from tests.leads.channels.contract.setups import NOW, address_of, open_endpoint, post, sample

JSON = {"content-type": "application/json"}
PLUGIN = Config("ep", ("lab-secret-1",))
WEBSITE = Config("ep", ("lab-secret-1",), {"hook": "website"})


def test_a_key_in_the_address_is_no_signature_and_a_signature_no_key() -> None:
    assert CRISP.verify
    plain = replace(sample(CRISP, 1, at=NOW), headers={})
    with_key, signed = KEY.sign(plain, WEBSITE), SIGNATURE.sign(plain, PLUGIN)
    assert CRISP.verify(with_key, WEBSITE).is_valid
    assert CRISP.verify(signed, PLUGIN).is_valid
    assert not CRISP.verify(with_key, PLUGIN).is_valid
    assert not CRISP.verify(signed, WEBSITE).is_valid


@pytest.mark.parametrize("key", ["", "lab-secret-2", "lab-secret-1 ", "LAB-SECRET-1"])
def test_another_key_is_refused(key: str) -> None:
    assert CRISP.verify
    plain = replace(sample(CRISP, 1, at=NOW), headers={}, query={"key": key})
    assert not CRISP.verify(plain, WEBSITE).is_valid


def test_an_unsigned_chatwoot_is_taken_only_where_it_was_chosen() -> None:
    assert CHATWOOT.verify
    plain = replace(sample(CHATWOOT, 1, at=NOW), headers={})
    assert not CHATWOOT.verify(plain, Config("ep", ("lab-secret-1",))).is_valid
    assert CHATWOOT.verify(plain, Config("ep", (), {"proof": "address"})).is_valid


@pytest.mark.django_db
def test_the_key_of_a_website_is_not_kept_with_its_deliveries(client: Client) -> None:
    now = timezone.now()
    endpoint = open_endpoint("CHAT_CRISP", now=now)
    endpoint.options = {"hook": "website"}
    endpoint.save(update_fields=["options"])
    plain = replace(sample(CRISP, 1, at=now, url=address_of(endpoint)), headers=JSON)
    assert post(client, endpoint, KEY.sign(plain, WEBSITE)).status_code == 200
    (row,) = IntakeItem.objects.values("raw", "payload", "dedupe_key", "warnings")
    assert "lab-secret-1" not in str({**row, "raw": bytes(row["raw"])})
    assert post(client, endpoint, plain).status_code == 401
