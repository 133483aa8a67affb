"""A folder of an IMAP server, by the few commands that are needed."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

CONNECT_SECONDS = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_NUMBER = re.compile(rb"\d+")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxError(Exception):
    """Why the mailbox cannot be read, as a sentence without the password."""


class Mailbox:
    """An open folder. Numbers are UIDs."""

    def __init__(self, client: imaplib.IMAP4, uid_validity: int, next_uid: int) -> None:
        self._client = client
        self.uid_validity = uid_validity
        self.next_uid = next_uid

    def list_newer(self, last_uid: int) -> list[int]:
        """The UIDs beyond `last_uid`, ascending."""
        found = self._search(f"UID {last_uid + 1}:*")
        # “5:*” names the last mail even when its number is lower.
        return sorted(uid for uid in found if uid > last_uid)

    def list_since(self, day: date) -> list[int]:
        """The UIDs of mail that arrived on that day or later, ascending."""
        return sorted(self._search(f"SINCE {day:%d-%b-%Y}"))

    def find_size(self, uid: int) -> int:
        """Bytes; 0 when the mail is gone."""
        match = _SIZE.search(b" ".join(_flat(self._fetch(uid, "(RFC822.SIZE)"))))
        return int(match[1]) if match else 0

    def read(self, uid: int) -> bytes | None:
        """The exact bytes, without marking the mail as read; None when it is gone."""
        return next(
            (part[1] for part in self._fetch(uid, "(BODY.PEEK[])") if isinstance(part, tuple)), None
        )

    def read_head(self, uid: int) -> bytes | None:
        """The header lines alone, of a mail that is too large."""
        return next(
            (
                part[1]
                for part in self._fetch(uid, "(BODY.PEEK[HEADER])")
                if isinstance(part, tuple)
            ),
            None,
        )

    def mark_seen(self, uid: int) -> None:
        self._client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _search(self, criteria: str) -> list[int]:
        status, data = self._client.uid("SEARCH", criteria)
        if status != "OK":
            raise MailboxError("The mail server refused to search the folder.")
        return [int(number) for part in data if part for number in _NUMBER.findall(part)]

    def _fetch(self, uid: int, what: str) -> list[bytes | tuple[bytes, bytes] | None]:
        status, data = self._client.uid("FETCH", str(uid), what)
        if status != "OK":
            raise MailboxError("The mail server refused to hand a mail out.")
        return list(data)


@contextmanager
def open_mailbox(
    *, host: str, port: str, security: str, user: str, password: str, folder: str
) -> Iterator[Mailbox]:
    """Signs in and opens the folder. Raises: MailboxError, also for whatever fails while it is used."""
    client: imaplib.IMAP4 | None = None
    try:
        client = _connect(host, port, security)
        _sign_in(client, user, password)
        yield _select(client, folder)
    except MailboxError:
        raise
    except ssl.SSLError as error:
        raise MailboxError(
            f"The encryption of {host} cannot be trusted ({error.reason})."
        ) from error
    except TimeoutError as error:
        raise MailboxError(f"{host} does not answer.") from error
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"{host} cannot be read ({type(error).__name__}).") from error
    finally:
        if client is not None:
            _close(client)


def _connect(host: str, port: str, security: str) -> imaplib.IMAP4:
    if security not in _PORTS:
        raise MailboxError("The encryption is not known.")
    if security == "none" and host not in _LOOPBACK:
        raise MailboxError("Without encryption only a server on this machine is asked.")
    if port and not (port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise MailboxError("The port is not a number up to 65535.")
    number = int(port) if port else _PORTS[security]
    context = ssl.create_default_context()
    if security == "tls":
        return imaplib.IMAP4_SSL(host, number, ssl_context=context, timeout=CONNECT_SECONDS)
    client = imaplib.IMAP4(host, number, timeout=CONNECT_SECONDS)
    if security == "starttls":
        client.starttls(context)
    return client


def _sign_in(client: imaplib.IMAP4, user: str, password: str) -> None:
    try:
        client.login(user, password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise MailboxError("The mail server refused user name or password.") from error


def _select(client: imaplib.IMAP4, folder: str) -> Mailbox:
    quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, _ = client.select(quoted)
    if status != "OK":
        raise MailboxError(f"There is no folder {folder}.")
    return Mailbox(client, _told(client, "UIDVALIDITY"), _told(client, "UIDNEXT"))


def _told(client: imaplib.IMAP4, name: str) -> int:
    _, data = client.response(name)
    numbers = _NUMBER.findall(b" ".join(part for part in data if part))
    if not numbers:
        raise MailboxError(f"The mail server does not tell {name}: its mail cannot be numbered.")
    return int(numbers[0])


def _flat(data: list[bytes | tuple[bytes, bytes] | None]) -> Iterator[bytes]:
    for part in data:
        if isinstance(part, tuple):
            yield from part
        elif part:
            yield part


def _close(client: imaplib.IMAP4) -> None:
    try:
        client.logout()
    except (OSError, imaplib.IMAP4.error):
        client.shutdown()
