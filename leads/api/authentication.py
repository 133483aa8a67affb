"""API keys: `Authorization: Bearer lr_…` names the endpoint a program may post to."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from leads.models import ApiKey
from leads.services.api_keys import hash_api_key


class ApiKeyAuthentication(BaseAuthentication):
    """Sets `request.auth` to the ApiKey (with endpoint and source); the user stays anonymous."""

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        # Looked up by the hash of 256 random bits: timing tells nothing about the key.
        row = (
            ApiKey.objects.select_related("endpoint__source")
            .filter(key_hash=hash_api_key(key.strip()))
            .first()
        )
        if row is None:
            raise AuthenticationFailed("This API key is not known.")
        if row.revoked_at is not None:
            raise AuthenticationFailed("This API key was revoked.")
        if not row.endpoint.is_active or not row.endpoint.source.is_active:
            raise AuthenticationFailed("The source of this API key is switched off.")
        return AnonymousUser(), row

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="leadrouter"'
