"""What a person decides about two leads that may be one, short of merging them."""

from datetime import datetime
from typing import Any

from leadrouter.common.errors import DomainError
from leads.models import DuplicatePair
from leads.selectors.duplicates import find_pair


class AlreadyDecided(DomainError):  # noqa: N818 -- named as the user would say it
    """Somebody else has decided about the pair meanwhile."""

    code = "already_decided"


def keep_apart(*, pair_id: int, user: Any, now: datetime) -> None:
    """Remembers that two leads are two people, so that they are not asked about again.

    Raises: AlreadyDecided.
    """
    apart = DuplicatePair.State.APART
    _change_open(pair_id, state=apart, decided_at=now, decided_by=user)


def postpone_pair(*, pair_id: int, now: datetime) -> None:
    """Puts the pair to the end of the queue. Raises: AlreadyDecided."""
    _change_open(pair_id, postponed_at=now)


def _change_open(pair_id: int, **values: Any) -> None:
    """One conditional statement, so that of two people who decide at once the second is told."""
    waiting = DuplicatePair.objects.filter(pk=pair_id, state=DuplicatePair.State.OPEN)
    if waiting.update(**values):
        return
    pair = find_pair(pair_id)
    if pair is None:
        raise AlreadyDecided("These two leads are no longer in the queue.")
    who = (pair.decided_by.get_full_name() or pair.decided_by.username) if pair.decided_by else ""
    by = f" by {who}" if who else ""
    raise AlreadyDecided(f"These two leads were {pair.get_state_display().lower()} already{by}.")
