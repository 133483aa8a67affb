"""Territories in the order of their tree."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from routing.models import Territory, TerritoryOwner, TerritoryRole


@dataclass(frozen=True, slots=True)
class Leaf:
    """A territory's place in the list: how deep it is indented."""

    pk: int
    depth: int


def order_tree(rows: Iterable[tuple[int, int | None, str]]) -> list[Leaf]:
    """Depth first, siblings by name. Rows are (id, parent id, name); a parent not listed counts as none."""
    known = sorted(rows, key=lambda row: row[2].casefold())
    ids = {pk for pk, _, _ in known}
    children: dict[int | None, list[int]] = {}
    for pk, parent_id, _ in known:
        children.setdefault(parent_id if parent_id in ids else None, []).append(pk)
    ordered: list[Leaf] = []
    waiting = [Leaf(pk, 0) for pk in reversed(children.get(None, []))]
    while waiting:
        leaf = waiting.pop()
        ordered.append(leaf)
        waiting.extend(Leaf(pk, leaf.depth + 1) for pk in reversed(children.get(leaf.pk, [])))
    return ordered


def is_below(candidate_id: int, ancestor_id: int) -> bool:
    """True when the candidate is the ancestor or lies inside it. Queries: 1."""
    tree = {pk: (parent, name) for pk, parent, name in _tree_rows()}
    return ancestor_id in _walk_up(candidate_id, tree)


@dataclass(frozen=True, slots=True)
class OwnerToday:
    """Who takes a territory's leads in a role; `above` names the territory they own it through, if
    not by itself."""

    role: str
    rep_name: str
    above: str = ""


def list_owners_on(day: date, territory_ids: Iterable[int]) -> dict[int, list[OwnerToday]]:
    """Returns {territory: owners by role}, own ones or those of the nearest territory above.

    Queries: 2.
    """
    tree = {pk: (parent, name) for pk, parent, name in _tree_rows()}
    paths = {pk: list(_walk_up(pk, tree)) for pk in territory_ids}
    wanted = {step for path in paths.values() for step in path}
    own: dict[int, dict[str, str]] = defaultdict(dict)
    rows = _owners_on(day).filter(territory__in=wanted).order_by("starts_on")
    for pk, role, name in rows.values_list("territory_id", "role", "rep__name"):
        own[pk][role] = name
    return {
        pk: [
            OwnerToday(role, own[step][role], "" if step == pk else tree[step][1])
            for role in TerritoryRole.values
            if (step := next((one for one in path if role in own[one]), None)) is not None
        ]
        for pk, path in paths.items()
    }


def find_gaps(day: date, role: str) -> set[int]:
    """Returns the active territories that nobody owns in the role, not even from above.

    Queries: 3.
    """
    tree = {pk: (parent, name) for pk, parent, name in _tree_rows()}
    owned = set(_owners_on(day).filter(role=role).values_list("territory_id", flat=True))
    active = Territory.objects.filter(is_active=True).values_list("pk", flat=True)
    return {pk for pk in active if not any(step in owned for step in _walk_up(pk, tree))}


def _tree_rows() -> Iterable[tuple[int, int | None, str]]:
    return Territory.objects.order_by().values_list("pk", "parent_id", "name")


def _owners_on(day: date) -> "QuerySet[TerritoryOwner]":
    is_open = Q(ends_on=None) | Q(ends_on__gt=day)
    return TerritoryOwner.objects.filter(is_open, starts_on__lte=day)


def _walk_up(pk: int, tree: Mapping[int, tuple[int | None, str]]) -> Iterator[int]:
    """The territory itself first, then what it lies in."""
    seen: set[int] = set()
    here: int | None = pk
    while here is not None and here in tree and here not in seen:
        seen.add(here)
        yield here
        here = tree[here][0]
