"""Deliveries that did not become leads: retried, released or discarded, and by whom."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leadrouter.common.errors import InvalidInput
from leads.models import IntakeItem, IntakeState
from leads.services.dead_letters import NotStuck, discard_item, release_item, retry_item
from leads.signals import lead_ready
from tests.factories import IntakeItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def wakes() -> Iterator[list[Any]]:
    heard: list[Any] = []

    def hear(sender: Any, **_: Any) -> None:
        heard.append(sender)

    lead_ready.connect(hear)
    yield heard
    lead_ready.disconnect(hear)


def test_a_retried_dead_letter_waits_again_with_all_its_attempts(
    administrator: Any, wakes: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    item = IntakeItemFactory(dead=True)
    with django_capture_on_commit_callbacks(execute=True):
        retry_item(item=item, user=administrator, now=timezone.now())
    item.refresh_from_db()
    assert (item.state, item.attempts, item.processed_at) == (IntakeState.RECEIVED, 0, None)
    assert wakes == [IntakeItem]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        administrator,
        str(item.pk),
        "Tried again",
    )


def test_a_released_item_leaves_quarantine(administrator: Any) -> None:
    item = IntakeItemFactory(state=IntakeState.QUARANTINED)
    release_item(item=item, user=administrator, now=timezone.now())
    assert IntakeItem.objects.get().state == IntakeState.RECEIVED


def test_a_discarded_item_keeps_what_was_received_and_says_why(administrator: Any) -> None:
    item = IntakeItemFactory(dead=True)
    raw = bytes(item.raw)
    discard_item(item=item, user=administrator, reason=" a test ", now=timezone.now())
    item = IntakeItem.objects.get()
    assert (item.state, bytes(item.raw)) == (IntakeState.DISCARDED, raw)
    assert item.processed_at is not None
    assert LogEntry.objects.get().change_message == "Discarded: a test"


@pytest.mark.parametrize("state", [IntakeState.RECEIVED, IntakeState.LINKED, IntakeState.DISCARDED])
def test_what_is_not_stuck_is_refused_and_nothing_is_written(
    administrator: Any, state: str
) -> None:
    item = IntakeItemFactory(state=state)
    before = IntakeItem.objects.values().get()
    now = timezone.now()
    for refused in (
        lambda: retry_item(item=item, user=administrator, now=now),
        lambda: release_item(item=item, user=administrator, now=now),
        lambda: discard_item(item=item, user=administrator, reason="x", now=now),
    ):
        with pytest.raises(NotStuck, match="nothing was changed"):
            refused()
    assert IntakeItem.objects.values().get() == before
    assert not LogEntry.objects.exists()


def test_the_second_of_two_people_is_told_that_nothing_was_changed(administrator: Any) -> None:
    item = IntakeItemFactory(dead=True)
    stale = IntakeItem.objects.get(pk=item.pk)
    retry_item(item=item, user=administrator, now=timezone.now())
    with pytest.raises(NotStuck, match="Received"):
        discard_item(item=stale, user=administrator, reason="late", now=timezone.now())
    assert IntakeItem.objects.get().state == IntakeState.RECEIVED


def test_discarding_without_a_reason_is_refused(administrator: Any) -> None:
    item = IntakeItemFactory(dead=True)
    with pytest.raises(InvalidInput):
        discard_item(item=item, user=administrator, reason="  ", now=timezone.now())
    assert IntakeItem.objects.get().state == IntakeState.DEAD
    assert not LogEntry.objects.exists()


def test_a_manager_retries_a_dead_letter_on_its_page(manager_client: Client) -> None:
    item = IntakeItemFactory(dead=True)
    url = reverse("admin:leads_intakeitem_retry", args=[item.pk])
    page = manager_client.get(reverse("admin:leads_intakeitem_change", args=[item.pk]))
    assert url in page.content.decode()
    assert manager_client.get(url).status_code == 200
    assert IntakeItem.objects.get().state == IntakeState.DEAD, "looking changes nothing"
    response = manager_client.post(url, follow=True)
    assert "The delivery is tried again." in response.content.decode()
    assert IntakeItem.objects.get().state == IntakeState.RECEIVED


def test_discarding_on_the_page_asks_for_a_reason_first(manager_client: Client) -> None:
    item = IntakeItemFactory(dead=True)
    url = reverse("admin:leads_intakeitem_discard", args=[item.pk])
    response = manager_client.post(url, {"reason": ""})
    assert response.status_code == 200
    assert "This field is required" in response.content.decode()
    assert IntakeItem.objects.get().state == IntakeState.DEAD
    manager_client.post(url, {"reason": "A test of ours"})
    assert IntakeItem.objects.get().state == IntakeState.DISCARDED


def test_marketing_looks_at_dead_letters_and_cannot_change_them(marketing_client: Client) -> None:
    item = IntakeItemFactory(dead=True)
    page = marketing_client.get(reverse("admin:leads_intakeitem_change", args=[item.pk]))
    assert page.status_code == 200
    for step in ("retry", "discard"):
        url = reverse(f"admin:leads_intakeitem_{step}", args=[item.pk])
        assert url not in page.content.decode()
        assert marketing_client.post(url, {"reason": "x"}).status_code == 403
    assert IntakeItem.objects.get().state == IntakeState.DEAD
    assert not LogEntry.objects.exists()


def test_only_administrators_see_the_exact_bytes(
    administrator_client: Client, manager_client: Client
) -> None:
    item = IntakeItemFactory(dead=True, raw=b'{"card": "secret-\xff"}')
    url = reverse("admin:leads_intakeitem_change", args=[item.pk])
    assert "secret-\\xff" in administrator_client.get(url).content.decode()
    assert "secret-" not in manager_client.get(url).content.decode()


@pytest.mark.parametrize("payload", [[], "text", {"fields": {}}, {"fields": {"email": None}}])
def test_a_strange_payload_is_shown_and_breaks_no_page(
    administrator_client: Client, payload: Any
) -> None:
    item = IntakeItemFactory(dead=True, payload=payload, raw=b"")
    for url in (
        reverse("admin:leads_intakeitem_changelist"),
        reverse("admin:leads_intakeitem_change", args=[item.pk]),
    ):
        assert administrator_client.get(url).status_code == 200
