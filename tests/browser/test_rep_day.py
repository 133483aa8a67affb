"""A rep's day in a real browser: it keeps itself current, and hands and keyboard both work."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.models import Interaction, Lead, Place
from reps.models import Rep
from routing.models import Assignment, SlaKind
from tests.factories import (
    AssignmentFactory,
    DecisionFactory,
    HoldingQueueFactory,
    LeadFactory,
    SlaTimerFactory,
    make_rep,
)

LIVE_MS = 2000
"""A new or lost lead is on an open page within this time (product promise)."""

Open = Callable[..., Page]


@pytest.fixture
def rep(transactional_db: None) -> Rep:
    return make_rep(name="Maria Weber")


@pytest.fixture
def colleague(rep: Rep) -> Rep:
    return make_rep(name="Sam Carter", team=rep.team)


def _give(rep: Rep, *, minutes: float = 14, **lead: Any) -> Assignment:
    row: Assignment = AssignmentFactory(rep=rep, lead=LeadFactory(**lead))
    SlaTimerFactory(assignment=row, due_at=timezone.now() + timedelta(minutes=minutes))
    return row


def _row(page: Page, lead: Lead) -> Any:
    return page.locator(f"#lead-{lead.pk}")


def test_a_new_lead_appears_within_two_seconds_and_is_announced(rep: Rep, open_page: Open) -> None:
    page = open_page("/my/", user=rep.user)
    expect(page.get_by_text("Your desk is clear")).to_be_visible()
    page.evaluate("window.stayedOpen = true")
    lead = _give(rep, first_name="Anna", last_name="Schmidt").lead
    expect(_row(page, lead)).to_be_visible(timeout=LIVE_MS)
    expect(page.locator("#announcer")).to_contain_text("New lead: Anna Schmidt")
    expect(_row(page, lead)).to_have_class(re.compile("is-new"))
    assert page.evaluate("window.stayedOpen")


def test_a_lead_that_was_taken_away_leaves_within_two_seconds(
    rep: Rep, colleague: Rep, open_page: Open
) -> None:
    row = _give(rep)
    page = open_page("/my/", user=rep.user)
    expect(_row(page, row.lead)).to_be_visible()
    row.ended_at, row.end_reason = timezone.now(), "REASSIGNED"
    row.save()
    expect(_row(page, row.lead)).to_have_count(0, timeout=LIVE_MS)
    expect(page.locator("#announcer")).to_contain_text("No longer on your list")


def test_an_update_disturbs_neither_focus_nor_an_open_dialog(rep: Rep, open_page: Open) -> None:
    first = _give(rep).lead
    page = open_page("/my/", user=rep.user)
    page.locator(f"#touch-{first.pk}").click()
    page.get_by_label("Notes").fill("Half a sentence")
    second = _give(rep, minutes=5).lead
    expect(_row(page, second)).to_have_count(1, timeout=LIVE_MS)
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_value("Half a sentence")
    expect(page.get_by_label("Notes")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(f"#touch-{first.pk}").focus()
    third = _give(rep, minutes=3).lead
    expect(_row(page, third)).to_be_visible(timeout=LIVE_MS)
    expect(page.locator(f"#touch-{first.pk}")).to_be_focused()


def test_the_clock_runs_and_says_in_words_when_it_is_overdue(rep: Rep, open_page: Open) -> None:
    lead = _give(rep, minutes=0.06).lead
    page = open_page("/my/", user=rep.user)
    expect(_row(page, lead)).to_contain_text("due in")
    expect(_row(page, lead)).to_contain_text("overdue by", timeout=6000)


def test_of_two_who_claim_one_wins_and_the_other_hears_who(
    rep: Rep, colleague: Rep, open_page: Open
) -> None:
    queue = HoldingQueueFactory(teams=[rep.team])
    lead = LeadFactory(offered=True, queue=queue)
    DecisionFactory(lead=lead, queued=True, holding_queue=queue, epoch=lead.routing_epoch)
    winner = open_page("/my/", user=rep.user)
    loser = open_page("/my/", user=colleague.user)
    # The loser's page must not have heard of it yet when the loser clicks.
    loser.route("**/my/board/**", lambda route: route.fulfill(status=204))
    winner.locator(f"#claim-{lead.pk}").click()
    expect(_row(winner, lead)).to_be_visible()
    loser.locator(f"#claim-{lead.pk}").click()
    expect(loser.locator("#board-notices")).to_contain_text(
        re.compile(r"Maria Weber took this lead (a moment|\d+ seconds?) ago\.")
    )
    expect(loser.locator(f"#offer-{lead.pk}")).to_have_count(0)
    lead.refresh_from_db()
    assert (lead.owner, lead.assignments.count()) == (rep, 1)


def test_a_lead_is_accepted_in_place(rep: Rep, open_page: Open) -> None:
    row = _give(rep)
    SlaTimerFactory(assignment=row, kind=SlaKind.ACCEPTANCE)
    page = open_page("/my/", user=rep.user)
    _row(page, row.lead).get_by_role("button", name="Accept").click()
    expect(page.locator("#board-notices")).to_contain_text(f"You accepted {row.lead}.")
    expect(_row(page, row.lead).get_by_role("button", name="Accept")).to_have_count(0)
    row.refresh_from_db()
    assert row.accepted_at is not None


def test_declining_asks_why_before_the_lead_goes(
    rep: Rep, open_page: Open, complaints: list[str]
) -> None:
    row = _give(rep)
    page = open_page("/my/", user=rep.user)
    _row(page, row.lead).get_by_role("link", name="Decline").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Decline lead").click()
    expect(dialog).to_contain_text("This field is required.")
    complaints[:] = [one for one in complaints if "422" not in one]
    dialog.get_by_label("Why?").select_option("Not my territory")
    dialog.get_by_role("button", name="Decline lead").click()
    expect(dialog).to_be_hidden()
    expect(_row(page, row.lead)).to_have_count(0)
    row.refresh_from_db()
    assert row.end_note == "Not my territory"
    assert Lead.objects.get().place != Place.OWNED


def test_logging_a_touch_stops_the_clock(rep: Rep, open_page: Open) -> None:
    row = _give(rep)
    page = open_page("/my/", user=rep.user)
    _row(page, row.lead).get_by_role("link", name="Log a touch").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Call", exact=True).click()
    dialog.get_by_label("How did it go?").select_option("reached")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(_row(page, row.lead)).to_contain_text("In touch")
    assert Interaction.objects.filter(lead=row.lead, kind="CALL", actor=rep.user).exists()


def test_the_keyboard_moves_opens_accepts_and_claims(rep: Rep, open_page: Open) -> None:
    urgent, calm = _give(rep, minutes=3), _give(rep, minutes=30)
    offer = LeadFactory(offered=True, queue=HoldingQueueFactory(reps=[rep]))
    page = open_page("/my/", user=rep.user)
    page.keyboard.press("j")
    expect(_row(page, urgent.lead)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#board-notices")).to_contain_text(f"You accepted {calm.lead}.")
    page.keyboard.press("j")
    expect(page.locator(f"#offer-{offer.pk}")).to_be_focused()
    page.keyboard.press("c")
    expect(_row(page, offer)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    _row(page, urgent.lead).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(str(urgent.lead))


def test_a_key_goes_to_the_queues_and_a_claim_leaves_the_focus_there(
    rep: Rep, open_page: Open
) -> None:
    for _ in range(3):
        _give(rep, minutes=30)
    queue = HoldingQueueFactory(reps=[rep])
    first, second = (LeadFactory(offered=True, queue=queue) for _ in range(2))
    page = open_page("/my/", user=rep.user)
    page.keyboard.press("q")
    expect(page.locator(f"#offer-{first.pk}")).to_be_focused()
    page.keyboard.press("c")
    expect(_row(page, first)).to_be_visible()
    expect(page.locator(f"#offer-{second.pk}")).to_be_focused()


def test_shortcuts_can_be_switched_off_and_every_control_is_reached_by_tab(
    rep: Rep, open_page: Open
) -> None:
    lead = _give(rep).lead
    page = open_page("/my/", user=rep.user)
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_label("Use single-key shortcuts on this device").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(_row(page, lead)).not_to_be_focused()
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert {
        "availability",
        f"accept-{lead.pk}",
        f"touch-{lead.pk}",
        f"decline-{lead.pk}",
    } <= reached


def test_the_switch_says_its_state_in_words(rep: Rep, open_page: Open) -> None:
    page = open_page("/my/", user=rep.user)
    switch = page.get_by_role("switch")
    expect(switch).to_have_text("Accepting leads: on")
    switch.click()
    expect(switch).to_have_text("Accepting leads: off")
    expect(switch).to_have_attribute("aria-checked", "false")
    rep.refresh_from_db()
    assert rep.is_accepting is False


def test_a_lost_connection_is_shown_and_forgotten_when_it_is_back(
    rep: Rep, open_page: Open, complaints: list[str]
) -> None:
    page = open_page("/my/", user=rep.user)
    banner = page.locator("#connection-lost")
    page.context.set_offline(True)
    expect(banner).to_be_visible(timeout=10_000)
    page.context.set_offline(False)
    expect(banner).to_be_hidden(timeout=10_000)
    expected = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    complaints[:] = [one for one in complaints if not any(word in one for word in expected)]


def test_a_hidden_tab_does_not_ask(rep: Rep, open_page: Open) -> None:
    page = open_page("/my/", user=rep.user)
    page.evaluate(
        """() => { Object.defineProperty(document, "hidden", {value: true, configurable: true});
                   document.dispatchEvent(new Event("visibilitychange")); }"""
    )
    page.wait_for_timeout(300)  # what was on its way may arrive
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []


def test_everything_works_without_javascript(rep: Rep, open_page: Open) -> None:
    row = _give(rep)
    offer = LeadFactory(offered=True, queue=HoldingQueueFactory(reps=[rep]))
    page = open_page("/my/", user=rep.user, scripts=False)
    page.locator(f"#claim-{offer.pk}").click()
    expect(page.locator("#messages")).to_contain_text(f"{offer} is yours.")
    page.locator(f"#accept-{row.lead.pk}").click()
    expect(page.locator("#messages")).to_contain_text(f"You accepted {row.lead}.")
    page.locator(f"#touch-{row.lead.pk}").click()
    page.get_by_label("How did it go?").select_option("no answer")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved on the timeline")
    expect(_row(page, row.lead)).to_contain_text("In touch")


@pytest.mark.parametrize("address", ["/leads/{}/", "/leads/{}/touch/"])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_touch_is_corrected_where_it_was_refused_and_then_saved(
    address: str, scripts: bool, rep: Rep, open_page: Open, complaints: list[str]
) -> None:
    lead = _give(rep).lead
    page = open_page(address.format(lead.public_id), user=rep.user, scripts=scripts)
    opened_at = page.url
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".invalid-feedback")).to_have_text("Say how it went.")
    assert page.url == opened_at or not scripts
    complaints[:] = [one for one in complaints if "422" not in one]
    page.get_by_label("How did it go?").select_option("reached")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("Saved on the timeline")
    assert page.url.endswith(f"/leads/{lead.public_id}/")
    assert Interaction.objects.filter(lead=lead, kind="CALL").count() == 1


def test_a_touch_leaves_one_board_and_a_silent_console(
    rep: Rep, open_page: Open, complaints: list[str]
) -> None:
    row = _give(rep)
    page = open_page("/my/", user=rep.user)
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if said.type == "warning" else None)
    page.locator(f"#touch-{row.lead.pk}").click()
    page.get_by_label("Notes").evaluate("box => box.style.height = '9rem'")  # as by its handle
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".invalid-feedback")).to_be_visible()
    complaints[:] = [one for one in complaints if "422" not in one]
    page.get_by_label("How did it go?").select_option("reached")
    page.get_by_role("button", name="Save").click()
    expect(_row(page, row.lead)).to_contain_text("In touch")
    expect(page.locator("[id=board]")).to_have_count(1)
    expect(_row(page, _give(rep).lead)).to_be_visible(timeout=LIVE_MS)
    assert warnings == []


def test_a_claim_far_down_on_the_phone_is_confirmed_where_the_rep_is(
    rep: Rep, open_page: Open
) -> None:
    for _ in range(6):
        _give(rep)
    offers = LeadFactory.create_batch(3, offered=True, queue=HoldingQueueFactory(reps=[rep]))
    page = open_page("/my/", user=rep.user, size="phone")
    page.locator(f"#claim-{offers[-1].pk}").click()
    toast = page.locator("#board-notices")
    expect(toast).to_contain_text(f"{offers[-1]} is yours.")
    expect(toast.locator(".notice")).to_be_in_viewport(ratio=1)
    expect(toast).to_have_attribute("aria-live", "polite")
    navigation = page.get_by_role("navigation", name="Main").bounding_box()
    shown = toast.bounding_box()
    assert navigation
    assert shown
    assert shown["y"] + shown["height"] <= navigation["y"]
    toast.get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(offers[-1]))


def test_a_toast_can_be_dismissed(rep: Rep, open_page: Open) -> None:
    page = open_page("/my/", user=rep.user)
    page.get_by_role("switch").click()
    expect(page.locator("#board-notices .notice")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#board-notices .notice")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_long_queue_is_folded_on_the_phone_and_unfolds(
    scripts: bool, rep: Rep, open_page: Open
) -> None:
    queue = HoldingQueueFactory(reps=[rep])
    offers = LeadFactory.create_batch(14, offered=True, queue=queue)
    page = open_page("/my/", user=rep.user, size="phone", scripts=scripts)
    shown = page.locator("[data-row=offer]:visible")
    expect(page.locator(f"#offer-{offers[2].pk}")).to_be_visible()
    expect(page.locator(f"#claim-{offers[3].pk}")).to_be_hidden()
    page.get_by_text("Show all 14").click()
    expect(shown).to_have_count(14)
    if scripts:  # news renews the board and leaves the fold open
        expect(_row(page, _give(rep).lead)).to_be_visible(timeout=LIVE_MS)
        expect(page.locator(f"#claim-{offers[13].pk}")).to_be_visible()
    page.get_by_text("Show fewer").click()
    expect(shown).to_have_count(3)


def test_a_long_queue_is_shown_whole_where_there_is_room(rep: Rep, open_page: Open) -> None:
    offers = LeadFactory.create_batch(5, offered=True, queue=HoldingQueueFactory(reps=[rep]))
    page = open_page("/my/", user=rep.user)
    expect(page.get_by_text("Show all 5")).to_be_hidden()
    page.keyboard.press("k")
    expect(page.locator(f"#offer-{offers[4].pk}")).to_be_focused()
