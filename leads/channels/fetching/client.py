"""One careful GET: to one host, within time and size, without following anybody elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

from leads.channels.adapter import Question
from leads.channels.json_body import NotReadableError, read_json

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
ANSWER_LIMIT = 1024 * 1024
_WAIT_LIMIT_SECONDS = 24 * 3600


class FetchFailedError(Exception):
    """No answer that can be used. `is_final` when asking again will not help."""

    def __init__(
        self, message: str, *, is_final: bool = False, wait_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.wait_seconds = wait_seconds


def fetch_json(question: Question, *, host: str, now: datetime) -> Any:
    """The answer as JSON data.

    Only https to `host` itself is asked. Raises: FetchFailedError with a sentence that holds neither
    the address nor a token.
    """
    url = _checked(question.url, host)
    try:
        with urllib3.PoolManager(retries=False) as pool:
            answer = pool.request(
                "GET",
                url,
                headers={"Accept": "application/json", **question.headers},
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                redirect=False,
                preload_content=False,
            )
            body = answer.read(ANSWER_LIMIT + 1)
            answer.drain_conn() if len(body) <= ANSWER_LIMIT else answer.close()
    except urllib3.exceptions.NewConnectionError as error:
        raise FetchFailedError(f"{host} cannot be reached.") from error
    except urllib3.exceptions.TimeoutError as error:
        raise FetchFailedError(f"{host} did not answer in time.") from error
    except urllib3.exceptions.HTTPError as error:
        raise FetchFailedError(f"{host} broke off ({type(error).__name__}).") from error
    _check_status(answer.status, answer.headers, host, now)
    if len(body) > ANSWER_LIMIT:
        raise FetchFailedError(f"The answer of {host} is larger than a megabyte.", is_final=True)
    try:
        return read_json(body)
    except NotReadableError as problem:
        raise FetchFailedError(f"{host} answered something else than JSON.") from problem


def _checked(url: str, host: str) -> str:
    """The address to ask. Raises: FetchFailedError for any other host, port or scheme."""
    parts = urlsplit(url)
    if (parts.scheme, parts.netloc) != ("https", host) or not host:
        raise FetchFailedError(
            "The channel asked for a host that is not its sender's.", is_final=True
        )
    # For trials without the sender: an installation may put a server of its own in its place.
    base = settings.FETCH_BASE_URLS.get(host)
    return url.replace(f"https://{host}", base.rstrip("/"), 1) if base else url


def _check_status(status: int, headers: Mapping[str, str], host: str, now: datetime) -> None:
    if status == 200:
        return
    if status in {401, 403}:
        raise FetchFailedError(f"{host} refused the access token ({status}): set a new one.")
    if status in {404, 410}:
        raise FetchFailedError(f"{host} does not know it any more ({status}).", is_final=True)
    raise FetchFailedError(
        f"{host} answered {status}.", wait_seconds=_read_wait(headers.get("Retry-After", ""), now)
    )


def _read_wait(text: str, now: datetime) -> float | None:
    """Seconds that the sender asks to wait, at most a day; None when it does not say."""
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), _WAIT_LIMIT_SECONDS)
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), _WAIT_LIMIT_SECONDS)
