"""The parts of a condition that a contradiction can lie between, with their paths."""

from __future__ import annotations

from collections.abc import Iterator

from routing.engine.conditions import All, Any, Condition, Not, Test


def iter_conjuncts(condition: Condition, path: str) -> Iterator[tuple[str, Condition]]:
    match condition:
        case All(parts) if parts:
            for number, part in enumerate(parts):
                yield from iter_conjuncts(part, _step(path, f"all[{number}]"))
        case Not(Any(parts)) if parts:
            for number, part in enumerate(parts):
                yield _step(path, f"not.any[{number}]"), Not(part)
        case _:
            yield path, condition


def iter_alternatives(condition: Condition, path: str) -> Iterator[tuple[str, Condition]]:
    """The parts of every Any that stands under no Not."""
    match condition:
        case All(parts):
            for number, part in enumerate(parts):
                yield from iter_alternatives(part, _step(path, f"all[{number}]"))
        case Any(parts) if len(parts) > 1:
            for number, part in enumerate(parts):
                here = _step(path, f"any[{number}]")
                yield here, part
                yield from iter_alternatives(part, here)
        case Test() | Not() | Any():
            return


def _step(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step
