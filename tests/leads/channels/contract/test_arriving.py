"""Deliveries of every channel at its real address: stored once, refused without a trace, never lost."""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from leads.channels.adapter import Adapter
from leads.channels.registry import ADAPTERS, POSTED
from leads.domain.envelope import Envelope, Unreadable
from leads.models import EndpointHealth, EndpointSecret, IntakeItem, IntakeState, Lead
from leads.services.capture_channel import Arrival, capture_parsed, describe_envelope
from leads.services.endpoint_secrets import end_secret, set_secret
from routing.services.draining import drain
from tests.leads.channels.contract.golden_files import Case, list_cases
from tests.leads.channels.contract.setups import (
    NOW,
    address_of,
    config_of,
    open_endpoint,
    post,
    sample,
    setup_of,
)

ARRIVING = [ADAPTERS[name] for name in sorted(POSTED)]
SIGNED = [adapter for adapter in ADAPTERS.values() if setup_of(adapter.channel).is_signed]


def _name(adapter: Adapter) -> str:
    return adapter.channel


def _all(adapters: Any) -> Any:
    return pytest.mark.parametrize("adapter", adapters, ids=_name)


@_all(ARRIVING)
@pytest.mark.django_db
def test_a_sample_is_stored_as_it_came_and_its_repetition_changes_nothing(
    adapter: Adapter, client: Client
) -> None:
    now = timezone.now()
    endpoint = open_endpoint(adapter.channel, now=now)
    delivery = sample(adapter, 1, at=now, url=address_of(endpoint))
    first = post(client, endpoint, delivery)
    assert first.status_code in {200, 204}, first.content
    kept = list(IntakeItem.objects.filter(endpoint=endpoint).values())
    assert kept
    assert {row["state"] for row in kept} <= {IntakeState.RECEIVED, IntakeState.NEEDS_FETCH}
    assert b"".join(bytes(row["raw"]) for row in kept)
    again = post(client, endpoint, delivery)
    assert again.status_code in {200, 204}
    assert list(IntakeItem.objects.filter(endpoint=endpoint).values()) == kept


@_all(SIGNED)
@pytest.mark.django_db
def test_what_is_not_proven_leaves_nothing_but_a_count(adapter: Adapter, client: Client) -> None:
    now = timezone.now()
    endpoint = open_endpoint(adapter.channel, now=now)
    secret = setup_of(adapter.channel).other_secret
    forged = sample(adapter, 1, at=now, url=address_of(endpoint), secret=secret)
    assert post(client, endpoint, forged).status_code == 401
    assert not IntakeItem.objects.exists()
    health = EndpointHealth.objects.get(endpoint=endpoint)
    assert (health.rejected_count, bool(health.last_rejection)) == (1, True)


@_all(SIGNED)
@pytest.mark.django_db
def test_the_old_secret_is_valid_during_the_overlap_and_not_after(
    adapter: Adapter, client: Client
) -> None:
    now, setup = timezone.now(), setup_of(adapter.channel)
    endpoint = open_endpoint(adapter.channel, now=now)
    old = EndpointSecret.objects.get(endpoint=endpoint)
    set_secret(endpoint=endpoint, secret=setup.other_secret, overlap=timedelta(days=1), now=now)
    url = address_of(endpoint)
    by_old, by_new = (
        sample(adapter, 1, at=now, url=url),
        sample(adapter, 2, at=now, url=url, secret=setup.other_secret),
    )
    assert post(client, endpoint, by_old).status_code in {200, 204}
    assert post(client, endpoint, by_new).status_code in {200, 204}
    end_secret(secret=old, now=timezone.now())
    kept = IntakeItem.objects.count()
    late = sample(adapter, 3, at=now, url=url)
    assert post(client, endpoint, late).status_code == 401
    assert IntakeItem.objects.count() == kept


@_all(ADAPTERS.values())
def test_no_document_makes_reading_fail(adapter: Adapter) -> None:
    """Wrong types, nulls, missing and unknown names, and what is no document at all."""
    config = config_of(adapter.channel)
    for delivery in _odd_deliveries(adapter):
        parsed = adapter.parse(delivery, config)
        for one in parsed:
            assert isinstance(one, Envelope | Unreadable)
            if isinstance(one, Envelope):
                json.dumps(describe_envelope(one)["payload"], allow_nan=False).encode()


@pytest.mark.parametrize(
    "case",
    [case for case in list_cases() if "answer" in case.document],
    ids=lambda case: f"{case.adapter.channel}-{case.path.stem}",
)
def test_no_answer_of_an_api_makes_reading_fail(case: Case) -> None:
    assert case.adapter.read_answer
    fetch, config = case.document["fetch"], case.config
    for changed in _mutations(case.document["answer"]):
        found = case.adapter.read_answer(fetch, changed, config)
        assert isinstance(found, Envelope | Unreadable)
        if isinstance(found, Envelope):
            json.dumps(describe_envelope(found)["payload"], allow_nan=False).encode()


@_all(ARRIVING)
@pytest.mark.django_db
def test_odd_documents_are_acknowledged_and_kept(adapter: Adapter, client: Client) -> None:
    now = timezone.now()
    endpoint = open_endpoint(adapter.channel, now=now)
    plain = sample(adapter, 1, at=now, url=address_of(endpoint))
    config = config_of(adapter.channel)
    for body in (b"[]", b'{"a": "\\u0000"}', b"{"):
        odd = replace(plain, body=body, form={})
        signed = adapter.sign(odd, config) if adapter.sign else odd
        assert post(client, endpoint, signed).status_code in {200, 204, 401}, body


def _odd_deliveries(adapter: Adapter) -> Iterator[Any]:
    plain = sample(adapter, 1, at=NOW)
    texts = [
        b"", b"[]", b"{}", b"null", b"7", b'"x"', b"\xff\xfe", b"{", b"[[[[", b"[" * 5000,
        b'{"a":' * 5000, b"[null,1,{}]", b'{"id": NaN, "x": 1e999}',
    ]  # fmt: skip
    for text in texts:
        yield replace(plain, body=text, form={})
    if plain.form:
        for name in plain.form:
            for value in ("", "\x00", "\ud800", "9" * 400, "{", "[]", "null"):
                yield replace(plain, form={**plain.form, name: value})
            yield replace(
                plain, form={key: value for key, value in plain.form.items() if key != name}
            )
    elif plain.headers.get("content-type", "").startswith("application/json"):
        document = json.loads(plain.body)
        for changed in _mutations(document):
            yield replace(plain, body=json.dumps(changed).encode())


ODD: tuple[Any, ...] = (None, "", "x" * 300, "\x00\ud800", 0, -1, 10**30, 1e308, True, [], {}, [[]],
                        [None], {"a": None}, "2026-99-99T00:00:00Z")  # fmt: skip


def _mutations(value: Any) -> Iterator[Any]:
    """The document with each of its parts replaced by each odd value, missing, or with a stranger."""
    yield from ODD
    if isinstance(value, dict):
        yield {**value, "a new name": {"x": [1, None]}}
        for name, inner in value.items():
            yield {key: one for key, one in value.items() if key != name}
            for changed in _mutations(inner):
                yield {**value, name: changed}
    elif isinstance(value, list):
        yield [*value, *value]
        for number, inner in enumerate(value[:3]):
            for changed in _mutations(inner):
                yield [*value[:number], changed, *value[number + 1 :]]


@_all(ARRIVING)
@pytest.mark.django_db
def test_while_the_database_is_away_the_sender_is_told_to_come_again(
    adapter: Adapter, client: Client
) -> None:
    now = timezone.now()
    endpoint = open_endpoint(adapter.channel, now=now)
    delivery = sample(adapter, 1, at=now, url=address_of(endpoint))
    for failing in range(1, 20):
        outage = _Outage(failing)
        with connection.execute_wrapper(outage):
            answer = post(client, endpoint, delivery)
        if outage.has_passed:
            break
        assert answer.status_code == 503, failing
        assert answer["Retry-After"] == "30"
        assert not IntakeItem.objects.exists()
    assert answer.status_code in {200, 204}
    assert IntakeItem.objects.exists()


class _Outage:
    """From the n-th statement on the database is away."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, 0

    @property
    def has_passed(self) -> bool:
        return self.seen < self.number

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        self.seen += 1
        if self.seen >= self.number:
            raise OperationalError("the database is away")
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_ten_equal_deliveries_at_once_are_kept_once_and_answered_ten_times() -> None:
    now = timezone.now()
    for adapter in ARRIVING:
        endpoint = open_endpoint(adapter.channel, now=now)
        delivery = sample(adapter, 1, at=now, url=address_of(endpoint))
        single = open_endpoint(adapter.channel, now=now)
        post(Client(), single, sample(adapter, 1, at=now, url=address_of(single)))
        statuses = _post_at_once(endpoint, delivery, 10)
        assert len(statuses) == 10
        assert set(statuses) <= {200, 204}, adapter.channel
        wanted = IntakeItem.objects.filter(endpoint=single).count()
        assert IntakeItem.objects.filter(endpoint=endpoint).count() == wanted, adapter.channel


def _post_at_once(endpoint: Any, delivery: Any, times: int) -> list[int]:
    barrier, statuses = threading.Barrier(times), []

    def deliver() -> None:
        barrier.wait()
        try:
            statuses.append(post(Client(), endpoint, delivery).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def _tests() -> list[Case]:
    return [
        case
        for case in list_cases()
        if "answer" not in case.document
        and any(one.get("payload", {}).get("is_test") for one in case.document.get("envelopes", ()))
    ]


@pytest.mark.parametrize("case", _tests(), ids=lambda case: f"{case.adapter.channel}")
@pytest.mark.django_db
def test_a_test_of_the_sender_is_kept_and_never_becomes_a_lead(case: Case) -> None:
    now = timezone.now()
    endpoint = open_endpoint(case.adapter.channel, now=now)
    capture_parsed(
        arrival=Arrival(endpoint, case.delivery.body, {}, None, "", True, now),
        parsed=case.adapter.parse(case.delivery, case.config),
    )
    drain(clock=timezone.now)
    assert IntakeState.TEST in set(IntakeItem.objects.values_list("state", flat=True))
    assert not Lead.objects.exists()


@_all(ARRIVING)
@pytest.mark.django_db
def test_no_secret_and_no_body_reaches_the_log_and_no_secret_a_row(
    adapter: Adapter, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    now, setup = timezone.now(), setup_of(adapter.channel)
    endpoint = open_endpoint(adapter.channel, now=now)
    url = address_of(endpoint)
    with caplog.at_level(logging.DEBUG):
        post(client, endpoint, sample(adapter, 1, at=now, url=url))
        post(client, endpoint, sample(adapter, 2, at=now, url=url, secret=setup.other_secret))
        with connection.execute_wrapper(_Outage(1)):
            post(client, endpoint, sample(adapter, 3, at=now, url=url))
    said = "\n".join(record.getMessage() for record in caplog.records if _is_ours(record))
    assert setup.secret not in said
    assert "@example.com" not in said
    for row in IntakeItem.objects.all():
        kept = f"{bytes(row.raw)!r} {json.dumps(row.payload)} {row.dedupe_key} {row.warnings}"
        assert setup.secret not in kept
    for secret in EndpointSecret.objects.all():
        assert setup.secret not in f"{secret.sealed} {secret}"


def _is_ours(record: logging.LogRecord) -> bool:
    # At DEBUG Django writes every statement with its values; nothing of ours turns that on.
    return record.name != "django.db.backends"
