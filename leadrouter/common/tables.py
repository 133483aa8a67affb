"""Tables of plain text for commands."""

from collections.abc import Sequence


def render_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns aligned columns under a ruled header; the last column is as long as it likes."""
    lines = [header, *rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(header) - 1)]
    rule = ["─" * width for width in widths] + ["─" * len(header[-1])]
    return "".join(f"{_align(line, widths)}\n" for line in (header, rule, *rows))


def _align(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=True)]
    return "  ".join([*cells, line[-1]]).rstrip()
