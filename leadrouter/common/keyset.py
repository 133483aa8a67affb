"""Pages of long lists by the last key seen: the thousandth costs what the first does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; the queries are query strings that keep the filters, or None at an end."""

    rows: list[Row]
    previous_query: str | None
    next_query: str | None


def cut_page(
    rows: "QuerySet[Row]", *, key: str, params: QueryDict, size: int, is_descending: bool = False
) -> Page[Row]:
    """The page of `?after=` (next) or `?before=` (previous) a value of `key`, a unique integer.

    Queries: 1.
    """
    after, before = (_whole(params.get(name)) for name in ("after", "before"))
    step, back = ("lt", "gt") if is_descending else ("gt", "lt")
    forwards, backwards = (f"-{key}", key) if is_descending else (key, f"-{key}")
    if before is not None:
        found = list(rows.filter(**{f"{key}__{back}": before}).order_by(backwards)[: size + 1])
        page, has_previous, has_next = found[:size][::-1], len(found) > size, True
    else:
        wanted = rows if after is None else rows.filter(**{f"{key}__{step}": after})
        found = list(wanted.order_by(forwards)[: size + 1])
        page, has_previous, has_next = found[:size], after is not None, len(found) > size
    return Page(
        page,
        _query(params, "before", getattr(page[0], key)) if page and has_previous else None,
        _query(params, "after", getattr(page[-1], key)) if page and has_next else None,
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _query(params: Mapping[str, Any], name: str, value: int) -> str:
    kept = QueryDict(mutable=True)
    kept.update({key: params[key] for key in params if key not in {"before", "after"}})
    kept[name] = str(value)
    return kept.urlencode()
