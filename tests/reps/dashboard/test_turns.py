"""The page of a rep's turns: whose it is, what it costs, how it turns pages."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reps.models import Rep
from routing.models import PoolMember
from tests.factories import PoolFactory, TurnEntryFactory, make_rep

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(rep: Rep) -> PoolMember:
    """A rep with a hundred and twenty turns, every third of them theirs, another pool beside it."""
    other = make_rep(name="Sam Carter")
    pool = PoolFactory(name="A pool", reps=[rep, other])
    PoolFactory(name="B pool", reps=[rep])
    for number in range(120):
        is_own = number % 3 == 0
        move = -500_000 if is_own else 500_000
        TurnEntryFactory(
            pool=pool,
            rep=rep if is_own else other,
            deltas={str(rep.pk): move, str(other.pk): -move},
        )
    PoolMember.objects.filter(pool=pool, rep=rep).update(balance_microturns=20_000_000)
    return PoolMember.objects.get(pool=pool, rep=rep)


def test_pages_go_back_to_the_beginning_and_the_balance_goes_to_nothing(
    member: PoolMember, rep_client: Client
) -> None:
    url, balances, pages = "/my/turns/", [], 0
    while url:
        page = rep_client.get(url).context["page"]
        balances += [line.balance for line in page.lines]
        pages += 1
        url = f"/my/turns/?pool={member.pool.slug}&before={page.before}" if page.before else ""
    assert pages == 3
    assert len(balances) == 120
    assert balances[0] == 20_000_000
    assert balances[-1] == -500_000  # after the very first turn, which was the rep's own


def test_every_page_costs_the_same(member: PoolMember, rep_client: Client) -> None:
    counts = []
    for query in ("", "?before=100", "?before=60", "?pool=nothing"):
        with CaptureQueriesContext(connection) as queries:
            assert rep_client.get(f"/my/turns/{query}").status_code == 200
        counts.append(len(queries))
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²", ""])
def test_a_strange_address_shows_the_newest(
    member: PoolMember, rep_client: Client, before: str
) -> None:
    page = rep_client.get("/my/turns/", {"before": before}).context["page"]
    assert page.lines[0].number == 120


def test_another_pool_is_a_click_away_and_an_empty_one_says_so(
    member: PoolMember, rep_client: Client
) -> None:
    text = rep_client.get("/my/turns/").content.decode()
    slug = rep_client.get("/my/turns/").context["members"][1].pool.slug
    assert f"?pool={slug}" in text
    assert "No turns yet" in rep_client.get(f"/my/turns/?pool={slug}").content.decode()


def test_who_is_in_no_pool_reads_that(rep: Rep, rep_client: Client) -> None:
    assert "You are not a member of a pool" in rep_client.get("/my/turns/").content.decode()


def test_a_manager_reads_the_same_of_any_rep_and_others_do_not(
    member: PoolMember, rep_client: Client, manager_client: Client
) -> None:
    url = f"/turns/{member.rep.slug}/"
    mine = rep_client.get("/my/turns/").context["page"].lines
    assert manager_client.get(url).context["page"].lines == mine
    assert rep_client.get(url).status_code == 403
    assert manager_client.get("/turns/nobody/").status_code == 404
    assert manager_client.get("/my/turns/").status_code == 403
    assert Client().get(url).status_code == 302
