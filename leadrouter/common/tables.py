"""Tables of plain text for commands."""

from collections.abc import Sequence

WIDEST = 44


def render_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns aligned columns under a ruled header; the last one alone is as long as it likes."""
    lines = [[*map(_clip, line[:-1]), line[-1]] for line in (header, *rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(header) - 1)]
    lines.insert(1, ["─" * width for width in widths] + ["─" * len(header[-1])])
    return "".join(f"{_align(line, widths)}\n" for line in lines)


def _clip(cell: str) -> str:
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 1] + "…"


def _align(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=True)]
    return "  ".join([*cells, line[-1]]).rstrip()
