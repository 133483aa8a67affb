"""Signatures that others computed: golden vectors, and the vendors' own packages."""

import hashlib
import hmac
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from stripe import WebhookSignature
from twilio.request_validator import RequestValidator

from tests.leads.channels.signatures.schemes import (
    AT,
    BODY,
    CALLRAIL,
    CHATWOOT,
    CRISP,
    HUBSPOT,
    HUBSPOT_2,
    INTERCOM,
    LINKEDIN,
    META,
    OTHER,
    SECRET,
    STANDARD,
    STANDARD_WEBHOOKS,
    STRIPE,
    TWILIO,
    TYPEFORM,
    URL,
    config,
    delivery,
    with_header,
)

HEX = "25f9d43682068548a94bab541394440623c84ea18618a2b5e8f739dbe71b1e8e"
SHA1 = "7fe86aa379efe46461aba9ed7ec392c0d1c4285c"
SHA1_BASE64 = "f+hqo3nv5GRhq6ntfsOSwNHEKFw="
TIMED = "36e515fca668de42406abe9b6da99282a0c6ada5b54422dcdbda58417a0bfd16"
GOLDEN: list[tuple[str, Any, dict[str, str]]] = [
    ("meta", META, {"x-hub-signature-256": f"sha256={HEX}"}),
    (
        "typeform",
        TYPEFORM,
        {"typeform-signature": "sha256=JfnUNoIGhUipS6tUE5REBiPITqGGGKK16Pc52+cbHo4="},
    ),
    ("intercom", INTERCOM, {"x-hub-signature": f"sha1={SHA1}"}),
    ("callrail base64", CALLRAIL, {"signature": SHA1_BASE64}),
    ("callrail hex", CALLRAIL, {"signature": SHA1}),
    (
        "linkedin",
        LINKEDIN,
        {"x-li-signature": "e9ef526c6954fb575ba0610566bee544c5ab6ef2c981ecaf6df3879e11dcd87c"},
    ),
    ("stripe", STRIPE, {"stripe-signature": f"t=1760000000,v1={TIMED}"}),
    ("stripe of two secrets", STRIPE, {"stripe-signature": f"t=1760000000,v1=00,v0=1,v1={TIMED}"}),
    (
        "chatwoot",
        CHATWOOT,
        {"x-chatwoot-timestamp": "1760000000", "x-chatwoot-signature": f"sha256={TIMED}"},
    ),
]


@pytest.mark.parametrize(("name", "scheme", "headers"), GOLDEN, ids=[one[0] for one in GOLDEN])
def test_a_golden_signature_is_accepted(name: str, scheme: Any, headers: dict[str, str]) -> None:
    given_one = delivery()
    signed = replace(given_one, headers={**given_one.headers, **headers})
    proof = scheme.verify(signed, config(OTHER, SECRET))
    assert (proof.is_valid, proof.secret_number) == (True, 1), proof.reason


def test_the_golden_signature_of_standard_webhooks_is_accepted_among_others() -> None:
    right = "v1,JANjk4uqjxMUZfuFxy9x0phE4wiFbro36myM3Z4fS2U="
    headers = {"webhook_id": "msg_1", "webhook_timestamp": "1760000000"}
    for written in (right, f"v1,AAAA v1a,BBBB {right}", f"{right} v2,x"):
        signed = delivery(**headers, webhook_signature=written)
        assert STANDARD_WEBHOOKS.verify(signed, config(STANDARD)).is_valid, written
    other = delivery(**{**headers, "webhook_id": "msg_2"}, webhook_signature=right)
    assert not STANDARD_WEBHOOKS.verify(other, config(STANDARD)).is_valid


def test_schemes_without_a_golden_vector_agree_with_a_computation_by_their_documentation() -> None:
    key = SECRET.encode()
    crisp = hmac.new(key, b"[1760000000000;" + BODY + b"]", hashlib.sha256).hexdigest()
    assert CRISP.sign(delivery(), config(SECRET)).headers["x-crisp-signature"] == crisp
    signed = b"POST" + URL.encode() + BODY + b"1760000000000"
    third = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert HUBSPOT.sign(delivery(), config(SECRET)).headers["x-hubspot-signature-v3"] == third
    second = hashlib.sha256(key + b"POST" + URL.encode() + BODY).hexdigest()
    assert HUBSPOT_2.sign(delivery(), config(SECRET)).headers["x-hubspot-signature"] == second


def test_an_address_is_signed_by_hubspot_with_its_reserved_characters_decoded() -> None:
    written = delivery(url=f"{URL}?next=https%3A%2F%2Fexample.com%2f&x=%20")
    decoded = f"{URL}?next=https://example.com/&x=%20".encode()
    signed = b"POST" + decoded + BODY + b"1760000000000"
    made = b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    by_them = with_header(
        with_header(written, "x-hubspot-signature-v3", made),
        "x-hubspot-request-timestamp",
        "1760000000000",
    )
    assert HUBSPOT.verify(by_them, config(SECRET)).is_valid


@settings(max_examples=60, deadline=None)
@given(body=st.text(max_size=60), secret=st.text(min_size=1, max_size=20).filter(str.strip))
def test_stripes_package_and_ours_accept_each_others_signatures(body: str, secret: str) -> None:
    if _has_surrogates(body + secret):
        return
    plain, stated = delivery(body.encode()), int(AT.timestamp())
    by_them = WebhookSignature.generate_signature_header(body, secret, stated)
    signed = with_header(plain, "stripe-signature", by_them)
    assert STRIPE.verify(signed, config(secret)).is_valid
    by_us = STRIPE.sign(plain, config(secret)).headers["stripe-signature"]
    assert WebhookSignature.verify_header(body, by_us, secret)


@settings(max_examples=60, deadline=None)
@given(body=st.text(max_size=60), key=st.binary(min_size=1, max_size=40), is_padded=st.booleans())
def test_the_package_of_standard_webhooks_and_ours_accept_each_others_signatures(
    body: str, key: bytes, is_padded: bool
) -> None:
    if _has_surrogates(body):
        return
    encoded = b64encode(key).decode()
    secret = "whsec_" + (encoded if is_padded else encoded.rstrip("="))
    library = Webhook(secret)
    plain = delivery(body.encode(), webhook_id="msg_1")
    by_them = library.sign("msg_1", datetime.fromtimestamp(1_760_000_000, UTC), body)
    signed = with_header(
        with_header(plain, "webhook-timestamp", "1760000000"), "webhook-signature", by_them
    )
    assert STANDARD_WEBHOOKS.verify(signed, config(secret)).is_valid
    by_us = STANDARD_WEBHOOKS.sign(plain, config(secret))
    with time_machine.travel(AT, tick=False):
        library.verify(body, dict(by_us.headers), json_parse=False)
        with pytest.raises(WebhookVerificationError):
            library.verify(body + "x", dict(by_us.headers), json_parse=False)


def test_a_public_key_of_standard_webhooks_accepts_what_its_private_key_signed() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = f"whpk_{b64encode(private.public_key().public_bytes_raw()).decode()}"
    made = b64encode(private.sign(b"msg_1.1760000000." + BODY)).decode()
    headers = {"webhook_id": "msg_1", "webhook_timestamp": "1760000000"}
    signed = delivery(**headers, webhook_signature=f"v1,AAAA v1a,{made}")
    assert STANDARD_WEBHOOKS.verify(signed, config(public)).is_valid
    changed = replace(signed, body=BODY + b" ")
    assert not STANDARD_WEBHOOKS.verify(changed, config(public)).is_valid
    # Whoever knows the public key must not be able to sign with it as if it were a secret.
    key = private.public_key().public_bytes_raw()
    mac = hmac.new(key, b"msg_1.1760000000." + BODY, hashlib.sha256).digest()
    forged = delivery(**headers, webhook_signature=f"v1,{b64encode(mac).decode()}")
    assert not STANDARD_WEBHOOKS.verify(forged, config(public)).is_valid
    with pytest.raises(ValueError, match="whsec_"):
        STANDARD_WEBHOOKS.sign(delivery(webhook_id="msg_1"), config(public))


FIELDS = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
    st.text(st.characters(codec="utf-8"), max_size=12),
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(
    fields=FIELDS,
    port=st.sampled_from(["", ":8443"]),
    query=st.sampled_from(["", "?a=1&b=%20x"]),
    algorithm=st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]),
)
def test_twilios_package_and_ours_accept_each_others_signatures_of_forms(
    fields: dict[str, str], port: str, query: str, algorithm: str
) -> None:
    url = f"https://leads.example.com{port}/in/ep_1/{query}"
    named = {} if algorithm == "HMAC_SHA1" else {
        "x_twilio_webhooks_signature_settings": f"key=k1,algorithm={algorithm}"
    }  # fmt: skip
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    plain = delivery(urlencode(fields).encode(), url=url, content_type=kind, **named)
    library = RequestValidator(SECRET)
    by_them = library.compute_signature(url, fields, algorithm)
    assert TWILIO.verify(with_header(plain, "x-twilio-signature", by_them), config(SECRET)).is_valid
    by_us = TWILIO.sign(plain, config(SECRET)).headers["x-twilio-signature"]
    assert library.validate(url, fields, by_us, algorithm)
    assert not library.validate(url, {**fields, "From": "another"}, by_us, algorithm)


def test_twilio_may_sign_the_address_with_its_standard_port() -> None:
    made = RequestValidator(SECRET).compute_signature(URL.replace(".com/", ".com:443/"), {"a": "1"})
    signed = delivery(
        b"a=1", content_type="application/x-www-form-urlencoded", x_twilio_signature=made
    )
    assert TWILIO.verify(signed, config(SECRET)).is_valid


@pytest.mark.parametrize(
    "url",
    [
        "https://Leads.Example.com/in/ep_1/",
        "https://leads.example.com:8443/in/ep_1/",
        "https://leads.example.com/in/ep_1/?event=a%20b&x=",
        "http://[::1]:8000/in/ep_1/",
    ],
)
def test_an_address_signed_by_twilios_package_is_accepted_as_it_is_written(url: str) -> None:
    made = RequestValidator(SECRET).compute_signature(url, {"a": "1"})
    signed = delivery(
        b"a=1", url=url, content_type="application/x-www-form-urlencoded", x_twilio_signature=made
    )
    assert TWILIO.verify(signed, config(SECRET)).is_valid
    assert not TWILIO.verify(replace(signed, url=f"{url}x"), config(SECRET)).is_valid


def test_twilios_package_and_ours_agree_about_a_body_that_is_no_form() -> None:
    signed = TWILIO.sign(delivery(), config(SECRET))
    library = RequestValidator(SECRET)
    made = signed.headers["x-twilio-signature"]
    assert "bodySHA256=" in signed.url
    assert library.validate(signed.url, BODY.decode(), made)
    assert not library.validate(signed.url, BODY.decode() + " ", made)
    without_hash = delivery(x_twilio_signature=library.compute_signature(URL, {}))
    refused = TWILIO.verify(without_hash, config(SECRET))
    assert not refused.is_valid
    assert "hash" in refused.reason


def test_an_algorithm_that_nobody_knows_is_refused() -> None:
    signed = TWILIO.sign(delivery(b""), config(SECRET))
    named = with_header(signed, "x-twilio-webhooks-signature-settings", "key=k,algorithm=NONE")
    assert "algorithm" in TWILIO.verify(named, config(SECRET)).reason


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
