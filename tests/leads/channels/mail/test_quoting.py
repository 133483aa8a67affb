"""What stands above a quotation, as mail programs write them."""

import time

import pytest

from leads.channels.html_text import html_to_text
from leads.channels.mail.quoting import strip_quotes


@pytest.mark.parametrize(
    "below",
    [
        "On Mon, 5 Jan 2026 at 09:30, Ada Example <ada@example.com> wrote:\n> No?",
        "On Mon, 5 Jan 2026 at 09:30, Ada Example\n<ada@example.com> wrote:\n\n> No?",
        "Am 05.01.2026 um 09:30 schrieb Ada Example <ada@example.com>:\n> Nein?",
        "Le lun. 5 janv. 2026 à 09:30, Ada <ada@example.com> a écrit :\n> Non ?",
        "El lun, 5 ene 2026 a las 9:30, Ada (<ada@example.com>) escribió:\n> No?",
        "-----Original Message-----\nFrom: Ada\nSent: Monday\n\nNo?",
        "From: Ada <ada@example.com>\nSent: Monday, 5 January 2026 09:30\nTo: Sales\nSubject: x\n\nNo?",
        "________________________________\nVon: Ada <ada@example.com>\nGesendet: Montag\n\nNein?",
        "> No?\n> Really?\n",
        "-- \nAda Example\nExample GmbH",
    ],
)
def test_only_what_was_written_now_is_left(below: str) -> None:
    assert strip_quotes(f"Yes, please.\n\nCall me.\n\n{below}") == "Yes, please.\n\nCall me."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday we decided:\nyes",
        "From: the beginning\nit was good",
        "On the phone he wrote",
        "I wrote to ada@example.com: no answer",
    ],
)
def test_what_only_looks_like_a_heading_is_kept(text: str) -> None:
    assert strip_quotes(f"Hello\n{text}") == f"Hello\n{text}"


@pytest.mark.parametrize(
    "text",
    ["\n" * 100_000, "> " * 50_000, ">\n" * 50_000, "On \n" * 25_000, "From: a\n" * 12_000,
     "on a@b\n" * 14_000, "_" * 100_000, "on " + "schrieb " * 12_000],
)  # fmt: skip
def test_no_text_keeps_the_search_busy(text: str) -> None:
    begun = time.perf_counter()
    strip_quotes(text)
    assert time.perf_counter() - begun < 1


def test_the_quotation_of_a_page_is_marked_so_that_it_can_be_left_out() -> None:
    page = "<div>Yes</div><blockquote><p>No?</p><p>Really?</p></blockquote>"
    assert html_to_text(page) == "Yes\n\n> No?\n\n> Really?"
    assert strip_quotes(html_to_text(page)) == "Yes"
