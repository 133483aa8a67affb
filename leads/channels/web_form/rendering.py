"""The signed note a rendered form carries: which form, when, and a number used once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

# Nobody reads and fills a form in less; who does is set aside, not lost.
FASTEST_SECONDS = 2
STALE_AFTER = timedelta(hours=24)
_SALT = "leads.web_form.rendering"


@dataclass(frozen=True, slots=True)
class Rendering:
    """One rendered form. A page from a cache shares its nonce with others who got it."""

    nonce: str
    age_seconds: int


def sign_rendering(public_id: str, *, now: datetime) -> str:
    """A token for a form that is rendered now."""
    issued_at = int(now.timestamp())
    token: str = _signer().sign_object([public_id, issued_at, secrets.token_urlsafe(12)])
    return token


def sign_filled_rendering(public_id: str, *, now: datetime) -> str:
    """A token for a form that is shown again with what was typed: sending it at once is no haste."""
    return sign_rendering(public_id, now=now - timedelta(seconds=FASTEST_SECONDS))


def read_rendering(token: str, public_id: str, *, now: datetime) -> Rendering | None:
    """What the token says; None when it is missing, forged, of another form, or a day old."""
    try:
        of_form, issued_at, nonce = _signer().unsign_object(token)
        age_seconds = int(now.timestamp()) - int(issued_at)
    except (BadSignature, ValueError, TypeError):
        return None
    if of_form != public_id or not 0 <= age_seconds < STALE_AFTER.total_seconds():
        return None
    return Rendering(nonce=str(nonce), age_seconds=age_seconds)


def _signer() -> Signer:
    return Signer(salt=_SALT)
