"""What would change between two documents, object by object and field by field."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from routing.configuration.document import Document

Kind = Literal["added", "changed", "removed"]
SIGNS: dict[Kind, str] = {"added": "+", "changed": "~", "removed": "-"}
# Names that tell the entries of a list apart, whatever their order.
IDENTITIES = ("slug", "username", "channel", "key")
MISSING: Any = object()
LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Difference:
    """One object. `fields` are (path, before, after) of a changed one; None stands for the default."""

    kind: Kind
    section: str
    key: str
    fields: tuple[tuple[str, Any, Any], ...] = ()


def compare_documents(before: Document, after: Document) -> list[Difference]:
    """Returns the differences in the order of the sections, objects by key."""
    names = list(dict.fromkeys((*after, *before)))
    found: list[Difference] = []
    for name in names:
        old, new = before.get(name, []), after.get(name, [])
        if isinstance(new, list) and isinstance(old, list):
            found += _compare_section(name, old, new)
    return found


def _compare_section(section: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    old = {entry_key(entry): entry for entry in before}
    new = {entry_key(entry): entry for entry in after}
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            yield Difference("added", section, key)
        elif key not in new:
            yield Difference("removed", section, key)
        elif fields := tuple(_walk(old[key], new[key], "")):
            yield Difference("changed", section, key, fields)


def entry_key(entry: dict[str, Any]) -> str:
    """Returns what an entry of a section or of a list is known by."""
    for name in IDENTITIES:
        if name in entry:
            return str(entry[name])
    if "on" in entry:
        return f"{entry['country']} {entry['on']}"
    return f"{entry.get('role', '')} from {entry.get('starts_on', '')}"


def _walk(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            here = f"{path}.{name}" if path else name
            if name == "draft" and name not in before and "published" in before:
                # A new draft is told by how it differs from what is in force.
                yield from _walk(before["published"], after[name], "draft against published")
                continue
            if name in {"when", "then"}:
                yield from _whole(before.get(name), after.get(name), here)
            else:
                yield from _walk(before.get(name, MISSING), after.get(name, MISSING), here)
    elif _is_keyed(before) and _is_keyed(after):
        yield from _walk_list(before, after, path)
    else:
        yield from _whole(before, after, path)


def _whole(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if before != after:
        yield (path, None if before is MISSING else before, None if after is MISSING else after)


def _is_keyed(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(entry, dict) and (entry.keys() & {*IDENTITIES, "starts_on"}) for entry in value
    )


def _walk_list(before: list[Any], after: list[Any], path: str) -> Iterator[tuple[str, Any, Any]]:
    old = {entry_key(entry): entry for entry in before}
    new = {entry_key(entry): entry for entry in after}
    for key in dict.fromkeys((*old, *new)):
        named = (new.get(key) or old[key]).get("name", key)
        yield from _walk(old.get(key, MISSING), new.get(key, MISSING), f"{path}[{named}]")
    kept_before = [key for key in old if key in new]
    kept_after = [key for key in new if key in old]
    if kept_before != kept_after:
        names = {key: entry.get("name", key) for key, entry in new.items()}
        yield (
            f"order of {path}",
            [names[key] for key in kept_before],
            [names[key] for key in kept_after],
        )


def render_differences(differences: list[Difference]) -> str:
    """Returns the differences as indented lines with a summary, or one sentence when there are none."""
    if not differences:
        return "Nothing differs.\n"
    lines = []
    for one in differences:
        lines.append(f"{SIGNS[one.kind]} {one.section}: {one.key}")
        lines += [f"    {path}: {_text(old)} → {_text(new)}" for path, old, new in one.fields]
    counts = {kind: sum(one.kind == kind for one in differences) for kind in SIGNS}
    summary = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    return "\n".join([*lines, "", summary]) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return "(default)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
