"""YAML text to plain data and back."""

import re
from collections.abc import Hashable
from typing import Any

import yaml

from routing.configuration.errors import ConfigurationError, ConfigurationProblem

FORMAT = 1
MAX_CHARACTERS = 20_000_000
HEADER = (
    "# Configuration of a leadrouter organisation. Passwords and keys are never part of it.\n"
    "# Apply with: manage.py import_config FILE --dry-run (see docs/configuration-as-code.md)\n"
)

Document = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML as people mean it: `NO` is Norway, 10:30 a time of day and 2026-01-01 text, as in YAML 1.2.

    Anchors are refused: they are how a small file becomes a huge one, and a reader of the
    configuration should see each value where it is used.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not allowed", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                text = "a name must be plain text"
                raise yaml.constructor.ConstructorError(None, None, text, key.start_mark)
            if key.value in seen:
                text = f"“{key.value}” is stated twice"
                raise yaml.constructor.ConstructorError(None, None, text, key.start_mark)
            key.tag = "tag:yaml.org,2002:str"
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


# Each pattern takes no more than the dumper's own (YAML 1.1), so that what it leaves unquoted as text
# is read as text.
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    (
        "float",
        r"^-?[0-9]+\.[0-9]+(?:[eE][-+][0-9]+)?$",
        "-0123456789",
    ),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


_RARE_LINE_ENDS = re.compile("[\r\x85\u2028\u2029]")


class _Entry(dict[str, Any]):
    """One object of a section: always a block, however short, so that differences stay small."""


class _Dumper(yaml.SafeDumper):
    """Blocks for what holds something, one line for what does not; never an anchor."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_entry(self, data: _Entry) -> Any:
        node = self.represent_dict(data)
        node.flow_style = False
        return node

    def represent_text(self, data: str) -> Any:
        """Line ends that only Unicode knows survive in double quotes alone, as escapes."""
        style = '"' if _RARE_LINE_ENDS.search(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(_Entry, _Dumper.represent_entry)
_Dumper.add_representer(str, _Dumper.represent_text)


def parse_document(text: str) -> Document:
    """Returns the data of a YAML text. Raises: ConfigurationError with line and column."""
    if len(text) > MAX_CHARACTERS:
        raise _refusal(f"The file has more than {MAX_CHARACTERS:,} characters.")
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 -- derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise _refusal(f"{error.problem}", place) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _refusal(f"This is not readable as YAML: {error}") from error
    if not isinstance(data, dict):
        raise _refusal("A configuration is a mapping that starts with “leadrouter: 1”.")
    return data


def _refusal(reason: str, place: str = "") -> ConfigurationError:
    return ConfigurationError([ConfigurationProblem(place, reason)])


def render_document(document: Document) -> str:
    """Returns the YAML text; the same data always gives the same bytes."""
    sections = {
        name: [_Entry(entry) for entry in value] if isinstance(value, list) else value
        for name, value in document.items()
    }
    text = yaml.dump(
        sections,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )
    return HEADER + "\n" + re.sub(r"(?m)^(\w+):$", r"\n\1:", text).lstrip("\n")
