"""What is accepted, and that nothing else is; the same for every scheme."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.leads.channels.signatures.schemes import TRIALS, Trial, config, with_header


def _among(trials: list[Trial]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("trial", trials, ids=lambda trial: trial.name)


each = _among(TRIALS)


@each
def test_what_the_signer_makes_is_accepted(trial: Trial) -> None:
    proof = trial.scheme.verify(trial.signed(), config(trial.secrets[0]))
    assert (proof.is_valid, proof.secret_number, bool(proof.method)) == (True, 0, True)


@each
def test_any_valid_secret_is_accepted_and_told_by_its_number(trial: Trial) -> None:
    new, old = trial.secrets
    assert trial.scheme.verify(trial.signed(old), config(new, old)).secret_number == 1
    assert trial.scheme.verify(trial.signed(new), config(new, old)).secret_number == 0
    refused = trial.scheme.verify(trial.signed(old), config(new))
    assert (refused.is_valid, refused.secret_number) == (False, None)
    assert refused.reason


@each
@pytest.mark.parametrize("secrets", [(), ("",)], ids=["none", "empty"])
def test_without_a_secret_nothing_is_proven_not_even_by_an_empty_one(
    trial: Trial, secrets: tuple[str, ...]
) -> None:
    by_empty = trial.signed()
    if trial.name != "standard webhooks":  # its signer refuses
        by_empty = trial.signed("")
    for signed in (trial.signed(), by_empty, trial.make()):
        refused = trial.scheme.verify(signed, config(*secrets))
        assert not refused.is_valid
        assert refused.reason


@each
def test_a_header_that_is_missing_empty_or_odd_is_refused_with_a_reason(trial: Trial) -> None:
    signed = trial.signed()
    for name in trial.added_headers():
        value = signed.headers[name]
        odd = [
            None, "", " ", value[:-1], value[1:], f"{value}0", f"x{value}", value.swapcase(), "x", "=",
            ",", "v1,", "v1=", "t=", "sha256=", "Basic ", "Basic !", "0" * 400, "\udcff", "\ud800", "é",
        ]  # fmt: skip
        for wrong in odd:
            if wrong == value:  # digits have no other case
                continue
            refused = trial.scheme.verify(with_header(signed, name, wrong), config(*trial.secrets))
            assert not refused.is_valid, (name, wrong)
            assert refused.reason.endswith("."), (name, wrong)
            assert trial.secrets[0] not in refused.reason


@_among([trial for trial in TRIALS if trial.covers_body])
def test_a_changed_body_is_refused(trial: Trial) -> None:
    signed = trial.signed()
    for place in range(len(signed.body)):
        flipped = bytearray(signed.body)
        flipped[place] ^= 1
        changed = replace(signed, body=bytes(flipped))
        assert not trial.scheme.verify(changed, config(*trial.secrets)).is_valid, place
    anew = [signed.body + b" ", b" " + signed.body, b"", signed.body + signed.body]
    if signed.headers["content-type"] == "application/json":
        anew.append(json.dumps(json.loads(signed.body), indent=1).encode())
    for body in anew:
        assert not trial.scheme.verify(
            replace(signed, body=body), config(*trial.secrets)
        ).is_valid, body


@_among([trial for trial in TRIALS if trial.covers_address])
def test_the_signature_for_another_endpoint_is_refused_where_it_covers_the_address(
    trial: Trial,
) -> None:
    signed = trial.signed()
    moved = replace(signed, url=signed.url.replace("ep_1", "ep_2"))
    assert not trial.scheme.verify(moved, config(*trial.secrets)).is_valid


@each
def test_five_minutes_late_or_early_is_accepted_and_a_second_more_is_not(trial: Trial) -> None:
    signed = trial.signed()
    for seconds, is_inside in ((0, True), (300, True), (-300, True), (301, False), (-301, False)):
        moved = replace(signed, received_at=signed.received_at + timedelta(seconds=seconds))
        proof = trial.scheme.verify(moved, config(trial.secrets[0]))
        assert proof.is_valid is (is_inside or not trial.has_window), seconds
        if trial.has_window and not is_inside:
            assert ("ago" if seconds > 0 else "ahead") in proof.reason


@pytest.mark.parametrize(
    "stated", ["", "x", "-1", "1e9", "1760000000.0", "１７６０００００００", "9" * 16, "9" * 500]
)
def test_a_moment_that_is_no_plain_number_is_refused(stated: str) -> None:
    for trial in TRIALS:
        if not trial.has_window:
            continue
        for name in trial.added_headers():
            value = trial.signed().headers[name]
            changed: Any = f"t={stated},{value.partition(',')[2]}" if "t=" in value else stated
            refused = trial.scheme.verify(
                with_header(trial.signed(), name, changed), config(*trial.secrets)
            )
            assert not refused.is_valid, (trial.name, name)
