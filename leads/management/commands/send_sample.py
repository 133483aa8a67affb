"""Sends what a real sender would send to one of this installation's own addresses."""

import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from leads.channels.receiving.views import to_config
from leads.channels.registry import ADAPTERS, POSTED
from leads.channels.simulating import Sending, make_sendings, summarise
from leads.models import Endpoint
from leads.selectors.endpoints import Door, open_door

TIMEOUT_SECONDS = 15
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Command(BaseCommand):
    help = (
        "Sends invented deliveries, signed like the real sender's, to an endpoint of this "
        "installation, and prints how they were answered."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = ", ".join(name.lower() for name in sorted(POSTED))
        parser.add_argument("channel", help=f"One of {names}.")
        parser.add_argument("--n", type=int, default=1, help="How many events.")
        parser.add_argument("--dup", type=_percent, default=0, help="Percent that are sent twice.")
        parser.add_argument("--shuffle", action="store_true", help="Out of order.")
        parser.add_argument(
            "--bad-sig", type=_percent, default=0, help="Percent more that carry a wrong proof."
        )
        parser.add_argument("--endpoint", default="", help="Its id, as in its address.")
        parser.add_argument("--url", default="", help="Of the web server, on this machine.")
        parser.add_argument("--first", type=int, default=1, help="Number of the first event.")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--threads", type=int, default=4)

    def handle(self, *args: Any, **options: Any) -> None:
        door = _find_door(options["channel"], options["endpoint"])
        base = _base_url(options["url"])
        path = reverse("webhook", args=[door.endpoint.public_id])
        sendings = make_sendings(
            adapter=ADAPTERS[door.endpoint.channel],
            config=to_config(door),
            url=f"{settings.SITE_URL}{path}",
            count=options["n"],
            repeated_percent=options["dup"],
            forged_percent=options["bad_sig"],
            is_shuffled=options["shuffle"],
            first=options["first"],
            seed=options["seed"],
            now=timezone.now(),
        )
        began = time.monotonic()
        answers = _send_all(f"{base}{path}", sendings, options["threads"])
        took = time.monotonic() - began
        for name, count in summarise(answers).items():
            self.stdout.write(f"{count:>7,} {name}")
        self.stdout.write(f"{len(answers):,} requests in {took:.2f} s to {door.endpoint}")


def _percent(text: str) -> float:
    return float(text.removesuffix("%"))


def _find_door(channel: str, public_id: str) -> Door:
    name = channel.upper().replace("-", "_")
    if name not in POSTED:
        raise CommandError(f"There is no channel {channel}. See --help.")
    rows = Endpoint.objects.select_related("source").filter(channel=name)
    rows = rows.filter(public_id=public_id) if public_id else rows.filter(is_active=True)
    endpoint = rows.order_by("id").first()
    if endpoint is None:
        raise CommandError(
            f"There is no endpoint of {ADAPTERS[name].label}: open one in the admin."
        )
    return open_door(endpoint, now=timezone.now())


def _base_url(url: str) -> str:
    """Where to post. Raises: CommandError unless it is this machine."""
    base = (url or settings.SITE_URL).rstrip("/")
    if urlsplit(base).hostname not in _LOOPBACK:
        raise CommandError(
            f"{base} is not this machine. Name the web server here, e.g. --url http://127.0.0.1:8000"
        )
    return base


def _send_all(url: str, sendings: list[Sending], threads: int) -> list[tuple[Sending, int]]:
    with (
        urllib3.PoolManager(maxsize=threads, retries=False, timeout=TIMEOUT_SECONDS) as pool,
        ThreadPoolExecutor(threads) as workers,
    ):
        statuses = workers.map(lambda one: _send(pool, url, one), sendings)
        return list(zip(sendings, statuses, strict=True))


def _send(pool: urllib3.PoolManager, url: str, sending: Sending) -> int:
    """The status, 0 without an answer."""
    delivery = sending.delivery
    query = delivery.url.partition("?")[2]
    try:
        answer = pool.request(
            delivery.method,
            f"{url}?{query}" if query else url,
            body=delivery.body,
            headers=dict(delivery.headers),
            redirect=False,
        )
    except urllib3.exceptions.HTTPError:
        return 0
    return answer.status
