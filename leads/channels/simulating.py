"""Deliveries as a real sender would send them: signed, repeated, out of order, and some forged."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from leads.channels.adapter import Adapter, Config, Delivery
from leads.channels.receiving.requests import make_delivery


@dataclass(frozen=True, slots=True)
class Sending:
    """One request to come. `is_forged`: signed with a secret that is not the endpoint's."""

    delivery: Delivery
    is_forged: bool = False


def make_sendings(
    *,
    adapter: Adapter,
    config: Config,
    url: str,
    count: int,
    repeated_percent: float = 0,
    forged_percent: float = 0,
    is_shuffled: bool = False,
    first: int = 1,
    seed: int = 1,
    now: datetime,
) -> list[Sending]:
    """`count` events; some of them once more, some forged as well, each by its share of `count`.

    Equal arguments give equal requests. Raises: ValueError when the channel has no samples.
    """
    if adapter.make_sample is None:
        raise ValueError(f"{adapter.label} has no samples.")
    chance = random.Random(seed)  # noqa: S311 -- which event is repeated is no secret
    events = [make_event(adapter, config, url, first + number, now) for number in range(count)]
    sendings = [Sending(one) for one in events]
    sendings += [Sending(one) for one in chance.sample(events, _share(count, repeated_percent))]
    if adapter.sign and config.secrets:
        forger = replace(config, secrets=[forge_secret(config.secrets[0])])
        sendings += [
            Sending(make_event(adapter, forger, url, first + count + number, now), is_forged=True)
            for number in range(_share(count, forged_percent))
        ]
    if is_shuffled:
        chance.shuffle(sendings)
    return sendings


def make_event(adapter: Adapter, config: Config, url: str, number: int, now: datetime) -> Delivery:
    """One signed delivery, as it arrives at the public address `url`."""
    if adapter.make_sample is None:
        raise ValueError(f"{adapter.label} has no samples.")
    sample = adapter.make_sample(number, now)
    delivery = make_delivery(
        method=sample.method,
        url=url,
        headers=sample.headers,
        body=sample.body,
        query="",
        client_ip=None,
        received_at=now,
    )
    return adapter.sign(delivery, config) if adapter.sign else delivery


def forge_secret(secret: str) -> str:
    """Another secret of the same shape: one letter in the middle differs."""
    middle = len(secret) // 2
    other = "A" if secret[middle : middle + 1] != "A" else "B"
    return f"{secret[:middle]}{other}{secret[middle + 1 :]}"


def summarise(answers: Sequence[tuple[Sending, int]]) -> dict[str, int]:
    """How many of each kind got which status: {"sent 200": 12, "forged 401": 3}."""
    counts: dict[str, int] = {}
    for sending, status in answers:
        name = f"{'forged' if sending.is_forged else 'sent'} {status or 'no answer'}"
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def _share(count: int, percent: float) -> int:
    return min(count, round(count * percent / 100))
