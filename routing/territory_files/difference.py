"""What a file would change, territory by territory and field by field, and what is wrong with it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from leadrouter.common.admin_fields import write_value
from routing.territory_files.cells import write_plain
from routing.territory_files.columns import FIELDS, LABELS, ROLES
from routing.territory_files.current import Current, Reps, State
from routing.territory_files.reading import Problem, Wish, Wishes
from routing.territory_files.values import LISTS, OwnerPeriod

Kind = Literal["new", "changed", "off"]
SIGNS: dict[Kind, str] = {"new": "+", "changed": "~", "off": "-"}
MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field by its label; `before` and `after` as people read them."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One territory: new, changed, or switched off because the file does not name it (row 0)."""

    kind: Kind
    row: int
    slug: str
    name: str
    before: State
    after: State
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """`states` are all territories as they would be. `missing` are active, and not in the file."""

    changes: list[Change]
    unchanged: int
    missing: list[tuple[str, str]]
    problems: list[Problem]
    warnings: list[str]
    states: dict[str, State]
    is_of_owners: bool
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Differs whenever anything that would be written differs, or what is there before."""
        said = [
            (
                one.kind,
                one.slug,
                [(name, one.before.get(name), one.after[name]) for name in _differing(one)],
            )
            for one in self.changes
        ]
        text = json.dumps([said, [vars_of(one) for one in self.problems]], default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def vars_of(problem: Problem) -> list[Any]:
    return [problem.row, problem.field, problem.reason]


def _differing(change: Change) -> list[str]:
    return [name for name in (*FIELDS, *ROLES) if change.before.get(name) != change.after[name]]


def compare(wishes: Wishes, current: Current, *, is_switching_off: bool) -> Difference:
    """Compares a file with what is there; `is_switching_off` ends what the file does not name."""
    states = dict(current.states)
    good = [wish for wish in wishes.rows if not wish.problems]
    for wish in good:
        states[wish.slug] = {**(states.get(wish.slug) or current.defaults), **wish.fields}
    named = {wish.slug for wish in wishes.rows}
    missing = [
        (slug, state["name"])
        for slug, state in current.states.items()
        if slug not in named and state["is_active"] and not wishes.is_of_owners
    ]
    if is_switching_off:
        states |= {slug: {**states[slug], "is_active": False} for slug, _ in missing}
    problems = [problem for wish in wishes.rows for problem in wish.problems]
    problems += _find_whole_problems(good, states, named)
    changes = [
        *_list_changes(good, current, states),
        *(_switched_off(slug, current, states) for slug, _ in missing if is_switching_off),
    ]
    counts: Counter[str] = Counter(change.kind for change in changes)
    return Difference(
        changes=changes,
        unchanged=len(good) - counts["new"] - counts["changed"],
        missing=missing,
        problems=sorted(problems, key=lambda problem: (problem.row, problem.field)),
        warnings=wishes.warnings,
        states=states,
        is_of_owners=wishes.is_of_owners,
        counts=counts,
    )


def _list_changes(
    wishes: list[Wish], current: Current, states: Mapping[str, State]
) -> Iterator[Change]:
    for wish in wishes:
        before = current.states.get(wish.slug)
        after = states[wish.slug]
        if before != after:
            kind: Kind = "new" if before is None else "changed"
            was = before or {}
            base = current.defaults if before is None else before
            fields = tuple(_say_fields(base, after, current.reps))
            yield Change(kind, wish.row, wish.slug, after["name"], was, after, fields)


def _switched_off(slug: str, current: Current, states: Mapping[str, State]) -> Change:
    before, after = current.states[slug], states[slug]
    fields = tuple(_say_fields(before, after, current.reps))
    return Change("off", 0, slug, after["name"], before, after, fields)


def _say_fields(before: State, after: State, reps: Reps) -> Iterator[FieldChange]:
    for name in (*FIELDS, *ROLES):
        old, new = before[name], after[name]
        if old == new:
            continue
        if name in ROLES:
            said = _say_owners(old, reps), _say_owners(new, reps)
        elif name in LISTS:
            said = _say_lists(old, new)
        else:
            said = write_plain(old) or "–", write_plain(new) or "–"
        yield FieldChange(LABELS[name], *said)


def _say_lists(old: list[Any], new: list[Any]) -> tuple[str, str]:
    """Short lists whole; of a long one what is added and removed."""
    before, after = [write_value(one) for one in old], [write_value(one) for one in new]
    if max(len(before), len(after)) <= MOST_LISTED or not before:
        return _shorten(before) or "–", _shorten(after) or "–"
    known, wanted = set(before), set(after)
    added = [one for one in after if one not in known]
    removed = [one for one in before if one not in wanted]
    parts = [
        f"{word} {_shorten(values)}"
        for word, values in (("with", added), ("without", removed))
        if values
    ]
    return f"{len(before)} values", f"{len(after)} values, {' and '.join(parts)}"


def _shorten(values: list[str]) -> str:
    more = len(values) - MOST_LISTED
    return ", ".join(values[:MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _say_owners(periods: tuple[OwnerPeriod, ...], reps: Reps) -> str:
    return "; ".join(_say_owner(period, reps) for period in periods) or "nobody"


def _say_owner(period: OwnerPeriod, reps: Reps) -> str:
    until = f" until {period.ends_on}" if period.ends_on else ""
    return f"{reps.name(period.rep)} from {period.starts_on}{until}"


def _find_whole_problems(
    wishes: list[Wish], states: Mapping[str, State], named: set[str]
) -> Iterator[Problem]:
    """What only shows when all rows are seen together."""
    names = Counter(state["name"] for state in states.values())
    circles = _find_circles(states)
    for wish in wishes:
        state = states[wish.slug]

        def refuse(column: str, reason: str, wish: Wish = wish) -> Problem:
            return Problem(wish.row, wish.slug, column, reason)

        if "name" in wish.fields and names[state["name"]] > 1:
            yield refuse("name", f"Another territory is called “{state['name']}” as well.")
        parent = state["parent"]
        if parent == wish.slug:
            yield refuse("parent", "A territory cannot lie inside itself.")
        elif parent and parent not in states and parent not in named:
            yield refuse(
                "parent", f"“{parent}” is not the slug of a territory, here or in this file."
            )
        elif wish.slug in circles:
            yield refuse(
                "parent", f"These lie inside each other in a circle: {circles[wish.slug]}."
            )
        low, high = state["employees_min"], state["employees_max"]
        if low is not None and high is not None and high < low:
            yield refuse("employees_max", f"At most {high} is less than at least {low}.")


def _find_circles(states: Mapping[str, State]) -> dict[str, str]:
    """{slug: “a, b, c”} for every territory that is above itself."""
    done: set[str] = set()
    circles: dict[str, str] = {}
    for start in states:
        path: dict[str, int] = {}
        here = start
        while here in states and here not in done and here not in path:
            path[here] = len(path)
            here = states[here]["parent"]
        if here in path and states[here]["parent"] != here:
            ring = [slug for slug, place in path.items() if place >= path[here]]
            words = _shorten([*ring, ring[0]])
            circles |= dict.fromkeys(ring, words)
        done.update(path)  # `|=` would copy the set each time
    return circles
