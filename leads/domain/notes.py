"""What cleansing one lead observed: changes made, doubts, and reasons to refuse the row."""

from leads.domain.draft import Change, FieldWarning, Problem
from leads.domain.text import shown


class Notes:
    """Collects in the order of discovery; one instance lives for one lead."""

    __slots__ = ("changes", "problems", "warnings")

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.warnings: list[FieldWarning] = []
        self.problems: list[Problem] = []

    def change(self, field: str, rule: str, before: str, after: str) -> None:
        """Record a change, if there was one."""
        if before != after:
            self.changes.append(Change(field, rule, shown(before), shown(after)))

    def warn(self, field: str, code: str, message: str) -> None:
        self.warnings.append(FieldWarning(field, code, message))

    def refuse(self, field: str, code: str, message: str) -> None:
        self.problems.append(Problem(field, code, message))
