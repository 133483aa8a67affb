"""Reads the bytes of a mail as servers pass it on."""

import re
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

from leads.channels.mail.message import Mail, read_proofs

PARTS_LIMIT = 100
TEXT_LIMIT = 100_000
_HEADERS = ("auto-submitted", "precedence", "list-id")
_BLANKS = re.compile(r"[ \t\xa0]+")


class UnreadableMailError(ValueError):
    """Why the bytes are no mail, as a sentence."""


def read_bytes(raw: bytes) -> Mail:
    """The mail. Raises: UnreadableMailError when the bytes have no From and no Message-ID."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        if not (message["from"] or message["message-id"]):
            raise UnreadableMailError(
                "The bytes are no mail: neither From nor Message-ID is there."
            )
        text, attachments = _read_parts(message)
        return Mail(
            sender=_header(message, "from"),
            message_id=_header(message, "message-id"),
            reply_to=_header(message, "reply-to"),
            recipients=_header(message, "to"),
            subject=_header(message, "subject"),
            text=text,
            envelope_from=_envelope_from(message),
            in_reply_to=_header(message, "in-reply-to"),
            references=_header(message, "references"),
            sent_at=_moment(_header(message, "date")),
            headers={name: _header(message, name) for name in _HEADERS},
            attachments=attachments,
            proofs=read_proofs(_header(message, "authentication-results")),
        )
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError) as error:
        # The parser of the standard library raises many things on broken headers.
        if isinstance(error, UnreadableMailError):
            raise
        raise UnreadableMailError(f"The mail cannot be read ({type(error).__name__}).") from error


def html_to_text(html: str) -> str:
    """The words of a page; nothing of it is ever rendered."""
    reader = _Words()
    reader.feed(html[:TEXT_LIMIT])
    reader.close()
    lines = (_BLANKS.sub(" ", line).strip() for line in "".join(reader.found).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    _HIDDEN = frozenset({"script", "style", "head", "title", "template"})
    _BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in self._HIDDEN
        if tag in self._BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in self._HIDDEN))

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data.replace("\n", " "))


def _header(message: Message, name: str) -> str:
    try:
        return str(message[name] or "")
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""  # a header so broken that the standard library stumbles over it


def _envelope_from(message: Message) -> str | None:
    stated = _header(message, "return-path").strip()
    if not stated:
        return None
    return stated.strip("<>").strip()


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _read_parts(message: EmailMessage) -> tuple[str, tuple[dict[str, Any], ...]]:
    plain, html, attachments = "", "", []
    for number, part in enumerate(message.walk()):
        if number >= PARTS_LIMIT or part.is_multipart():
            continue
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or not kind.startswith("text/"):
            attachments.append(_describe(part, kind))
        elif kind == "text/plain":
            plain = plain or _text(part)
        elif kind == "text/html":
            html = html or _text(part)
    return (plain or html_to_text(html))[:TEXT_LIMIT], tuple(attachments)


def _describe(part: Message, kind: str) -> dict[str, Any]:
    content = part.get_payload(decode=True)
    size = len(content) if isinstance(content, bytes) else 0
    return {"name": (part.get_filename() or "")[:200], "content_type": kind, "size_bytes": size}


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a character set that nobody knows
        return content.decode("utf-8", "replace")
