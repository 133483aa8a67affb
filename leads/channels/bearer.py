"""The access token with which a sender's API is asked."""

import re
from collections.abc import Mapping

from leads.channels.adapter import Config

OPTION = "access_token"
_TOKEN = re.compile(r"[!-~]+")


def bearer(config: Config) -> Mapping[str, str]:
    """The header that carries the endpoint's token.

    Raises: ValueError when there is none, or one that no header could carry (a line too much was
    copied); the sentence does not repeat it.
    """
    token = str(config.options.get(OPTION) or "").strip()
    if not token:
        raise ValueError("No access token is set: what was announced cannot be fetched.")
    if not _TOKEN.fullmatch(token):
        raise ValueError("The access token holds blanks or lines: copy it again.")
    return {"Authorization": f"Bearer {token}"}
