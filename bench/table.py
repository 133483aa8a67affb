"""Numbers as one table, with the ratio to the peer beside each."""

from collections.abc import Sequence


def print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints aligned columns: text to the left, numbers to the right."""
    cells = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in [list(headings), *cells]) for n in range(len(headings))]
    print(f"\n{title}")
    for row in (list(headings), ["-" * width for width in widths], *cells):
        first, *rest = zip(row, widths, strict=True)
        line = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        print("  " + "  ".join(line).rstrip())


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2
        return f"{cell:,.{digits}f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def verdict(ratio: float, goal: float) -> str:
    """“12.3 x (goal 10: reached)”."""
    return f"{ratio:.1f} x (goal {goal:g}: {'reached' if ratio >= goal else 'MISSED'})"
