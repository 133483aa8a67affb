"""What differs between two states of the rules, as the sentences that the list of rules shows."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from routing.admin.rule_lines import RuleLine, make_lines
from routing.models import RuleSetVersion
from routing.selectors.checksums import checksum
from routing.selectors.rules import list_rules
from routing.services.publishing import Seen, find_published

# A longer draft is told to have changed, but not where: the page carries what was seen.
MAX_CARRIED = 1_000


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """One rule: `kind` is added, removed, changed or moved; what it said and says, "" for nothing."""

    kind: str
    name: str
    before: str
    after: str


def compare_versions(before: RuleSetVersion | None, after: RuleSetVersion) -> list[RuleDifference]:
    """Rules by their keys, in the order of the later version; the removed ones last."""
    old = {line.rule.key: line for line in _list_lines(before)}
    new = {line.rule.key: line for line in _list_lines(after)}
    kept = [key for key in old if key in new]
    moved = _find_moved(kept, [key for key in new if key in old])
    found = [
        difference
        for key, line in new.items()
        if (difference := _compare(old.get(key), line, is_moved=key in moved))
    ]
    return found + [
        RuleDifference("removed", line.rule.name, _say(line), "")
        for key, line in old.items()
        if key not in new
    ]


def _list_lines(version: RuleSetVersion | None) -> list[RuleLine]:
    return [] if version is None else make_lines(list_rules(version))


def _find_moved(before: Sequence[Any], after: Sequence[Any]) -> set[Any]:
    """Those that do not stand where the others' order would have them."""
    places = {key: number for number, key in enumerate(after)}
    moved, furthest = set(), -1
    for key in before:
        if places[key] < furthest:
            moved.add(key)
        furthest = max(furthest, places[key])
    return moved


def _compare(old: RuleLine | None, new: RuleLine, *, is_moved: bool) -> RuleDifference | None:
    if old is None:
        return RuleDifference("added", new.rule.name, "", _say(new))
    if _say(old) != _say(new):
        return RuleDifference("changed", new.rule.name, _say(old), _say(new))
    if is_moved:
        places = (f"number {old.number}", f"number {new.number}")
        return RuleDifference("moved", new.rule.name, *places)
    return None


def _say(line: RuleLine) -> str:
    limits = f" ({line.limits})" if line.limits else ""
    state = "" if line.rule.is_enabled else " (off)"
    return f"{line.rule.name}{state}: {line.who} → {line.where}{limits}"


def make_seen(draft: RuleSetVersion) -> str:
    """What the page of a draft carries to tell later what the person had before them, as JSON."""
    published = find_published(draft.rule_set_id)
    lines = _list_lines(draft)
    rules = [[str(line.rule.key), line.rule.name, _fingerprint(line)] for line in lines]
    return json.dumps(
        {
            "published": published.pk if published else None,
            "draft": checksum(draft),
            "rules": rules if len(rules) <= MAX_CARRIED else None,
        }
    )


def _fingerprint(line: RuleLine) -> str:
    return hashlib.sha256(f"{line.number} {_say(line)}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class SeenState:
    """`make_seen` read back. `rules` are {key: (name, fingerprint)}, None where they were too many."""

    seen: Seen
    rules: dict[str, tuple[str, str]] | None


def read_seen(text: str) -> SeenState | None:
    """None for what `make_seen` never wrote: then there is nothing to compare with."""
    try:
        data = json.loads(text)
        published, draft, rules = data["published"], data["draft"], data["rules"]
        known = None if rules is None else {str(k): (str(n), str(f)) for k, n, f in rules}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not (published is None or type(published) is int) or not isinstance(draft, str):
        return None
    return SeenState(Seen(published, draft), known)


def compare_with_seen(state: SeenState, draft: RuleSetVersion) -> list[RuleDifference]:
    """What of the draft is no longer as the person saw it; what it was is not kept anywhere."""
    return list(_compare_seen(state.rules or {}, _list_lines(draft))) if state.rules else []


def _compare_seen(
    seen: dict[str, tuple[str, str]], lines: Iterable[RuleLine]
) -> Iterator[RuleDifference]:
    gone = dict(seen)
    for line in lines:
        known = gone.pop(str(line.rule.key), None)
        if known is None:
            yield RuleDifference("added", line.rule.name, "", _say(line))
        elif known[1] != _fingerprint(line):
            yield RuleDifference("changed", line.rule.name, "", _say(line))
    for name, _ in gone.values():
        yield RuleDifference("removed", name, name, "")
