"""Whatever arrives, no adapter fails: what is read can be stored, the rest is kept aside."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.channels.adapter import Adapter, Reply
from leads.channels.receiving.requests import make_delivery
from leads.channels.registry import ADAPTERS
from leads.domain.envelope import Envelope, Kind, Unreadable, to_key
from leads.domain.storable import make_storable
from leads.services.capture_channel import describe_envelope
from tests.leads.channels.contract.setups import NOW, SITE, config_of, sample

each = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=lambda adapter: adapter.channel)
quickly = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

WORDS = st.sampled_from(
    [
        "email",
        "ada@example.com",
        "CREATED",
        "consent",
        "yes",
        "1e9",
        "2026-01-05T09:30:00Z",
        "\x00",
        "\ud800",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=10)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    pairs = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    )  # fmt: skip
    for name, inner in pairs:
        found.extend(_places(inner, (*path, name)))
    return found


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _put(copy[path[0]], path[1:], new)
    return copy


@each
@quickly
@given(data=st.data())
def test_a_sample_with_anything_in_some_of_its_places_is_read_or_kept_aside(
    adapter: Adapter, data: st.DataObject
) -> None:
    plain = sample(adapter, 1, at=NOW)
    if plain.form:
        names = data.draw(st.lists(st.sampled_from(sorted(plain.form)), min_size=1, max_size=3))
        changed = {name: data.draw(st.text(max_size=20) | WORDS) for name in names}
        odd = replace(plain, form={**plain.form, **changed})
    elif not plain.body.startswith((b"{", b"[")):
        place = data.draw(st.integers(0, len(plain.body)))
        new = data.draw(st.binary(max_size=20))
        odd = replace(plain, body=plain.body[:place] + new + plain.body[place + len(new) :])
    else:
        document = json.loads(plain.body)
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.sampled_from(_places(document)))
            document = _put(document, place, data.draw(VALUES))
        odd = replace(plain, body=json.dumps(document).encode())
    for one in adapter.parse(odd, config_of(adapter.channel)):
        if isinstance(one, Unreadable):
            assert one.reason
            json.dumps(make_storable(one.item), allow_nan=False).encode()
            continue
        assert isinstance(one, Envelope)
        columns = describe_envelope(one)
        json.dumps(columns["payload"], allow_nan=False, ensure_ascii=False).encode()
        assert "\\u0000" not in json.dumps(columns["payload"])
        assert len(to_key(one.dedupe_key)) <= 255
        said = one.consent.is_given if one.consent else None
        assert said is None or b"consent" in odd.body
        assert one.kind is Kind.PING or one.dedupe_key or one.has_weak_key


@each
@quickly
@given(data=st.data())
def test_no_request_makes_a_handshake_or_a_proof_fail(
    adapter: Adapter, data: st.DataObject
) -> None:
    config = config_of(adapter.channel)
    signed = sample(adapter, 1, at=NOW)
    texts = st.text(max_size=30) | WORDS
    names = st.sampled_from(
        ["hub.mode", "hub.verify_token", "hub.challenge", "challengeCode", "key", "token", "x"]
    )
    query = data.draw(st.dictionaries(names, texts, max_size=4))
    asked = replace(signed, method=data.draw(st.sampled_from(["GET", "HEAD", "POST"])), query=query)
    if adapter.shake_hands:
        answer = adapter.shake_hands(asked, config)
        assert answer is None or isinstance(answer, Reply)
    headers = {
        name: data.draw(texts) if data.draw(st.booleans()) else value
        for name, value in signed.headers.items()
    }
    if adapter.verify and headers != dict(signed.headers):
        proof = adapter.verify(replace(signed, headers=headers), config)
        assert proof.is_valid or proof.reason


@each
@quickly
@given(body=st.binary(max_size=60), kind=st.sampled_from(["", "application/json", "text/plain",
       "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]))  # fmt: skip
def test_no_body_makes_reading_fail(adapter: Adapter, body: bytes, kind: str) -> None:
    delivery = make_delivery(
        method="POST", url=f"{SITE}/in/ep/", headers={"content-type": kind}, body=body, query="",
        client_ip=None, received_at=NOW,
    )  # fmt: skip
    for one in adapter.parse(delivery, config_of(adapter.channel)):
        assert isinstance(one, Envelope | Unreadable)
