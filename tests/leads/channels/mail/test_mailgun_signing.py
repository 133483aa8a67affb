"""Mailgun's proof stands in the form, so the negatives that are made for headers do not reach it."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from leads.channels.adapter import Delivery
from leads.channels.email_mailgun.adapter import ADAPTER
from leads.channels.email_mailgun.signing import FIELDS, verify
from tests.leads.channels.contract.setups import NOW, config_of, sample

CONFIG = config_of("EMAIL_MAILGUN")


def _with(delivery: Delivery, **fields: str) -> Delivery:
    form = {**delivery.form, **fields}
    return replace(delivery, form=form, body=urlencode(form).encode("utf-8", "replace"))


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_of_the_proof_missing_empty_cut_or_odd_is_refused(name: str) -> None:
    signed = sample(ADAPTER, 1, at=NOW)
    assert verify(signed, CONFIG).is_valid
    value = signed.form[name]
    kept = {key: one for key, one in signed.form.items() if key != name}
    assert not verify(replace(signed, form=kept), CONFIG).is_valid
    for odd in ("", value[:-1], value[1:], f"{value}0", "x", "9" * 400, "-1", "1e9", "é", "\x00"):
        proof = verify(_with(signed, **{name: odd}), CONFIG)
        assert not proof.is_valid, (name, odd[:20])
        assert proof.reason


def test_the_signature_is_compared_letter_by_letter() -> None:
    signed = sample(ADAPTER, 1, at=NOW)
    shouted = _with(signed, signature=signed.form["signature"].upper())
    assert not verify(shouted, CONFIG).is_valid


def test_the_token_of_one_moment_is_no_proof_at_another() -> None:
    signed = sample(ADAPTER, 1, at=NOW)
    later = str(int(signed.form["timestamp"]) + 10)
    assert not verify(_with(signed, timestamp=later), CONFIG).is_valid
