"""Turns a sent form into an intake item."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from leadrouter.common.client_address import client_ip
from leads.channels.api.idempotency import hash_body
from leads.channels.person_form import LEAD_FIELDS
from leads.channels.web_form.captcha import Verdict, check_captcha
from leads.channels.web_form.forms import (
    ADDRESSES,
    FIRST_ADDRESSES,
    HONEYPOT,
    TOKEN,
    LeadForm,
)
from leads.channels.web_form.rendering import FASTEST_SECONDS, Rendering
from leads.domain.attribution import touch_from_url
from leads.domain.custom_fields import find_field
from leads.domain.text import sanitise_text
from leads.models import IntakeState
from leads.selectors.custom_fields import Definitions, get_field_definitions
from leads.services.capture import Captured, capture_delivery
from leads.services.referring import find_referral_endpoint

EXTRA_LIMIT = 30
EXTRA_TEXT_LIMIT = 1000
_OWN = frozenset(
    (*LEAD_FIELDS, *ADDRESSES, *FIRST_ADDRESSES, TOKEN, HONEYPOT, "consent", "csrfmiddlewaretoken")
)


def capture_form(
    request: HttpRequest, form: LeadForm, rendering: Rendering, raw: bytes, *, now: datetime
) -> Captured:
    """Stores a valid form. What a bot gives away is quarantined; it gets the same answer."""
    payload = _payload(request, form)
    definitions = get_field_definitions() if payload["extra"] else ()
    body_hash = hash_body(payload)
    captcha = check_captcha(request, now=now)
    suspicion = _find_suspicion(request, rendering, captcha)
    return capture_delivery(
        endpoint=find_referral_endpoint(form.cleaned_data["landing_url"]) or form.endpoint,
        # The nonce alone would lose the lead of the next visitor who got the page from a cache.
        dedupe_key=f"form:{rendering.nonce}:{body_hash}",
        payload=payload,
        raw=raw,
        body_hash=body_hash,
        client_ip=client_ip(request),
        user_agent=sanitise_text(request.headers.get("User-Agent", ""), limit=300),
        warnings=_list_warnings(payload, definitions, captcha),
        now=now,
        state=IntakeState.QUARANTINED if suspicion else IntakeState.RECEIVED,
        error=suspicion,
    )


def _find_suspicion(request: HttpRequest, rendering: Rendering, captcha: Verdict) -> str:
    """Why the form looks like a machine's, as a sentence; empty when it does not."""
    if request.POST.get(HONEYPOT):
        return "A hidden field that people do not see was filled in."
    if rendering.age_seconds < FASTEST_SECONDS:
        return f"It was sent less than {FASTEST_SECONDS} seconds after the form was opened."
    return "The CAPTCHA was not solved." if captcha is Verdict.FAILED else ""


def _list_warnings(
    payload: dict[str, Any], definitions: Definitions, captcha: Verdict
) -> list[dict[str, str]]:
    warnings = [
        {
            "field": name,
            "code": "unknown_field",
            "message": "Not a field of the form; kept with the delivery.",
        }
        for name in payload["extra"]
        if find_field(name, definitions) is None
    ]
    if captcha is Verdict.UNKNOWN:
        message = "The CAPTCHA service could not be asked; the form was taken all the same."
        warnings.append({"field": "", "code": "captcha_unknown", "message": message})
    return warnings


def _payload(request: HttpRequest, form: LeadForm) -> dict[str, Any]:
    cleaned = form.cleaned_data
    payload: dict[str, Any] = {
        "fields": form.lead_fields(),
        "touch": asdict(touch_from_url(cleaned["landing_url"], cleaned["referrer"])),
        "extra": _unknown_fields(request),
    }
    first = touch_from_url(cleaned["first_landing_url"], cleaned["first_referrer"])
    if first.landing_url:
        payload["first_touch"] = asdict(first)
    if form.endpoint.consent_text:
        given = bool(cleaned.get("consent"))
        payload["consent"] = {"text": form.endpoint.consent_text, "given": given}
    return payload


def _unknown_fields(request: HttpRequest) -> dict[str, str]:
    # The answer to a CAPTCHA says nothing of the person, and is worth nothing the second time.
    own = _OWN | {settings.CAPTCHA_FIELD}
    names = [name for name in request.POST if name not in own][:EXTRA_LIMIT]
    return {
        sanitise_text(name, limit=100): sanitise_text(
            request.POST.get(name, ""), limit=EXTRA_TEXT_LIMIT
        )
        for name in names
    }
