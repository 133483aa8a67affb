"""A pool's form with slider and tiers, and a rep's turns, wide and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reps.models import Rep
from routing.models import Pool, PoolMember
from tests.factories import PoolFactory, TurnEntryFactory, make_manager, make_rep

Open = Callable[..., Page]
Check = Callable[[Page], None]


@pytest.fixture
def rep(transactional_db: None) -> Rep:
    return make_rep(name="Maria Weber")


@pytest.fixture
def pool(rep: Rep) -> Pool:
    """Sixty turns, every other one Maria's."""
    sam = make_rep(name="Sam Carter")
    pool = PoolFactory(
        name="Donaudampfschifffahrt, small business", reps=[rep, sam], turn_number=60
    )
    PoolFactory(name="Night", reps=[rep])
    for number in range(60):
        taker, move = (rep, -500_000) if number % 2 == 0 else (sam, 500_000)
        TurnEntryFactory(
            pool=pool, rep=taker, deltas={str(rep.pk): move, str(sam.pk): -move},
            deferrals={str(rep.pk): 250_000} if number == 58 else {},
        )  # fmt: skip
    return pool


def test_the_slider_says_what_its_place_means_and_is_saved(
    open_page: Open, pool: Pool, assert_accessible: Check
) -> None:
    page = open_page(f"/admin/routing/pool/{pool.pk}/change/", user=make_manager())
    slider = page.get_by_label("Fairness or value")
    expect(slider).to_be_hidden()
    page.locator("#id_strategy").select_option("BEST_MATCH")
    expect(slider).to_be_visible()
    expect(page.locator("output[for=id_value_weight]")).to_have_text("50 %")
    slider.fill("100")
    expect(page.locator("output[for=id_value_weight]")).to_have_text("100 %: only value")
    assert_accessible(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/pool/")
    pool.refresh_from_db()
    assert (pool.strategy, pool.value_weight, pool.floor_share) == ("BEST_MATCH", 100, 50)


def test_tiers_are_asked_for_only_where_they_decide(open_page: Open, pool: Pool) -> None:
    page = open_page(f"/admin/routing/pool/{pool.pk}/change/", user=make_manager())
    tier = page.locator("#id_members-0-tier")
    expect(tier).to_be_hidden()
    page.locator("#id_strategy").select_option("TIERS")
    expect(tier).to_be_visible()
    expect(page.locator("#id_catch_up_turns")).to_be_hidden()
    tier.fill("2")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/pool/")
    assert sorted(PoolMember.objects.filter(pool=pool).values_list("tier", flat=True)) == [1, 2]


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_my_turns_are_read_page_by_page(
    open_page: Open,
    pool: Pool,
    rep: Rep,
    size: str,
    scheme: str,
    assert_accessible: Check,
    assert_fits: Check,
) -> None:
    page = open_page("/my/turns/", user=rep.user, size=size, scheme=scheme)
    rows = page.locator("table.turns tbody tr")
    expect(rows).to_have_count(50)
    expect(page.get_by_text("+0.25 kept for later")).to_be_visible()
    assert_accessible(page)
    if size == "phone":
        assert_fits(page)
    page.get_by_role("link", name="Older").click()
    expect(rows).to_have_count(10)
    page.get_by_role("link", name="Night").click()
    expect(page.get_by_text("No turns yet")).to_be_visible()


def test_a_manager_comes_from_the_pool_to_a_reps_turns(
    open_page: Open, pool: Pool, rep: Rep
) -> None:
    page = open_page(f"/admin/routing/pool/{pool.pk}/change/", user=make_manager())
    page.locator(".field-balance a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Turns of")


def test_the_phone_fits_the_pools_form(open_page: Open, pool: Pool) -> None:
    page = open_page(f"/admin/routing/pool/{pool.pk}/change/", user=make_manager(), size="phone")
    page.locator("#id_strategy").select_option("BEST_MATCH")
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0
