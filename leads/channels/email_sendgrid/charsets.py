"""SendGrid sends each field in the mail's own encoding and says beside which one that is."""

from collections.abc import Mapping
from email import message_from_bytes

from leads.channels.adapter import Delivery

_USUAL = frozenset({"utf-8", "utf8", "us-ascii", "ascii", ""})
_MULTIPART = "multipart/form-data"


def recode(delivery: Delivery, charsets: Mapping[str, str]) -> dict[str, str]:
    """The form, with the fields that are not UTF-8 read again from the bytes."""
    form = dict(delivery.form)
    other = {
        name: one for name, one in charsets.items() if one.lower() not in _USUAL and name in form
    }
    kind = delivery.headers.get("content-type", "")
    if not other or not kind.lower().startswith(_MULTIPART):
        return form
    for name, content in _list_parts(kind, delivery.body).items():
        if name in other:
            try:
                form[name] = content.decode(other[name], "replace")
            except (LookupError, ValueError):  # an encoding nobody knows
                continue
    return form


def _list_parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """The bytes of each field by its name; files are left out."""
    header = f"Content-Type: {content_type.splitlines()[0]}\r\n\r\n"
    message = message_from_bytes(header.encode("latin-1", "replace") + body)
    found: dict[str, bytes] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes) and not part.get_filename():
            found.setdefault(name, content)
    return found
