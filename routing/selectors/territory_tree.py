"""Territories in the order of their tree."""

from collections.abc import Iterable
from dataclasses import dataclass

from routing.models import Territory


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
    parents = dict(Territory.objects.values_list("pk", "parent_id"))
    seen: set[int] = set()
    here: int | None = candidate_id
    while here is not None and here not in seen:
        if here == ancestor_id:
            return True
        seen.add(here)
        here = parents.get(here)
    return False
