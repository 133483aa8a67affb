"""The one address of every webhook: proves the sender, stores what was told, answers.

Nothing else happens in the request. An answer of 2xx means that the rows are committed; 503 that the
sender should come again; 401 that the delivery is not its sender's. A known address never answers
404 or 410, not even while it is switched off: some senders delete their subscription at that.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from leadrouter.common.errors import DomainError
from leadrouter.common.network_counts import WINDOW_SECONDS, count_from_network
from leads.channels.adapter import Adapter, Config, Delivery, Parsed, Proof, Reply
from leads.channels.receiving.requests import describe_request, hide_secrets, read_delivery
from leads.channels.registry import ADAPTERS, POSTED
from leads.domain.envelope import Unreadable
from leads.domain.text import sanitise_text
from leads.selectors.endpoints import Door, find_door
from leads.services.capture_channel import Arrival, Stored, capture_parsed
from leads.services.endpoint_health import count_ping, count_rejection

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30
ADDRESS = "address"  # a proof by nothing but knowing the address
UNPROVEN_PER_MINUTE = 300
_METHODS = ("GET", "HEAD", "POST")


@csrf_exempt
@never_cache
def receive(request: HttpRequest, public_id: str) -> HttpResponse:
    """Takes one delivery. Exempt from CSRF checks: it reads no cookie, and its sender proves itself."""
    if request.method not in _METHODS:
        return _refuse(405, "Only GET, HEAD and POST.", Allow=", ".join(_METHODS))
    now = timezone.now()
    try:
        door = find_door(public_id, channels=POSTED, now=now)
        if door is None:
            return _refuse(404, "There is nothing here.")
        return _receive(request, door, now)
    except DomainError as refusal:
        return _refuse(refusal.http_status, refusal.message)
    except (OperationalError, InterfaceError) as error:
        # The sender keeps the delivery and comes again: nothing is lost while the database is away.
        logger.warning("A delivery could not be stored: %s", type(error).__name__)
        return _refuse(
            503,
            "Nothing can be stored at the moment. Please send it again.",
            **{"Retry-After": str(RETRY_AFTER_SECONDS)},
        )


def _receive(request: HttpRequest, door: Door, now: datetime) -> HttpResponse:
    adapter = ADAPTERS[door.endpoint.channel]
    config = to_config(door)
    delivery = read_delivery(request, limit=adapter.body_limit, now=now)
    greeting = adapter.shake_hands(delivery, config) if adapter.shake_hands else None
    if greeting is not None:
        if greeting.status >= 400:
            count_rejection(endpoint=door.endpoint, reason="Set-up request refused.", now=now)
        else:
            count_ping(endpoint=door.endpoint, now=now)
        return _answer(greeting)
    if delivery.method == "HEAD":
        return HttpResponse(status=200)
    if delivery.method == "GET":
        return _refuse(405, "Deliveries are posted.", Allow="POST")
    proof = _prove(adapter, delivery, config)
    if proof.is_valid and proof.method == ADDRESS and _come_too_many(delivery):
        return _refuse_too_many()
    if not proof.is_valid:
        if count_from_network("unproven", delivery.client_ip) > UNPROVEN_PER_MINUTE:
            return _refuse_too_many()  # each further row about it would be theirs to write
        count_rejection(endpoint=door.endpoint, reason=proof.reason or "Not proven.", now=now)
        return _refuse(401, "The delivery does not prove its sender.")
    return _store(adapter, delivery, config, door, proof)


def _come_too_many(delivery: Delivery) -> bool:
    """Whoever signs may send as much as they want; an address alone may have got about."""
    limit = settings.UNSIGNED_RATE_PER_MINUTE
    return bool(limit) and count_from_network("unsigned", delivery.client_ip) > limit


def _refuse_too_many() -> HttpResponse:
    wait = {"Retry-After": str(WINDOW_SECONDS)}
    return _refuse(429, "Too many came from your network. Please send it again later.", **wait)


def to_config(door: Door) -> Config:
    """The endpoint as its adapter sees it."""
    return Config(
        endpoint_id=door.endpoint.public_id,
        secrets=tuple(secret for _, secret in door.secrets),
        options=door.options,
    )


def _prove(adapter: Adapter, delivery: Delivery, config: Config) -> Proof:
    """Whoever cannot be checked has proven nothing."""
    if adapter.verify is None:
        return Proof(is_valid=True, method=ADDRESS)
    try:
        return adapter.verify(delivery, config)
    except Exception as error:  # noqa: BLE001 -- its text may quote the delivery
        logger.error("Checking a delivery by %s failed: %s", adapter.channel, type(error).__name__)  # noqa: TRY400
        return Proof(is_valid=False, reason=f"The check itself failed ({type(error).__name__}).")


def read_parsed(adapter: Adapter, delivery: Delivery, config: Config) -> Parsed:
    """What the delivery tells; a fault of the adapter keeps it aside instead of losing it."""
    try:
        return adapter.parse(delivery, config)
    except Exception as error:  # noqa: BLE001 -- its text may quote the delivery
        logger.error("Reading a delivery by %s failed: %s", adapter.channel, type(error).__name__)  # noqa: TRY400
        reason = f"The channel could not read it ({type(error).__name__})."
        return [Unreadable(reason=reason, dedupe_key="")]


def _store(
    adapter: Adapter, delivery: Delivery, config: Config, door: Door, proof: Proof
) -> HttpResponse:
    hidden = list_secrets(adapter, config)
    request = describe_request(delivery, hidden)
    if proof.method:
        request["proof"] = {"method": proof.method, "secret": _secret_id(door, proof)}
    stored = capture_parsed(
        arrival=Arrival(
            endpoint=door.endpoint,
            raw=hide_secrets(delivery.body, hidden),
            request=request,
            client_ip=delivery.client_ip,
            user_agent=sanitise_text(delivery.headers.get("user-agent", ""), limit=300),
            is_open=door.is_open,
            received_at=delivery.received_at,
        ),
        parsed=read_parsed(adapter, delivery, config),
    )
    if not (stored.new or stored.duplicate):
        count_ping(endpoint=door.endpoint, now=delivery.received_at)
    return _answer(adapter.reply(delivery, config)) if adapter.reply else _say(stored)


def list_secrets(adapter: Adapter, config: Config) -> list[str]:
    """Everything of this endpoint that must not be stored again with a delivery."""
    options = [str(config.options.get(one.name) or "") for one in adapter.options if one.is_secret]
    return [secret for secret in (*config.secrets, *options) if secret]


def _secret_id(door: Door, proof: Proof) -> int | None:
    number = proof.secret_number
    return door.secrets[number][0] if number is not None and number < len(door.secrets) else None


def _say(stored: Stored) -> HttpResponse:
    if stored.duplicate and not stored.new:
        return JsonResponse({"accepted": 0, "duplicate": True})
    return JsonResponse({"accepted": stored.new})


def _answer(reply: Reply) -> HttpResponse:
    response = HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
    # Some senders want their own text back: it must never be taken for a page.
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _refuse(status: int, sentence: str, **headers: str) -> HttpResponse:
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    for name, value in headers.items():
        response[name] = value
    # Django would log the address, which is all that senders without a signature prove themselves by.
    setattr(response, "_has_been_logged", True)  # noqa: B010
    return response
