"""The hook for a CAPTCHA: what checks a visitor's answer, and one check that fits most services.

`CAPTCHA_CHECK` names a function (request, now) -> Verdict. Which puzzle is shown is the business of
the page: a site's own form carries the widget of its service, whose answer is posted with the form.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from leadrouter.common.client_address import client_ip

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 3
_ANSWER_LIMIT = 20_000


class Verdict(StrEnum):
    """UNKNOWN when the service could not be asked: then the form is taken, and that is noted."""

    SOLVED = "SOLVED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


Check = Callable[[HttpRequest, datetime], Verdict]


def check_captcha(request: HttpRequest, *, now: datetime) -> Verdict:
    """SOLVED where no check is set."""
    if not settings.CAPTCHA_CHECK:
        return Verdict.SOLVED
    check: Check = import_string(settings.CAPTCHA_CHECK)
    return check(request, now)


def verify_by_url(request: HttpRequest, now: datetime) -> Verdict:
    """Posts secret, response and remoteip to CAPTCHA_VERIFY_URL and reads {"success": true}.

    That is what reCAPTCHA, hCaptcha, Turnstile and Friendly Captcha's compatible end point answer.
    """
    response = request.POST.get(settings.CAPTCHA_FIELD, "")
    if not response:
        return Verdict.FAILED
    data = {"secret": settings.CAPTCHA_SECRET, "response": response}
    if ip := client_ip(request):
        data["remoteip"] = ip
    question = Request(settings.CAPTCHA_VERIFY_URL, urlencode(data).encode(), method="POST")  # noqa: S310 -- set by the administrator
    try:
        with urlopen(question, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            told = json.loads(answer.read(_ANSWER_LIMIT))
    except (URLError, TimeoutError, OSError, ValueError) as error:
        logger.warning("The CAPTCHA service could not be asked: %s", type(error).__name__)
        return Verdict.UNKNOWN
    is_solved = isinstance(told, dict) and told.get("success") is True
    return Verdict.SOLVED if is_solved else Verdict.FAILED
