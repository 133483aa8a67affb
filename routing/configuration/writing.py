"""How an entry is written over a row, and who is meant by a reference."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model

from leads.models import CustomField, Source
from reps.models import Rep, Skill, Team
from routing.configuration.columns import Columns, Entry, key_of
from routing.configuration.document import Document
from routing.configuration.errors import ConfigurationProblem
from routing.models import HoldingQueue, Pool, RuleSet, SlaPolicy, Territory

KEYED_MODELS: dict[str, type[Model]] = {
    "users": get_user_model(),
    "teams": Team,
    "skills": Skill,
    "reps": Rep,
    "sources": Source,
    "custom_fields": CustomField,
    "sla_policies": SlaPolicy,
    "pools": Pool,
    "holding_queues": HoldingQueue,
    "territories": Territory,
    "rule_sets": RuleSet,
}


@dataclass
class Writing:
    """One import under way. Problems are gathered; who raises them all is `import_configuration`."""

    document: Document
    now: datetime
    user: Any = None
    problems: list[ConfigurationProblem] = field(default_factory=list)
    _rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    _failed: set[tuple[str, str]] = field(default_factory=set)

    def refuse(self, path: str, reason: str) -> None:
        self.problems.append(ConfigurationProblem(path, reason))

    def rows(self, section: str) -> dict[str, Any]:
        """Returns the rows of a section by key, read once and kept up to date. Queries: 1."""
        if section not in self._rows:
            found = KEYED_MODELS[section].objects.all()  # type: ignore[attr-defined]
            self._rows[section] = {key_of(row): row for row in found}
        return self._rows[section]

    def resolve(self, section: str, key: str, path: str) -> Any:
        """Returns the row meant, or None after saying that there is none."""
        row = self.rows(section).get(str(key))
        if row is None and (section, key) not in self._failed:
            self.refuse(path, f"“{key}” is not among the {section.replace('_', ' ')}.")
        return row

    def resolve_all(self, section: str, keys: Iterable[str], path: str) -> list[Any]:
        found = [self.resolve(section, key, f"{path}[{key}]") for key in keys]
        return [row for row in found if row is not None]

    def write_keyed(self, section: str, shape: Columns, entry: Entry, **fixed: Any) -> Any:
        """Creates or changes the row of an entry; returns it, or None after saying what is wrong."""
        key = str(entry.get("slug") or entry["username"])
        row = self.rows(section).get(key) or shape.model()
        if not self.write(row, shape, entry, f"{section}[{key}]", **fixed):
            self._failed.add((section, key))
            return None
        self.rows(section)[key] = row
        return row

    def write(self, row: Any, shape: Columns, entry: Entry, path: str, **fixed: Any) -> bool:
        """Fills and saves a row when anything differs; False when it may not be saved.

        `fixed` are columns outside the entry, such as the parent of a part.
        """
        count = len(self.problems)
        wanted = {name: self._value(shape, name, entry, path) for name in shape.names} | fixed
        if len(self.problems) > count:
            return False
        changed = [name for name, value in wanted.items() if not _has(row, name, value)]
        for name in changed:
            setattr(row, name, wanted[name])
        return self.save(row, changed, path) if changed or row.pk is None else True

    def _value(self, shape: Columns, name: str, entry: Entry, path: str) -> Any:
        value = entry.get(name, shape.default_value(name))
        if name in shape.references:
            if not value:
                return None
            return self.resolve(shape.references[name], value, f"{path}.{name}")
        column: Any = shape.model._meta.get_field(name)
        try:
            return column.to_python(value)
        except ValidationError as error:
            self.refuse(f"{path}.{name}", " ".join(error.messages))
            return None

    def save(self, row: Any, changed: list[str], path: str) -> bool:
        """Saves after the model's own checks; only the changed columns, as others move meanwhile."""
        try:
            row.full_clean(exclude=["password"])
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                where = path if name == "__all__" else f"{path}.{name}"
                self.refuse(where, " ".join(messages))
            return False
        if row.pk is None:
            row.save()
            return True
        stamp = ["updated_at"] if hasattr(row, "updated_at") else []
        row.save(update_fields=[*changed, *stamp])
        return True

    def write_parts(
        self, rows: Iterable[Any], wanted: Iterable[tuple[Any, Entry]], shape: Columns,
        identity: Any, path: str, **fixed: Any,
    ) -> None:  # fmt: skip
        """Makes the parts of one object exactly what its entry says.

        `wanted` are (identity, entry) pairs; `identity` gives the same of a row. Parts that the
        entry does not have are deleted.
        """
        existing = {identity(row): row for row in rows}
        for key, entry in wanted:
            row = existing.pop(key, None) or shape.model()
            self.write(row, shape, entry, path, **fixed)
        for row in existing.values():
            row.delete()


def _has(row: Any, name: str, value: Any) -> bool:
    if isinstance(value, Model):
        column = row._meta.get_field(name)
        return bool(getattr(row, column.attname) == value.pk)
    column = row._meta.get_field(name)
    return bool(getattr(row, column.attname) == value)
