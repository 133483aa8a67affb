"""Negative controls: the browser fixtures do notice what they are there to notice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

Open = Callable[..., Page]
Check = Callable[[Page], None]


def test_an_inline_script_is_stopped_by_the_policy_and_heard_of(
    transactional_db: None, open_page: Open, complaints: list[str]
) -> None:
    page = open_page("/login/")
    page.evaluate(
        """() => { const one = document.createElement("script");
                   one.textContent = "window.ranInline = true"; document.body.append(one); }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ranInline") is None
    assert any("Content Security Policy" in one for one in complaints)
    complaints.clear()


def test_a_field_without_a_name_is_found(
    transactional_db: None, open_page: Open, assert_accessible: Check
) -> None:
    page = open_page("/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page)


def test_a_page_too_wide_and_a_button_too_small_are_found(
    transactional_db: None, open_page: Open, assert_fits: Check
) -> None:
    page = open_page("/login/", size="phone")
    page.evaluate("document.querySelector('main button').style.minHeight = '20px'")
    with pytest.raises(AssertionError, match="px: <button"):
        assert_fits(page)
    page.evaluate("document.querySelector('main').style.width = '500px'")
    with pytest.raises(AssertionError, match="too wide"):
        assert_fits(page)
