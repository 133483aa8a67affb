"""Leads that may be one, reviewed, merged and undone by people."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import DuplicatePair, Lead, LeadMerge, MatchingSettings, Place
from leads.services.pairing import propose_pair
from tests.factories import AssignmentFactory, LeadFactory
from tests.routing.services.conftest import Desk, desk

__all__ = ["desk"]  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(desk: Desk) -> DuplicatePair:
    """Eva by her work address, and by a private one with a phone."""
    desk.route(full_name="Eva Grünbaum", email="eva@acme.example", company="Acme", city="Bonn")
    desk.route(full_name="Eva Gruenbaum", email="eva77@gmail.com", company="Acme",
               phone="+49 228 555010")  # fmt: skip
    return DuplicatePair.objects.get()


def review_url(pair: DuplicatePair) -> str:
    return reverse("admin:leads_duplicatepair_review", args=[pair.pk])


def test_the_queue_shows_who_may_be_one_and_opens_the_review(
    manager_client: Client, pair: DuplicatePair
) -> None:
    url = reverse("admin:leads_duplicatepair_changelist")
    text = manager_client.get(url, follow=True).content.decode()
    assert "Eva Grünbaum · Eva Gruenbaum" in text
    opened = manager_client.get(reverse("admin:leads_duplicatepair_change", args=[pair.pk]))
    assert opened.url == review_url(pair)  # type: ignore[attr-defined]


def test_the_review_shows_both_side_by_side_with_sentences(
    marketing_client: Client, pair: DuplicatePair
) -> None:
    text = marketing_client.get(review_url(pair)).content.decode()
    assert "The company is the same: Acme." in text
    for value in ("eva@acme.example", "eva77@gmail.com", "+49228555010", "Bonn"):
        assert value in text


def test_marketing_merges_with_choices_and_undoes_it(
    marketing_client: Client, marketing: Any, pair: DuplicatePair
) -> None:
    answer = {"decision": "merge", "reason": "Same Eva", "email": "merged", "name": "kept"}
    said = marketing_client.post(review_url(pair), answer, follow=True).content.decode()
    assert "is now part of" in said
    merge = LeadMerge.objects.get()
    assert (merge.merged_by, merge.reason) == (marketing, "Same Eva")
    assert Lead.objects.current().get().email == merge.merged.email

    url = reverse("admin:leads_leadmerge_undo", args=[merge.pk])
    undone = marketing_client.post(url, {"reason": "Two Evas"}, follow=True).content.decode()
    assert "is a lead of its own again" in undone
    assert Lead.objects.current().count() == 2


@pytest.mark.parametrize(("decision", "state"), [("apart", "APART"), ("later", "OPEN")])
def test_a_pair_is_kept_apart_or_put_off(
    manager_client: Client, pair: DuplicatePair, decision: str, state: str
) -> None:
    manager_client.post(review_url(pair), {"decision": decision})
    pair.refresh_from_db()
    assert pair.state == state
    assert (pair.postponed_at is not None) == (decision == "later")
    assert not LeadMerge.objects.exists()


def test_the_second_of_two_reviewers_is_told(manager_client: Client, pair: DuplicatePair) -> None:
    manager_client.post(review_url(pair), {"decision": "apart"})
    again = manager_client.post(review_url(pair), {"decision": "merge"}, follow=True)
    assert "is not possible" in again.content.decode()
    assert not LeadMerge.objects.exists()


def test_a_rep_sees_neither_queue_nor_review(desk: Desk, pair: DuplicatePair) -> None:
    rep_client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    rep_client.force_login(desk.reps[0].user, backend=backend)
    before = DuplicatePair.objects.values().get()
    for url in (review_url(pair), reverse("admin:leads_duplicatepair_changelist")):
        assert rep_client.post(url, {"decision": "merge"}).status_code in (302, 403)
    assert DuplicatePair.objects.values().get() == before
    assert not LeadMerge.objects.exists()


def test_old_ids_lead_to_the_lead_that_was_kept(
    manager_client: Client, pair: DuplicatePair
) -> None:
    manager_client.post(review_url(pair), {"decision": "merge"})
    merge = LeadMerge.objects.get()
    page = manager_client.get(f"/leads/{merge.merged.public_id}/")
    assert page.url == f"/leads/{merge.kept.public_id}/"  # type: ignore[attr-defined]
    answer = manager_client.get(f"/api/v1/leads/{merge.merged.public_id}/")
    assert answer.status_code == 307
    assert answer.json() == {"merged_into": str(merge.kept.public_id)}
    assert answer.headers["Location"] == f"/api/v1/leads/{merge.kept.public_id}/"
    found = manager_client.get("/api/v1/leads/").json()["results"]
    assert [row["id"] for row in found] == [str(merge.kept.public_id)]
    assert str(merge.merged.public_id) not in manager_client.get("/leads/").content.decode()


def test_a_rep_whose_lead_was_merged_into_anothers_still_sees_what_it_was(desk: Desk) -> None:
    from routing.services.merging import merge_people
    from tests.factories import make_manager

    one, other = desk.route(full_name="Eva G"), desk.route(full_name="Eve G")
    boss = make_manager()
    done = merge_people(
        lead_ids=(one.pk, other.pk), choices={}, user=boss, reason="Same", now=desk.now
    )
    assert other.owner is not None
    client = Client()
    client.force_login(other.owner.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/leads/{done.merged.public_id}/")
    assert page.status_code == 200
    assert "Merged into Eva G" in page.content.decode()


def test_the_lead_page_shows_pairs_and_merges_to_those_who_review(
    manager_client: Client, pair: DuplicatePair
) -> None:
    text = manager_client.get(f"/leads/{pair.one.public_id}/").content.decode()
    assert review_url(pair) in text
    manager_client.post(review_url(pair), {"decision": "merge"})
    merge = LeadMerge.objects.get()
    text = manager_client.get(f"/leads/{merge.kept.public_id}/").content.decode()
    assert reverse("admin:leads_leadmerge_change", args=[merge.pk]) in text
    admin = manager_client.get(reverse("admin:leads_lead_change", args=[merge.kept_id]))
    assert f"includes {merge.merged}" in admin.content.decode()


def test_a_person_names_the_other_lead(manager_client: Client) -> None:
    one, other = (
        LeadFactory(parked=True, email="a@a.example"),
        LeadFactory(parked=True, email="b@b.example"),
    )
    url = reverse("admin:leads_lead_merge", args=[one.pk])
    refused = manager_client.post(url, {"other": "c@c.example"}).content.decode()
    assert "No other lead fits" in refused
    assert not DuplicatePair.objects.exists()
    answer = manager_client.post(url, {"other": str(other.public_id)})
    assert answer.url == review_url(DuplicatePair.objects.get())  # type: ignore[attr-defined]


def test_what_was_kept_apart_can_be_compared_again(pair: DuplicatePair, desk: Desk) -> None:
    pair.state, pair.decided_at = "APART", desk.now
    pair.save()
    propose_pair(lead=pair.other, other=pair.one, now=desk.now)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_at) == ("OPEN", None)


def test_thresholds_are_changed_and_tried_by_a_manager(
    manager_client: Client, pair: DuplicatePair
) -> None:
    url = reverse("admin:leads_matchingsettings_changelist")
    page = manager_client.get(url, follow=True)
    assert "Of the newest 2 leads 0 would be merged at once, 1 put into the queue" in (
        page.content.decode()
    )
    row = MatchingSettings.objects.get()
    tried = manager_client.post(
        reverse("admin:leads_matchingsettings_preview", args=[row.pk]),
        {"certain_from": "90", "likely_from": "80"},
        follow=True,
    )
    assert "0 put into the queue, and 1 that share something left alone" in tried.content.decode()
    change = reverse("admin:leads_matchingsettings_change", args=[row.pk])
    refused = manager_client.post(change, {"certain_from": "12", "likely_from": "15"})
    assert "must ask for more than what is reviewed" in refused.content.decode()
    manager_client.post(
        change, {"is_active": "on", "certain_from": "33", "likely_from": "15", "_save": "Save"}
    )
    row.refresh_from_db()
    assert (row.certain_from, row.likely_from) == (33, 15)


def test_marketing_cannot_change_thresholds(marketing_client: Client) -> None:
    row = MatchingSettings.objects.create(pk=1)
    url = reverse("admin:leads_matchingsettings_change", args=[row.pk])
    assert marketing_client.post(url, {"certain_from": "99"}).status_code == 403
    row.refresh_from_db()
    assert row.certain_from == 29


def test_a_merged_lead_is_not_offered_a_merge(manager_client: Client, pair: DuplicatePair) -> None:
    manager_client.post(review_url(pair), {"decision": "merge"})
    merge = LeadMerge.objects.get()
    url = reverse("admin:leads_lead_merge", args=[merge.merged_id])
    assert "is not possible" in manager_client.get(url, follow=True).content.decode()
    assert merge.merged.place == Place.CLOSED
    assert AssignmentFactory._meta.model.objects.filter(ended_at=None).count() == 1
