"""The rep's own switch."""

from datetime import datetime

from leadrouter.common.errors import InvalidInput
from reps.models import Rep
from reps.signals import availability_changed


def set_accepting(*, rep: Rep, is_accepting: bool, now: datetime) -> None:
    """Switches new leads on or off. Leads that waited for somebody are tried again."""
    if is_accepting and not rep.is_active:
        raise InvalidInput(
            "An inactive rep cannot take leads.", fields={"is_accepting": "inactive"}
        )
    rep.is_accepting, rep.accepting_changed_at = is_accepting, now
    rep.save(update_fields=["is_accepting", "accepting_changed_at", "updated_at"])
    availability_changed.send(sender=Rep, now=now)
