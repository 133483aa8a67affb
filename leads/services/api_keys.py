"""API keys: shown once when made, kept only as a hash."""

import hashlib
import secrets
from datetime import datetime

from leads.models import ApiKey, Endpoint


def hash_api_key(key: str) -> str:
    """Returns what is stored of a key. Keys carry 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def create_api_key(*, endpoint: Endpoint, name: str) -> tuple[ApiKey, str]:
    """Creates a key and returns it with its plain text, which nobody can see again."""
    key = f"lr_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        endpoint=endpoint, name=name, prefix=key[:8], key_hash=hash_api_key(key)
    )
    return row, key


def revoke_api_key(*, api_key: ApiKey, now: datetime) -> None:
    """Makes the key useless from the next request on."""
    ApiKey.objects.filter(pk=api_key.pk, revoked_at__isnull=True).update(revoked_at=now)
