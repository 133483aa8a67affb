"""The header of a mail as services hand it over: in one piece, or as pairs beside fields of their own."""

from collections.abc import Iterable, Mapping
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Any

from leads.channels.mail.message import Mail, read_proofs
from leads.channels.mail.rfc822 import read_moment

_LINE_LIMIT = 20_000
_TEXT_LIMIT = 400_000
_HEADERS_LIMIT = 300

Headers = dict[str, str]


def headers_of_pairs(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Decoded values by lower-case name; of several with one name the first counts."""
    values: Headers = {}
    for name, value in pairs:
        if len(values) >= _HEADERS_LIMIT:
            break
        values.setdefault(name.strip().lower(), decode(value))
    return values


def headers_of_text(text: str) -> Headers:
    """As `headers_of_pairs`, of the lines above a mail; folded ones are joined."""
    pairs: list[tuple[str, str]] = []
    for line in text[:_TEXT_LIMIT].splitlines():
        if line[:1] in (" ", "\t") and pairs:
            name, value = pairs[-1]
            pairs[-1] = name, f"{value} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            pairs.append((name, value.strip()))
        elif not line.strip() and pairs:
            break
    return headers_of_pairs(pairs)


def mail_of_headers(
    headers: Mapping[str, str], *, otherwise: Mapping[str, str], text: str, **more: Any
) -> Mail:
    """The mail. `otherwise` are the service's own fields, for headers that it did not hand over;
    `more` are further parts of `Mail`."""
    stated = {name: decode(value) for name, value in otherwise.items() if value}
    said = stated | {name: value for name, value in headers.items() if value}
    proofs = read_proofs(said.get("authentication-results", "")) | more.pop("proofs", {})
    if more.get("envelope_from") is None and "return-path" in said:
        # Some services do not tell who the envelope is from: that of a bounce is empty, “<>”.
        more["envelope_from"] = said["return-path"].strip("<> ")
    return Mail(
        sender=said.get("from", ""),
        message_id=_bracketed(said.get("message-id", "")),
        reply_to=said.get("reply-to", ""),
        recipients=said.get("to", ""),
        subject=" ".join(said.get("subject", "").split()),
        text=text,
        in_reply_to=said.get("in-reply-to", ""),
        references=said.get("references", ""),
        sent_at=read_moment(said.get("date", "")),
        headers=said,
        proofs=proofs,
        **more,
    )


def decode(value: str) -> str:
    """Encoded words (=?utf-8?…?=) as text; a broken one stays as it is."""
    text = value[:_LINE_LIMIT]
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(_to_text(part, charset) for part, charset in parts)


def _to_text(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "ascii", "replace")
    except (LookupError, ValueError):
        return part.decode("utf-8", "replace")


def _bracketed(message_id: str) -> str:
    """Some services leave the angle brackets out."""
    bare = message_id.strip()
    return f"<{bare}>" if bare and "<" not in bare else bare
