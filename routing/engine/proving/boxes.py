"""Sets of points as boxes: for some variables the cells that are allowed, as bits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Box = Mapping[int, int]
"""{variable number: bits of its cells}; a variable that is missing may take any cell."""
Point = Mapping[int, int]
"""{variable number: number of its cell}."""

EVERYWHERE: Box = {}


def intersect(first: Box, second: Box) -> Box | None:
    """What lies in both; None when nothing does."""
    small, large = (first, second) if len(first) < len(second) else (second, first)
    both = dict(large)
    for variable, cells in small.items():
        found = both.get(variable)
        common = cells if found is None else found & cells
        if not common:
            return None
        both[variable] = common
    return both


def is_inside(inner: Box, outer: Box) -> bool:
    """Whether every point of the one is in the other."""
    return all(
        variable in inner and not inner[variable] & ~cells for variable, cells in outer.items()
    )


def unite_simple(boxes: Sequence[Box]) -> list[Box]:
    """The same points in fewer boxes: those about one and the same variable become one."""
    merged: dict[int, int] = {}
    others: list[Box] = []
    for box in boxes:
        if len(box) == 1:
            ((variable, cells),) = box.items()
            merged[variable] = merged.get(variable, 0) | cells
        else:
            others.append(box)
    return [*({variable: cells} for variable, cells in merged.items()), *others]


def iter_cells(bits: int) -> Iterator[int]:
    """Numbers of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def make_bits(numbers: Sequence[int]) -> int:
    """The bits with these numbers."""
    if not numbers:
        return 0
    if len(numbers) <= 4:
        bits = 0
        for number in numbers:
            bits |= 1 << number
        return bits
    buffer = bytearray((max(numbers) >> 3) + 1)
    for number in numbers:
        buffer[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(buffer, "little")


def make_run(first: int, behind: int) -> int:
    """Bits `first` up to but without `behind`."""
    return (1 << behind) - (1 << first) if behind > first else 0
