"""Secrets that must be read again, encrypted where they are stored.

The key is made of SECRET_KEY; values sealed with one of SECRET_KEY_FALLBACKS are still read, so a key
is replaced without losing them. A stolen copy of the database alone says nothing.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"leadrouter.common.sealing"


def seal(plain: str) -> str:
    """The text, encrypted and signed."""
    return _keys().encrypt(plain.encode()).decode()


def unseal(sealed: str) -> str | None:
    """What was sealed; None when no key of this installation fits."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _keys() -> MultiFernet:
    return _make_keys(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _make_keys(current: str, earlier: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in (current, *earlier)])


def _derive(key: str) -> bytes:
    # SECRET_KEY is long and random (a system check demands it), so no slow derivation is needed.
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derived.derive(key.encode()))
