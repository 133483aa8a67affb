"""Who is blocked, kept by each process until somebody changes it."""

from leadrouter.common.organisation import Changes, Remembered, Stamps, get_stamps
from leads.domain.blocking_lists import BlockList, make_block_list
from leads.models import BlockedSender


def get_block_list(stamps: Stamps | None = None) -> BlockList:
    """Returns the list in use. Queries: 1 after a change, else none; 1 more without `stamps`."""
    now = get_stamps() if stamps is None else stamps
    return _list.at(now.get(Changes.SOURCES))


def _read() -> BlockList:
    rows = BlockedSender.objects.filter(is_active=True)
    return make_block_list(rows.values_list("kind", "value", "reason"))


_list = Remembered(_read)
