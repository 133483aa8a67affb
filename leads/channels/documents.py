"""Reads a sender's JSON object name by name: what has another type than expected is warned of and
kept, and what nobody asked for is left over."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from leads.channels.field_mapping import to_text

Warnings = list[dict[str, str]]
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# Of this size a number of seconds lies beyond the year 5000: it counts milliseconds.
_MILLISECONDS_FROM = 10**11
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_NAME_LIMIT = 100


@dataclass(slots=True)
class JsonObject:
    """One object of a delivery. `warnings` are shared by everything within one item."""

    document: dict[str, Any]
    path: str = ""
    warnings: Warnings = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _inner: dict[str, "JsonObject | list[JsonObject]"] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, path: str = "", warnings: Warnings | None = None) -> "JsonObject":
        """Anything else than an object counts as an empty one."""
        document = value if isinstance(value, dict) else {}
        return cls(document, path, [] if warnings is None else warnings)

    def text(self, name: str) -> str:
        """The value as text; empty when there is none, or one that is no text."""
        value = self._take(name)
        if isinstance(value, str | bool | int | float):
            return to_text(value).strip()
        self._expect(name, "text", value)
        return ""

    def flag(self, name: str) -> bool:
        """Whether it says true, in whatever type; anything else is false."""
        return self.text(name).lower() in {"true", "yes", "1"}

    def moment(self, name: str) -> datetime | None:
        """An instant written as ISO 8601, or as seconds or milliseconds since 1970."""
        value = self._take(name)
        found = read_moment(value)
        if found is None:
            self._expect(name, "a date and time", value)
        return found

    def inner(self, name: str) -> "JsonObject":
        """The object of that name, an empty one when there is none."""
        value = self._take(name)
        if not isinstance(value, dict):
            self._expect(name, "an object", value)
        found = self._inner[name] = JsonObject.of(value, f"{self.path}{name}.", self.warnings)
        return found

    def items(self, name: str) -> list[Any]:
        """The list of that name, an empty one when there is none."""
        value = self._take(name)
        if isinstance(value, list):
            return value
        self._expect(name, "a list", value)
        return []

    def objects(self, name: str) -> list["JsonObject"]:
        """The objects in the list of that name; what is none is warned of."""
        found: list[JsonObject] = []
        for number, one in enumerate(self.items(name)):
            if not isinstance(one, dict):
                self._warn(f"{name}.{number}", "an object")
                continue
            found.append(JsonObject.of(one, f"{self.path}{name}.{number}.", self.warnings))
        self._inner[name] = found
        return found

    def skip(self, *names: str) -> None:
        """Takes names that say nothing about a lead, with all that is inside."""
        self._taken.update(names)
        for name in names:
            self._inner.pop(name, None)

    def rest(self) -> dict[str, Any]:
        """What nobody asked for, and what could not be used; of what was asked for inside, likewise."""
        left = {
            name: self._rest_of(name, value)
            for name, value in self.document.items()
            if name in self._inner or name not in self._taken
        }
        return {name: value for name, value in left.items() if value not in _EMPTY}

    def _rest_of(self, name: str, value: Any) -> Any:
        inner = self._inner.get(name)
        if inner is None or name not in self._taken:
            return value
        if isinstance(inner, list):
            return [rest for one in inner if (rest := one.rest())]
        return inner.rest()

    def _take(self, name: str) -> Any:
        self._taken.add(name)
        return self.document.get(name)

    def _expect(self, name: str, expected: str, value: Any) -> None:
        if value not in _EMPTY:
            self._taken.discard(name)
            self._warn(name, expected)

    def _warn(self, name: str, expected: str) -> None:
        place = f"{self.path}{name}"[:_NAME_LIMIT]
        message = f"{place} is not {expected}; kept as it was sent."
        self.warnings.append({"field": place, "code": "wrong_type", "message": message})


def read_moment(value: Any) -> datetime | None:
    """None for what is no instant between 1990 and 2199."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        if isinstance(value, str) and not value.strip().isdecimal():
            moment = datetime.fromisoformat(value.strip())
        else:
            number = float(value)
            seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
            moment = datetime.fromtimestamp(seconds, UTC)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if _EARLIEST <= moment < _LATEST else None
