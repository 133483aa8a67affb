"""API keys: `Authorization: Bearer lr_…` names the endpoint a program may post to."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from leadrouter.common.client_address import client_ip
from leadrouter.common.network_counts import WINDOW_SECONDS, count_from_network
from leads.selectors.api_keys import KnownKey, find_api_key
from leads.services.api_keys import hash_api_key

GUESSES_PER_MINUTE = 60
_KEY_LIMIT = 200


class ApiKeyAuthentication(BaseAuthentication):
    """Sets `request.auth` to the KnownKey (with its endpoint); the user stays anonymous."""

    def authenticate(self, request: Request) -> tuple[Any, KnownKey] | None:
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        # Looked up by the hash of 256 random bits: timing tells nothing about the key.
        row = find_api_key(key_hash=hash_api_key(key.strip())) if len(key) <= _KEY_LIMIT else None
        if row is None:
            _count_guess(request)
            raise AuthenticationFailed("This API key is not known.", code="api_key_unknown")
        if row.is_revoked:
            raise AuthenticationFailed("This API key was revoked.", code="api_key_revoked")
        if not row.is_open:
            raise AuthenticationFailed(
                "The source of this API key is switched off.", code="source_inactive"
            )
        return AnonymousUser(), row

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="leadrouter"'


def _count_guess(request: Request) -> None:
    """Slows guessing down per network and process; known keys from there are not affected."""
    if count_from_network("api-key-guesses", client_ip(request)) > GUESSES_PER_MINUTE:
        raise Throttled(wait=WINDOW_SECONDS)
