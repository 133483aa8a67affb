"""What is wrong with a configuration, all at once and each with its place."""

from dataclasses import dataclass

from leadrouter.common.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ConfigurationProblem:
    """`path` reads like `pools[us-smb].members[0].rep`; empty for the document as a whole."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class ConfigurationError(InvalidInput):
    """The document cannot be applied; nothing was changed."""

    code = "configuration_invalid"

    def __init__(self, problems: list[ConfigurationProblem]) -> None:
        self.problems = problems
        super().__init__(
            "\n".join(str(problem) for problem in problems),
            fields={problem.path: problem.reason for problem in problems},
        )
