"""Leads that were only announced: asked for, completed, tried again, and at last given up."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from leads.channels.adapter import Adapter, Config, Question
from leads.channels.fetching import client
from leads.channels.fetching.client import FetchFailedError, fetch_json
from leads.channels.fetching.working import fetch_announced
from leads.channels.registry import ADAPTERS
from leads.domain.envelope import Envelope, Kind
from leads.models import Endpoint, IntakeItem, IntakeState, Lead
from leads.services.capture_channel import Arrival, capture_parsed
from leads.services.endpoint_secrets import set_secret
from leads.services.fetching import WAITS, complete_item, lease_items
from routing.services.draining import drain
from tests.factories import EndpointFactory
from tests.leads.channels.web_servers import Answer, say, serve_api

HOST = "api.sender.example"
TOKEN = "token-that-nobody-sees"


def ask(fetch: Any, config: Config) -> Question:
    if not config.options.get("access_token"):
        raise ValueError("No access token is set.")
    headers = {"Authorization": f"Bearer {config.options['access_token']}"}
    return Question(f"https://{HOST}/leads/{fetch['lead']}", headers)


def read_answer(fetch: Any, document: Any, config: Config) -> Envelope:
    return Envelope(
        kind=Kind.LEAD_CREATED, dedupe_key="", fields={"email": document["email"]}, thread="lead:1"
    )


@pytest.fixture
def endpoint(db: None, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """Of a channel that announces leads."""
    adapter = Adapter(
        channel="META_LEAD_ADS",
        label="Ads",
        parse=lambda *_: [],
        api_host=HOST,
        ask=ask,
        read_answer=read_answer,
    )
    monkeypatch.setitem(ADAPTERS, adapter.channel, adapter)
    row: Endpoint = EndpointFactory(channel=adapter.channel)
    now = timezone.now()
    set_secret(endpoint=row, secret=TOKEN, name="access_token", overlap=timedelta(), now=now)
    return row


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the sender's API answers, one after the other; the last one for ever."""
    given: list[Any] = [say({"email": "ada@example.com"})]
    asked: list[dict[str, str]] = []

    def answer(path: str, headers: dict[str, str]) -> Answer:
        asked.append({"path": path, **headers})
        found: Answer = given.pop(0) if len(given) > 1 else given[0]
        return found

    with serve_api(answer) as base:
        monkeypatch.setattr(settings, "FETCH_BASE_URLS", {HOST: base})
        yield given
    assert all(one["authorization"] == f"Bearer {TOKEN}" for one in asked)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def announce(endpoint: Endpoint, key: str = "k1") -> IntakeItem:
    capture_parsed(
        arrival=Arrival(endpoint, b"{}", {}, None, "", True, timezone.now()),
        parsed=[Envelope(kind=Kind.LEAD_CREATED, dedupe_key=key, fetch={"lead": "2002"})],
    )
    return IntakeItem.objects.get(dedupe_key=key)


def test_an_announced_lead_is_fetched_and_becomes_a_lead(endpoint: Endpoint, answers: Any) -> None:
    item = announce(endpoint)
    drain(clock=timezone.now)
    assert not Lead.objects.exists()
    report = fetch_announced(clock=timezone.now)
    assert (report.completed, report.postponed) == (1, 0)
    drain(clock=timezone.now)
    item.refresh_from_db()
    assert (item.state, item.thread) == (IntakeState.LINKED, "lead:1")
    assert item.payload["announced"]["fetch"] == {"lead": "2002"}
    assert Lead.objects.get().email == "ada@example.com"


def test_a_failing_api_is_asked_again_after_growing_waits(endpoint: Endpoint, answers: Any) -> None:
    answers[:] = [
        say({}, 500),
        say({}, 503, **{"Retry-After": "90"}),
        say({"email": "a@b.example"}),
    ]
    item, now = announce(endpoint), timezone.now()
    for seconds, error in ((WAITS[0], "500"), (90, "503")):
        assert fetch_announced(clock=at(now)).postponed == 1
        item.refresh_from_db()
        assert error in item.last_error
        assert item.claimed_until == now + timedelta(seconds=seconds)
        assert not fetch_announced(clock=at(now)).postponed, "not before its moment"
        now = item.claimed_until
    assert fetch_announced(clock=at(now)).completed == 1
    item.refresh_from_db()
    assert (item.state, item.last_error) == (IntakeState.RECEIVED, "")


def test_what_the_sender_does_not_know_any_more_is_a_dead_letter_at_once(
    endpoint: Endpoint, answers: Any
) -> None:
    answers[:] = [say({}, 404)]
    item = announce(endpoint)
    fetch_announced(clock=timezone.now)
    item.refresh_from_db()
    assert (item.state, "404" in item.last_error) == (IntakeState.DEAD, True)


def test_after_the_last_wait_it_is_a_dead_letter(endpoint: Endpoint, answers: Any) -> None:
    answers[:] = [say({}, 401)]
    item, now = announce(endpoint), timezone.now()
    for _ in range(len(WAITS)):
        fetch_announced(clock=at(now))
        item.refresh_from_db()
        assert item.state == IntakeState.NEEDS_FETCH
        now = item.claimed_until
    fetch_announced(clock=at(now))
    item.refresh_from_db()
    assert (item.state, "access token" in item.last_error) == (IntakeState.DEAD, True)


def test_without_its_token_the_sentence_says_what_to_set(endpoint: Endpoint) -> None:
    endpoint.secrets.all().delete()
    item = announce(endpoint)
    fetch_announced(clock=timezone.now)
    item.refresh_from_db()
    assert (item.state, item.last_error) == (IntakeState.NEEDS_FETCH, "No access token is set.")


@pytest.mark.parametrize("answer", [say([]), say({"email": 7}), say({})])
def test_an_answer_of_another_shape_does_not_stop_the_others(
    endpoint: Endpoint, answers: Any, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answers[:] = [answer, say({"email": "ada@example.com"})]
    announce(endpoint)
    announce(endpoint, "k2")
    with caplog.at_level(logging.DEBUG):
        report = fetch_announced(clock=timezone.now)
    assert report.completed >= 1
    assert TOKEN not in caplog.text


def test_a_lease_is_for_one_process(endpoint: Endpoint) -> None:
    announce(endpoint)
    now = timezone.now()
    assert len(lease_items(limit=5, now=now)) == 1
    assert lease_items(limit=5, now=now) == []
    assert len(lease_items(limit=5, now=now + timedelta(minutes=2))) == 1


def test_a_delivery_that_was_discarded_meanwhile_stays_so(endpoint: Endpoint, answers: Any) -> None:
    item = announce(endpoint)
    leased = lease_items(limit=5, now=timezone.now())
    IntakeItem.objects.update(state=IntakeState.DISCARDED)
    found = read_answer({}, {"email": "ada@example.com"}, Config(""))
    complete_item(item=leased[0], found=found, now=timezone.now())
    item.refresh_from_db()
    assert (item.state, item.payload["fields"]) == (IntakeState.DISCARDED, {})


# --- The client ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://api.sender.example/x",
        "https://api.sender.example:8443/x",
        "https://api.sender.example@evil.example/x",
        "https://evil.example/x",
        "https://169.254.169.254/x",
        "file:///etc/passwd",
        "https://api.sender.example.evil.example/",
    ],
)
def test_no_other_host_is_asked(url: str) -> None:
    with pytest.raises(FetchFailedError, match="not its sender's"):
        fetch_json(Question(url), host=HOST, now=timezone.now())


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "answered 302"),
        ((200, {}, b"x" * (1024 * 1024 + 1)), "larger than a megabyte"),
        ((200, {}, b"<html>"), "something else than JSON"),
        ((429, {"Retry-After": "soon"}, b""), "answered 429"),
    ],
)
def test_an_answer_that_cannot_be_used_is_said_without_the_address(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, sentence: str
) -> None:
    with serve_api(lambda *_: answer) as base:
        monkeypatch.setattr(settings, "FETCH_BASE_URLS", {HOST: base})
        with pytest.raises(FetchFailedError, match=sentence) as failure:
            fetch_json(Question(f"https://{HOST}/?t={TOKEN}"), host=HOST, now=timezone.now())
    assert TOKEN not in str(failure.value)


def test_a_server_that_keeps_silent_or_is_away_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silence = threading.Event()

    def answer(*_: Any) -> Answer:
        silence.wait(5)
        return say({})

    monkeypatch.setattr(client, "READ_SECONDS", 0.1)
    with serve_api(answer) as base:
        monkeypatch.setattr(settings, "FETCH_BASE_URLS", {HOST: base})
        with pytest.raises(FetchFailedError, match="did not answer in time"):
            fetch_json(Question(f"https://{HOST}/"), host=HOST, now=timezone.now())
        silence.set()
    with pytest.raises(FetchFailedError, match="cannot be reached"):
        fetch_json(Question(f"https://{HOST}/"), host=HOST, now=timezone.now())
