"""The health address tells well from unwell, and nothing else to anybody."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from leadrouter.processes.heartbeats import beat
from tests.factories import IntakeItemFactory

pytestmark = pytest.mark.django_db

PARTS = {"database", "supervisor", "worker", "sweeper", "intake"}


def _everybody_alive(*, seconds_ago: float = 1) -> None:
    for name in ("supervisor", "worker", "sweeper"):
        beat(name=name, now=timezone.now() - timedelta(seconds=seconds_ago))


def test_everybody_alive_is_200_without_logging_in(anonymous_client: Client) -> None:
    _everybody_alive()
    answer = anonymous_client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert set(answer.json()["parts"]) == PARTS
    assert "no-store" in answer["Cache-Control"]


def test_a_part_never_heard_of_is_503(anonymous_client: Client) -> None:
    beat(name="worker", now=timezone.now())
    answer = anonymous_client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["sweeper"] == {"ok": False, "age_seconds": None}
    assert answer.json()["parts"]["worker"]["ok"] is True


def test_an_old_heartbeat_is_503(anonymous_client: Client) -> None:
    _everybody_alive(seconds_ago=61)
    answer = anonymous_client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"]["age_seconds"] >= 61


def test_a_newer_heartbeat_replaces_the_old_one(anonymous_client: Client) -> None:
    _everybody_alive(seconds_ago=61)
    _everybody_alive()
    assert anonymous_client.get("/healthz").status_code == 200


def test_a_lead_that_waits_too_long_is_503(anonymous_client: Client) -> None:
    _everybody_alive()
    IntakeItemFactory(
        state="RECEIVED", attempts=0, received_at=timezone.now() - timedelta(seconds=90)
    )
    answer = anonymous_client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["intake"]["ok"] is False


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_503_and_says_nothing_else(
    anonymous_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "NAME", "/nowhere/at/all")
        answer = anonymous_client.get("/healthz")
    connection.close()
    assert answer.status_code == 503
    assert json.loads(answer.content) == {
        "status": "failing",
        "parts": {"database": {"ok": False, "age_seconds": None}},
    }


def test_only_looking_is_allowed(anonymous_client: Client) -> None:
    assert anonymous_client.post("/healthz").status_code == 405
