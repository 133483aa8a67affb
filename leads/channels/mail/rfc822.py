"""Reads the bytes of a mail as servers pass it on."""

from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import Any

from leads.channels.html_text import html_to_text
from leads.channels.mail.message import Mail, read_proofs

PARTS_LIMIT = 100
TEXT_LIMIT = 100_000
_HEADER_LIMIT = 2_000
_HEADERS = ("auto-submitted", "precedence", "list-id")


class UnreadableMailError(ValueError):
    """Why the bytes are no mail, as a sentence."""


def read_bytes(raw: bytes) -> Mail:
    """The mail. Raises: UnreadableMailError when the bytes have no From and no Message-ID."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        if not ("from" in message or "message-id" in message):
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
            sent_at=read_moment(_header(message, "date")),
            headers={name: _header(message, name) for name in _HEADERS},
            attachments=attachments,
            proofs=read_proofs(_header(message, "authentication-results")),
        )
    except (
        MessageError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        IndexError,
        RecursionError,
    ) as error:
        # The parser of the standard library raises many things on broken headers.
        if isinstance(error, UnreadableMailError):
            raise
        raise UnreadableMailError(f"The mail cannot be read ({type(error).__name__}).") from error


def _header(message: Message, name: str) -> str:
    """The first of that name, decoded, as far as anybody would write it: reading a header takes the
    standard library the square of its length, half a minute for thirty thousand quotation marks."""
    raw = next((text for key, text in message.raw_items() if key.lower() == name), "")
    try:
        return str(policy.default.header_fetch_parse(name, str(raw)[:_HEADER_LIMIT]) or "")
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError):
        return ""  # a header so broken that the standard library stumbles over it


def _envelope_from(message: Message) -> str | None:
    stated = _header(message, "return-path").strip()
    if not stated:
        return None
    return stated.strip("<>").strip()


def read_moment(text: str) -> datetime | None:
    """The moment of a Date header, None when it is none."""
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
