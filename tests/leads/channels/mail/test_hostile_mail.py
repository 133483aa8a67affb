"""Mail of anybody costs no more time than its length, and nothing in it raises."""

import time

import pytest

from leads.channels.html_text import html_to_text
from leads.channels.mail.message import Mail, read_mail
from leads.channels.mail.rfc822 import read_bytes
from leads.domain.envelope import Unreadable

LENGTH = 200_000
ENOUGH_SECONDS = 1.5  # some 0.2 are needed; what looks at the rest again and again needs minutes


@pytest.mark.parametrize(
    "piece", ["<a ", "</a ", "<!--", "<!", "<?", "<", "<a x='", '<a x="', "<script>", "&#", "<p>"]
)
def test_html_of_unclosed_tags_is_read_in_one_pass(piece: str) -> None:
    started = time.perf_counter()
    html_to_text(piece * (LENGTH // len(piece)))
    assert time.perf_counter() - started < ENOUGH_SECONDS


def test_the_words_of_html_are_kept_and_nothing_else() -> None:
    source = (
        '<head><title>x</title><style>p{a>b}</style></head><p class="a>b">One &amp; two<br/>three '
        "&lt;b&gt;</p><!-- no <b> --><script>if (a<b) x()</SCRIPT ><blockquote>old</blockquote>1 < 2"
        '<p style="x>bad</p>end<!-- never ended'
    )
    assert html_to_text(source) == "One & two\nthree <b>\n\n> old\n1 < 2\nbad\nend"


def test_brackets_within_brackets_are_no_address_and_no_error() -> None:
    found = read_mail(Mail(sender="(" * 5_000), key="k", own_domains=())
    assert isinstance(found, Unreadable)
    assert "address" in found.reason


@pytest.mark.parametrize(
    "name", ["From", "Subject", "Message-ID", "References", "Reply-To", "Date"]
)
@pytest.mark.parametrize("piece", ["(", '"', "<", "a@b.c,", "=?utf-8?q?a?= ", "a:;"])
def test_a_header_of_any_length_is_read_at_once(name: str, piece: str) -> None:
    hostile = f"{name}: {piece * (30_000 // len(piece))}\n"
    started = time.perf_counter()
    mail = read_bytes(f"From: ada@example.com\n{hostile}\nHello".encode())
    assert time.perf_counter() - started < ENOUGH_SECONDS
    assert (mail.sender, mail.text) == ("ada@example.com", "Hello")


def test_a_folded_header_is_one_line() -> None:
    mail = read_bytes(b"From: Ada\n <ada@example.com>\nSubject: A\n\tquestion\n\nHello")
    assert (mail.sender, mail.subject.split()) == ("Ada <ada@example.com>", ["A", "question"])
