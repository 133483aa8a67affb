"""Who is meant by a name, and which pool hands on to which: read once, kept by each process."""

from collections import Counter
from collections.abc import Mapping

from leadrouter.common.organisation import Changes, Remembered, Stamps
from leadrouter.common.rows import fetch_rows
from routing.engine.normal import fold_text

_NAMES = """
SELECT r.id, r.slug, u.email, u.username FROM reps_rep r JOIN auth_user u ON u.id = r.user_id
"""
_OVERFLOWS = "SELECT id, overflow_id FROM routing_pool WHERE overflow_id IS NOT NULL"


def get_rep_ids_by_name(stamps: Stamps) -> Mapping[str, int]:
    """Returns {folded user name, e-mail address or slug: rep id}; what two reps share means neither.

    Queries: 1 after a change, else none.
    """
    return _rep_ids.at(stamps.get(Changes.PEOPLE))


def get_overflows(stamps: Stamps) -> Mapping[int, int]:
    """Returns {pool id: the pool it hands on to}. Queries: 1 after a change, else none."""
    return _overflows.at(stamps.get(Changes.PEOPLE))


def _read_rep_ids() -> Mapping[str, int]:
    ids: dict[str, int] = {}
    rows = fetch_rows(_NAMES)
    # A user name is the surest, so it is written last.
    for column in (1, 2, 3):
        names = [(fold_text(row[column]), row[0]) for row in rows]
        counts = Counter(name for name, _ in names)
        ids |= {name: rep_id for name, rep_id in names if name and counts[name] == 1}
    return ids


def _read_overflows() -> Mapping[int, int]:
    return dict(fetch_rows(_OVERFLOWS))


_rep_ids = Remembered(_read_rep_ids)
_overflows = Remembered(_read_overflows)
