"""When and through which door each lead of the demo arrives."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leads.domain.draft import FIELD_LABELS
from leads.models import Endpoint
from leads.services.capture import Captured, capture_delivery
from leads.services.import_files import upload_file
from leads.services.importing import run_waiting_batches, start_import
from routing.demo.markets import Market
from routing.demo.people import Crowd

KEY_PREFIX = "demo-"
DAYS = 60
# Doors with their weights; the fair and a part of the partners' leads come in files instead.
DOORS = (
    ("website", "WEB_FORM", 26),
    ("search-ads", "WEB_FORM", 24),
    ("product-signup", "API", 22),
    ("partner-network", "API", 8),
    ("customer-referrals", "WEB_FORM", 10),
)
FAIR_COUNTRIES = ("DE", "AT", "CH", "FR", "SE")
FILE_SHARE = 0.4
PARTNER_FILES = 6
# What makes the dashboards alive: minutes ago, door and country of the newest leads.
NEWEST = (
    (4, "partner-network", "US"), (9, "website", "DE"), (17, "search-ads", "US"),
    (26, "partner-network", "GB"), (38, "website", "JP"), (47, "product-signup", "AU"),
    (55, "partner-network", "SG"), (75, "search-ads", "GB"), (95, "partner-network", "US"),
    (130, "website", "IN"), (170, "website", "US"), (210, "customer-referrals", "DE"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery to be: `number` makes its key."""

    at: datetime
    source: str
    channel: str
    fields: dict[str, Any]
    number: int


def list_arrivals(crowd: Crowd, count: int, now: datetime) -> list[Arrival]:
    """Returns `count` deliveries of different people, oldest first, and some of them coming back."""
    plans = [*_newest(crowd, now), *_files(crowd, int(count * FILE_SHARE), now)]
    while len(plans) < count:
        plans.append(_ordinary(crowd, now))
    plans = plans[:count]
    returning = [_again(crowd, plan, now) for plan in plans if crowd.random.random() < 0.05]
    plans += [plan for plan in returning if plan[0] < now]
    ordered = sorted(plans, key=lambda plan: plan[0])
    return [Arrival(*plan, number) for number, plan in enumerate(ordered, start=1)]


Plan = tuple[datetime, str, str, dict[str, Any]]


def _newest(crowd: Crowd, now: datetime) -> Iterator[Plan]:
    channels = {source: channel for source, channel, _ in DOORS}
    for minutes, source, country in NEWEST:
        fields = crowd.invent(crowd.pick_market([country])) | {"employees": "120"}
        yield now - timedelta(minutes=minutes), source, channels[source], fields


def _files(crowd: Crowd, count: int, now: datetime) -> Iterator[Plan]:
    """Two files, one for each day of the fair, and a partner's list on each of the last Mondays."""
    fair = _weekday_before(now - timedelta(days=21), 2).replace(hour=12, minute=40)
    monday = _weekday_before(now - timedelta(days=3), 0).replace(hour=9, minute=10)
    for number in range(count):
        if number % 4:
            fields = crowd.invent(crowd.pick_market(FAIR_COUNTRIES))
            yield fair + timedelta(days=number % 2), "hannover-fair", "IMPORT", fields
        else:
            at = monday - timedelta(weeks=number // 4 % PARTNER_FILES)
            yield at, "partner-network", "IMPORT", crowd.invent(crowd.pick_market())


def _weekday_before(day: datetime, weekday: int) -> datetime:
    """The latest such weekday (0 is Monday) up to that day, at midnight UTC."""
    found = day - timedelta(days=(day.weekday() - weekday) % 7)
    return found.replace(hour=0, minute=0, second=0, microsecond=0)


def _ordinary(crowd: Crowd, now: datetime) -> Plan:
    market = crowd.pick_market()
    source, channel, _ = crowd.random.choices(DOORS, [door[2] for door in DOORS])[0]
    return _moment(crowd, market, now), source, channel, crowd.invent(market)


def _moment(crowd: Crowd, market: Market, now: datetime) -> datetime:
    """A likely moment of the last weeks: by day rather than night, weekdays rather than weekends."""
    while True:
        day = now - timedelta(days=crowd.random.uniform(0, DAYS))
        hour = crowd.random.triangular(6.5, 22.5, 11)
        local = day.astimezone(ZoneInfo(market.timezone)).replace(
            hour=int(hour),
            minute=int(hour % 1 * 60),
            second=crowd.random.randrange(60),
            microsecond=0,
        )
        is_weekend = local.weekday() >= 5
        if local < now - timedelta(minutes=20) and crowd.random.random() < (
            0.25 if is_weekend else 1
        ):
            return local.astimezone(now.tzinfo)


def _again(crowd: Crowd, plan: Plan, now: datetime) -> Plan:
    at, _source, _channel, fields = plan
    later = at + timedelta(days=crowd.random.uniform(1, 20))
    again = dict(fields, message="Me again: do you have news for us?")
    return later, "website", "WEB_FORM", again


def deliver(arrival: Arrival, endpoints: dict[tuple[str, str], Endpoint]) -> Captured:
    """Sends one delivery in by its door, at its moment."""
    return deliver_fields(
        endpoint=endpoints[arrival.source, arrival.channel],
        key=f"{KEY_PREFIX}{arrival.number}",
        fields=arrival.fields,
        now=arrival.at,
    )


def deliver_fields(
    *, endpoint: Endpoint, key: str, fields: dict[str, Any], now: datetime
) -> Captured:
    raw = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()
    is_web = endpoint.channel == Endpoint.Channel.WEB_FORM
    utm = {"utm_source": endpoint.source.slug} if is_web else {}
    touch = {"landing_url": "", "referrer": "", "utm": utm, "click_ids": {}}
    return capture_delivery(
        endpoint=endpoint,
        dedupe_key=key,
        payload={"fields": fields, "touch": touch, "extra": {}},
        raw=raw,
        body_hash=hashlib.sha256(raw).hexdigest(),
        client_ip=None,
        user_agent="leadrouter demo",
        warnings=[],
        now=now,
    )


def deliver_file(arrivals: Sequence[Arrival], endpoint: Endpoint, user: Any) -> None:
    """Uploads one file with a row for each arrival and imports it, as marketing would."""
    names = list(dict.fromkeys(name for arrival in arrivals for name in arrival.fields))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([FIELD_LABELS[name] for name in names])
    writer.writerows([[arrival.fields.get(name, "") for name in names] for arrival in arrivals])
    at = arrivals[0].at
    batch = upload_file(
        endpoint=endpoint,
        content=text.getvalue().encode("utf-8-sig"),
        file_name=f"{KEY_PREFIX}{endpoint.source.slug}-{at:%Y-%m-%d}.csv",
        user=user,
        now=at,
    )
    start_import(batch=batch, mapping=dict(enumerate(names)), now=at)
    run_waiting_batches(clock=lambda: at)


def list_endpoints() -> dict[tuple[str, str], Endpoint]:
    rows = Endpoint.objects.select_related("source")
    return {(row.source.slug, row.channel): row for row in rows}
