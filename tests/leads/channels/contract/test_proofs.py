"""No delivery is taken that is not its sender's. The negatives are made for every channel alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from leads.channels.adapter import Adapter, Config, Delivery, Proof
from leads.channels.registry import ADAPTERS
from tests.leads.channels.contract.setups import NOW, config_of, sample, setup_of

SIGNED = [adapter for adapter in ADAPTERS.values() if setup_of(adapter.channel).is_signed]
OTHER_PLACE = "http://testserver/in/other/"


def _name(adapter: Adapter) -> str:
    return adapter.channel


def _verify(adapter: Adapter, delivery: Delivery, config: Config | None = None) -> Proof:
    assert adapter.verify, f"{adapter.channel} verifies nothing"
    return adapter.verify(delivery, config or config_of(adapter.channel))


def _added_headers(adapter: Adapter, signed: Delivery) -> list[str]:
    """The headers that signing added or changed."""
    assert adapter.make_sample
    plain = adapter.make_sample(1, NOW).headers
    return [name for name, value in signed.headers.items() if plain.get(name) != value]


def _without(delivery: Delivery, name: str) -> Delivery:
    kept = {key: value for key, value in delivery.headers.items() if key != name}
    return replace(delivery, headers=kept)


def _with(delivery: Delivery, name: str, value: str) -> Delivery:
    return replace(delivery, headers={**delivery.headers, name: value})


@pytest.mark.parametrize("adapter", SIGNED, ids=_name)
def test_what_the_simulator_signs_is_accepted(adapter: Adapter) -> None:
    proof = _verify(adapter, sample(adapter, 1, at=NOW))
    assert (proof.is_valid, proof.secret_number) == (True, 0), proof.reason


@pytest.mark.parametrize("adapter", SIGNED, ids=_name)
def test_a_signature_by_another_secret_or_without_any_secret_set_is_refused(
    adapter: Adapter,
) -> None:
    setup = setup_of(adapter.channel)
    assert not _verify(adapter, sample(adapter, 1, at=NOW, secret=setup.other_secret)).is_valid
    unset = Config(endpoint_id="ep", secrets=(), options=setup.options)
    refused = _verify(adapter, sample(adapter, 1, at=NOW), unset)
    assert not refused.is_valid
    assert refused.reason


@pytest.mark.parametrize("adapter", SIGNED, ids=_name)
def test_while_a_secret_is_replaced_both_are_accepted_and_afterwards_only_the_new_one(
    adapter: Adapter,
) -> None:
    setup = setup_of(adapter.channel)
    old = sample(adapter, 1, at=NOW)
    new = sample(adapter, 1, at=NOW, secret=setup.other_secret)
    both = config_of(adapter.channel, setup.other_secret, setup.secret)
    assert _verify(adapter, new, both).secret_number == 0
    assert _verify(adapter, old, both).secret_number == 1
    after = config_of(adapter.channel, setup.other_secret)
    assert _verify(adapter, new, after).is_valid
    assert not _verify(adapter, old, after).is_valid


@pytest.mark.parametrize("adapter", SIGNED, ids=_name)
def test_each_header_of_a_proof_missing_empty_cut_or_odd_is_refused(adapter: Adapter) -> None:
    signed = sample(adapter, 1, at=NOW)
    for name in _added_headers(adapter, signed):
        value = signed.headers[name]
        odd = [value[:-1], value[1:], f"{value}0", "x", "v1,", "sha256=", "0" * 400, "\udcff"]
        assert not _verify(adapter, _without(signed, name)).is_valid, name
        for wrong in ("", *odd):
            assert not _verify(adapter, _with(signed, name, wrong)).is_valid, (name, wrong[:20])


@pytest.mark.parametrize("adapter", SIGNED, ids=_name)
def test_a_changed_byte_and_a_body_written_anew_are_refused(adapter: Adapter) -> None:
    if not setup_of(adapter.channel).covers_body:
        pytest.skip("this sender's proof does not cover the body")
    signed = sample(adapter, 1, at=NOW)
    middle = len(signed.body) // 2
    flipped = signed.body[:middle] + bytes([signed.body[middle] ^ 1]) + signed.body[middle + 1 :]
    for body in (flipped, signed.body + b" ", b"", b" " + signed.body):
        changed = replace(signed, body=body)
        if signed.form:
            changed = replace(changed, form={**signed.form, "From": "+15550109999"})
        assert not _verify(adapter, changed).is_valid


@pytest.mark.parametrize("adapter", SIGNED, ids=_name)
def test_a_delivery_within_the_window_is_taken_and_one_beyond_it_is_not(adapter: Adapter) -> None:
    setup = setup_of(adapter.channel)
    if not setup.has_window:
        pytest.skip("this sender's proof says nothing about time")
    late = setup.late_seconds
    signed = sample(adapter, 1, at=NOW)
    for seconds, is_valid in ((late, True), (-300, True), (late + 1, False), (-301, False)):
        later = replace(signed, received_at=NOW + timedelta(seconds=seconds))
        assert _verify(adapter, later).is_valid is is_valid, seconds
