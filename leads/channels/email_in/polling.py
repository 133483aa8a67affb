"""Reads mailboxes, a few mails at a time. Only called by processes, never in a request.

Where reading stopped is kept by UIDVALIDITY and UID; that a mail counts once is kept by its Message-ID,
so numbers that change, a crash in the middle and a mail that was moved there and back do no harm.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from leads.channels.adapter import Config, Delivery
from leads.channels.email_in.adapter import ADAPTER, BODY_LIMIT, PASSWORD
from leads.channels.email_in.mailbox import Mailbox, MailboxError, open_mailbox
from leads.channels.receiving.views import read_parsed, to_config
from leads.domain.envelope import Unreadable
from leads.models import MailboxPosition
from leads.selectors.endpoints import Door, open_door
from leads.services.capture_channel import Arrival
from leads.services.mailboxes import (
    lease_mailboxes,
    note_failure,
    note_success,
    set_start,
    take_mail,
)

logger = logging.getLogger(__name__)

MAILS_A_ROUND = 50


def poll_mailboxes(*, clock: Callable[[], datetime]) -> int:
    """Reads what is due; returns how many mails were taken. A mailbox that fails stops no other."""
    return sum(
        _poll(position, clock) for position in lease_mailboxes(channel=ADAPTER.channel, now=clock())
    )


def _poll(position: MailboxPosition, clock: Callable[[], datetime]) -> int:
    door = open_door(position.endpoint, now=clock())
    config = to_config(door)
    try:
        with open_mailbox(**_access(config.options)) as mailbox:
            uids = _find_new(mailbox, position, clock())
            for uid in uids[:MAILS_A_ROUND]:
                _take(mailbox, position, uid, door, config, clock())
    except MailboxError as problem:
        logger.warning("A mailbox cannot be read: %s", problem)
        note_failure(position=position, reason=str(problem), now=clock())
        return 0
    note_success(position=position, is_at_end=len(uids) <= MAILS_A_ROUND, now=clock())
    return min(len(uids), MAILS_A_ROUND)


def _access(options: Any) -> dict[str, str]:
    """Raises: MailboxError when something is not set."""
    given = {name: str(options.get(name) or "").strip() for name in ("host", "port", "user")}
    password = str(options.get(PASSWORD) or "")
    if not (given["host"] and given["user"] and password):
        raise MailboxError("Server, user name or password is not set.")
    return {
        **given,
        "password": password,
        "security": str(options.get("security") or "tls"),
        "folder": str(options.get("folder") or "INBOX"),
    }


def _find_new(mailbox: Mailbox, position: MailboxPosition, now: datetime) -> list[int]:
    if position.uid_validity == mailbox.uid_validity:
        return mailbox.list_newer(position.last_uid)
    if position.uid_validity == 0:
        # A new mailbox: what was written before is no lead of ours.
        last = mailbox.next_uid - 1
        set_start(position=position, uid_validity=mailbox.uid_validity, last_uid=last)
        return []
    # All numbers are new. What arrived since the last good reading is read again, by its day.
    since = (position.read_at or now) - timedelta(days=1)
    uids = mailbox.list_since(since.date())
    start = min(uids, default=mailbox.next_uid) - 1
    set_start(position=position, uid_validity=mailbox.uid_validity, last_uid=start)
    return mailbox.list_newer(start)


def _take(
    mailbox: Mailbox,
    position: MailboxPosition,
    uid: int,
    door: Door,
    config: Config,
    now: datetime,
) -> None:
    is_too_large = mailbox.find_size(uid) > BODY_LIMIT
    raw = (mailbox.read_head(uid) if is_too_large else mailbox.read(uid)) or b""
    delivery = Delivery(method="POST", url="", headers=_HEADERS, body=raw, received_at=now)
    parsed = list(read_parsed(ADAPTER, delivery, config)) if raw else []
    if is_too_large:
        reason = f"The mail is larger than {BODY_LIMIT // 1024 // 1024} MB."
        parsed = [Unreadable(reason, one.dedupe_key) for one in parsed]
    take_mail(
        position=position,
        uid=uid,
        arrival=Arrival(
            endpoint=door.endpoint,
            raw=raw,
            request={"method": "POST", "query": "", "headers": _HEADERS},
            client_ip=None,
            user_agent="",
            is_open=door.is_open,
            received_at=now,
        ),
        parsed=parsed,
    )
    if str(config.options.get("mark") or "seen") == "seen":
        mailbox.mark_seen(uid)


_HEADERS = {"content-type": "message/rfc822"}
