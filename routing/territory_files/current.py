"""The territories as they are, in the form that files are compared in."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from reps.models import Rep
from routing.models import Territory, TerritoryOwner
from routing.territory_files.columns import FIELDS, ROLES
from routing.territory_files.values import OwnerPeriod

State = dict[str, Any]
"""Every field by name (the parent as a slug, "" at the top), and a tuple of OwnerPeriod per role."""


@dataclass(frozen=True)
class Reps:
    """Who may be named in a file, by whatever people call them."""

    ids: dict[str, int]
    names: dict[str, str]
    _known: dict[str, set[str]]

    @classmethod
    def of(cls, rows: list[tuple[int, str, str, str, str]]) -> "Reps":
        known: dict[str, set[str]] = defaultdict(set)
        for _, slug, name, username, email in rows:
            for word in {slug, name, username, email} - {""}:
                known[word.casefold()].add(slug)
        ids = {slug: pk for pk, slug, *_ in rows}
        return cls(ids, {slug: name for _, slug, name, *_ in rows}, dict(known))

    def find(self, text: str) -> str:
        """The slug of the rep meant. Raises: ValidationError."""
        if text in self.ids:
            return text
        found = self._known.get(text.casefold(), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            slugs = ", ".join(sorted(found))
            raise ValidationError(f"“{text}” is the name of several reps; write one of {slugs}.")
        raise ValidationError(f"“{text}” is not a rep: write a slug, user name, e-mail or name.")

    def name(self, slug: str) -> str:
        return self.names.get(slug, slug)


def make_default() -> State:
    """A territory of which nothing is said but its slug."""
    blank = Territory()
    return {name: getattr(blank, name) for name in FIELDS if name != "parent"} | {
        "parent": "",
        **dict.fromkeys(ROLES, ()),
    }


@dataclass(frozen=True)
class Current:
    """All territories by slug, in the order of their names."""

    states: dict[str, State]
    ids: dict[str, int]
    owner_ids: dict[tuple[int, str, Any], int]
    reps: Reps
    defaults: State = field(default_factory=make_default)


def read_current() -> Current:
    """Queries: 3."""
    reps = Reps.of(
        list(Rep.objects.values_list("pk", "slug", "name", "user__username", "user__email"))
    )
    slugs = {pk: slug for slug, pk in reps.ids.items()}
    own = [name for name in FIELDS if name != "parent"]
    rows = list(Territory.objects.order_by("name").values("pk", "slug", "parent_id", *own))
    by_id = {row["pk"]: row["slug"] for row in rows}
    states = {
        row["slug"]: {name: row[name] for name in own}
        | {"parent": by_id.get(row["parent_id"], "")}
        | dict.fromkeys(ROLES, ())
        for row in rows
    }
    owner_ids = {}
    owners = TerritoryOwner.objects.order_by("territory", "role", "starts_on")
    for pk, territory_id, rep_id, role, starts_on, ends_on in owners.values_list(
        "pk", "territory_id", "rep_id", "role", "starts_on", "ends_on"
    ):
        owner_ids[territory_id, role, starts_on] = pk
        state = states[by_id[territory_id]]
        state[role] = (*state[role], OwnerPeriod(slugs[rep_id], starts_on, ends_on))
    return Current(states, {slug: pk for pk, slug in by_id.items()}, owner_ids, reps)
