"""Writes a difference with a handful of statements, however many territories it is about."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from leadrouter.common.rows import fetch
from leadrouter.common.sql import insert_all, keys_read, set_columns
from routing.models import Territory, TerritoryOwner
from routing.territory_files.columns import FIELDS, ROLES
from routing.territory_files.current import Current
from routing.territory_files.difference import Change, Difference

_COLUMNS = tuple("parent_id" if name == "parent" else name for name in FIELDS)
OwnerRow = tuple[int, str, Any]


def write_difference(difference: Difference, current: Current, user: Any, now: datetime) -> None:
    """Inside the caller's transaction, under its lock. `current` is what the difference is to."""
    news = [one for one in difference.changes if one.kind == "new"]
    olds = [one for one in difference.changes if one.kind != "new"]
    ids = dict(current.ids)
    if news:
        keys = fetch(keys_read(Territory, len(news)))
        ids |= {one.slug: key for one, (key,) in zip(news, keys, strict=False)}
        _free_names(olds, ids)
        rows = [Territory(slug=one.slug, **_values(one, ids)) for one in news]
        insert_all(rows, keys=keys)
    else:
        _free_names(olds, ids)
    set_columns(
        Territory,
        (*_COLUMNS, "updated_at"),
        [(ids[one.slug], *_values(one, ids).values(), now) for one in olds],
    )
    _write_owners(difference.changes, current, ids, now)
    if user is not None:
        _write_log(difference.changes, ids, user, now)


def _free_names(olds: list[Change], ids: dict[str, int]) -> None:
    """Names are unique at every moment, so two that are exchanged need a third."""
    renamed = [one for one in olds if one.before["name"] != one.after["name"]]
    set_columns(Territory, ("name",), [(ids[one.slug], f"\n{ids[one.slug]}") for one in renamed])


def _values(change: Change, ids: dict[str, int]) -> dict[str, Any]:
    values = {name: change.after[name] for name in FIELDS if name != "parent"}
    parent_id = ids[change.after["parent"]] if change.after["parent"] else None
    return {column: parent_id if column == "parent_id" else values[column] for column in _COLUMNS}


def _write_owners(
    changes: list[Change], current: Current, ids: dict[str, int], now: datetime
) -> None:
    """By territory, role and first day, which is what makes an owner's row the same one."""
    deleted: list[int] = []
    moved: list[tuple[int, int, Any, datetime]] = []
    added: list[TerritoryOwner] = []
    for change in changes:
        before, after = (
            _owner_rows(state, ids[change.slug]) for state in (change.before, change.after)
        )
        deleted += [current.owner_ids[key] for key in before.keys() - after.keys()]
        for key, (rep, ends_on) in after.items():
            rep_id = current.reps.ids[rep]
            if key not in before:
                territory_id, role, starts_on = key
                added.append(
                    TerritoryOwner(
                        territory_id=territory_id,
                        role=role,
                        starts_on=starts_on,
                        rep_id=rep_id,
                        ends_on=ends_on,
                    )
                )
            elif before[key] != (rep, ends_on):
                moved.append((current.owner_ids[key], rep_id, ends_on, now))
    for start in range(0, len(deleted), 500):
        TerritoryOwner.objects.filter(pk__in=deleted[start : start + 500]).delete()
    set_columns(TerritoryOwner, ("rep_id", "ends_on", "updated_at"), moved)
    insert_all(added)


def _owner_rows(state: dict[str, Any], territory_id: int) -> dict[OwnerRow, tuple[str, Any]]:
    return {
        (territory_id, role, one.starts_on): (one.rep, one.ends_on)
        for role in ROLES
        for one in state.get(role, ())
    }


def _write_log(changes: list[Change], ids: dict[str, int], user: Any, now: datetime) -> None:
    """One line in the history of each territory, as if it had been edited by hand."""
    kind = ContentType.objects.get_for_model(Territory)
    insert_all(
        [
            LogEntry(
                action_time=now,
                user_id=user.pk,
                content_type_id=kind.pk,
                object_id=str(ids[one.slug]),
                object_repr=one.name[:200],
                action_flag=ADDITION if one.kind == "new" else CHANGE,
                change_message="".join(_say(one)),
            )
            for one in changes
        ]
    )


def _say(change: Change) -> Iterator[str]:
    yield "By a file" if change.row else "Switched off, as a file did not name it"
    if change.kind == "changed":
        yield f": {', '.join(field.label for field in change.fields)}"
    yield "."
