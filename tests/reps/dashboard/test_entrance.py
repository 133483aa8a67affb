"""Signing in and out, where each role starts, and the pages for what goes wrong."""

import pytest
from django.test import Client

from reps.models import Rep
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_rep_signs_in_and_starts_with_the_day(rep: Rep, anonymous_client: Client) -> None:
    given = {"username": "maria-weber", "password": PASSWORD}
    answer = anonymous_client.post("/login/", given, follow=True)
    assert [address for address, _ in answer.redirect_chain] == ["/", "/my/"]


def test_a_wrong_password_is_refused_in_words(rep: Rep, anonymous_client: Client) -> None:
    given = {"username": "maria-weber", "password": "wrong"}
    answer = anonymous_client.post("/login/", given)
    assert "Please enter a correct username and password" in answer.content.decode()
    assert "_auth_user_id" not in anonymous_client.session


@pytest.mark.parametrize(
    ("persona", "start"), [("manager", "/admin/"), ("marketing", "/leads/"), ("rep", "/my/")]
)
def test_each_role_starts_where_its_work_is(
    persona: str, start: str, request: pytest.FixtureRequest
) -> None:
    assert request.getfixturevalue(f"{persona}_client").get("/").url == start


def test_signing_out_needs_a_post_and_ends_the_session(rep_client: Client) -> None:
    assert rep_client.get("/logout/").status_code == 405
    assert rep_client.post("/logout/").url == "/login/"
    assert rep_client.get("/my/").status_code == 302


def test_a_login_page_never_sends_people_to_another_site(rep_client: Client) -> None:
    assert rep_client.get("/login/?next=https://evil.example/").url == "/"


def test_an_unknown_address_is_answered_in_the_portals_own_words(rep_client: Client) -> None:
    answer = rep_client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_pages_carry_a_policy_without_inline_scripts_or_styles(rep_client: Client) -> None:
    answer = rep_client.get("/my/")
    policy, page = answer["Content-Security-Policy"], answer.content.decode()
    assert "unsafe" not in policy
    assert "style=" not in page
    assert "<script>" not in page
