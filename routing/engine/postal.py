"""Comparing postal codes of any country."""

from __future__ import annotations


def compact_postal(code: str) -> str:
    """“sw1a 1aa” → “SW1A1AA”: upper case, no spaces."""
    return "".join(code.upper().split())


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def find_range_fault(low: str, high: str) -> str | None:
    """What is wrong with a range, as a sentence, or None. Bounds are compacted first."""
    first, last = compact_postal(low), compact_postal(high)
    if not first or not last:
        return "Both ends of a postal range are needed."
    if len(first) != len(last):
        return f"{low} and {high} differ in length; a postal range needs two codes of equal length."
    if first > last:
        return f"{low} comes after {high}; a postal range runs from the lower to the higher code."
    return None


def is_in_range(code: str, low: str, high: str) -> bool:
    """Whether a code lies between two compact bounds of equal length, both included.

    Digits compare as numbers and must have as many digits as the bounds, so the Indian 110001 is
    not inside 10000-19999, while the ZIP+4 code 10001-1234 is (its first group counts). Codes with
    letters compare by their beginning, so K1A 0B1 is inside K1A-K9Z.
    """
    width = len(low)
    head = code[:width]
    if len(head) < width:
        return False
    if (
        is_digits(low)
        and is_digits(high)
        and (not is_digits(head) or code[width : width + 1].isdigit())
    ):
        return False
    return low <= head <= high
