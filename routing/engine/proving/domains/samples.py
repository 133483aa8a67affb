"""Sample values: for every answer that the tests of an attribute can give together, one value that
gives it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from routing.engine.attributes import Attribute
from routing.engine.conditions.nodes import Test
from routing.engine.normal import fold_part, fold_text
from routing.engine.operators import Operator, as_tuple
from routing.engine.postal import compact_postal, is_digits

LETTERS = "xzqjkvwybpmcfdghlnrstaeiou"
IDEOGRAPHS = range(0x4E00, 0x9FA5)
OTHERS = ("other", "another", "something else")
USUAL_CLOSED = ("us", "de", "gb", "fr", "jp", "br", "in")
USUAL_CODES = ("90210", "10115", "75001", "20095")
WHOLE = (Operator.EQUALS, Operator.IN)


def collect(tests: Iterable[Test], *operators: Operator) -> list[str]:
    """The folded texts that tests of these operators name, each once, in order of first mention."""
    found: dict[str, None] = {}
    for test in tests:
        if test.operator in operators:
            found.update((fold_text(str(item)), None) for item in as_tuple(test.value))
    return list(found)


def sample_numbers(
    attribute: Attribute, tests: Iterable[Test], extra: Collection[float]
) -> list[float]:
    """Every number that a test or the lead names, and one from each stretch between two of them."""
    named = {
        item
        for test in tests
        for item in as_tuple(test.value)
        if isinstance(item, int | float) and not isinstance(item, bool)
    } | set(extra)
    limits = sorted({*named, *(x for x in (attribute.minimum, attribute.maximum) if x is not None)})
    samples: set[float] = set(limits)
    if attribute.is_whole:
        samples |= {int(limit // 1) + step for limit in limits for step in (0, 1)}
        samples |= {int(limit // 1) - 1 for limit in limits} | {0}
        samples = {sample for sample in samples if sample == int(sample)}
    else:
        samples |= {(a + b) / 2 for a, b in pairwise(limits)}
        samples |= {limits[0] - 1, limits[-1] + 1} if limits else {0}
    low = -float("inf") if attribute.minimum is None else attribute.minimum
    high = float("inf") if attribute.maximum is None else attribute.maximum
    return sorted({*extra, *(sample for sample in samples if low <= sample <= high)})


def sample_texts(
    attribute: Attribute,
    tests: Sequence[Test],
    extra: Iterable[str],
    known: Collection[str] | None,
) -> list[str]:
    """Whole values as named; for each beginning or domain a value that continues it in no named way;
    and one that nobody names."""
    named = [*collect(tests, *WHOLE), *(fold_text(text) for text in extra)]
    if known is not None:
        return _sample_closed(tests, named, known)
    heads = collect(tests, Operator.STARTS_WITH)
    domains = collect(tests, Operator.MATCHES_DOMAIN)
    parts = collect_parts(tests)
    texts = {*named, *heads, *domains, *parts}
    sign = find_fresh_sign(texts)
    samples = {
        *named,
        *(head + sign for head in heads),
        *(f"{sign}.{domain}" for domain in domains),
        _find_other(attribute, named, [*heads, *domains, *parts], sign),
    }
    if any(test.operator is Operator.WITHIN_POSTAL_RANGE for test in tests):
        samples |= set(_sample_postal(tests, heads, named, sign))
    return sorted(samples)


def _sample_closed(tests: Sequence[Test], named: list[str], known: Collection[str]) -> list[str]:
    """Of the values that exist, those that any test tells from others, and one of the rest."""
    folded = sorted({fold_text(value) for value in known})
    if any(test.operator not in WHOLE for test in tests):
        return sorted({*folded, *named})
    taken = set(named)
    others = [value for value in folded if value not in taken]
    rest = next((value for value in USUAL_CLOSED if value in set(others)), next(iter(others), None))
    exists = set(folded)
    samples = {value for value in named if value in exists}
    return sorted(samples | ({rest} if rest is not None else set()))


def collect_parts(tests: Iterable[Test]) -> list[str]:
    """What CONTAINS asks for, folded as a part of a text: blanks at its ends count."""
    found: dict[str, None] = {}
    for test in tests:
        if test.operator is Operator.CONTAINS:
            found.update((fold_part(str(item)), None) for item in as_tuple(test.value))
    return list(found)


def find_fresh_sign(texts: Iterable[str]) -> str:
    """A letter that occurs in none of the texts, so that what holds it is none of them."""
    used = set("".join(texts))
    letters: Iterator[str] = (*LETTERS, *map(chr, IDEOGRAPHS)).__iter__()
    return next(letter for letter in letters if letter not in used)


def _find_other(
    attribute: Attribute, named: Iterable[str], pieces: Iterable[str], sign: str
) -> str:
    """A value that no test names or begins, in the form such values have."""
    taken, begun = set(named), tuple(pieces)
    for text in _propose(attribute, sign):
        if text in taken or any(piece in text for piece in begun):
            continue
        return text
    return sign * 3


def _propose(attribute: Attribute, sign: str) -> Iterator[str]:
    if attribute.name == "postal_code":
        yield from USUAL_CODES
    if attribute.pattern is None:
        yield from OTHERS
        yield sign * 3
        return
    letters = [sign, *LETTERS] if sign.isascii() else [*LETTERS]
    for first in letters:
        for second in letters:
            yield from (
                text
                for text in (f"{first}{second}", f"{first}{second}-{first}")
                if re.fullmatch(attribute.pattern, text)
            )


def _sample_postal(
    tests: Sequence[Test], heads: Sequence[str], named: Sequence[str], sign: str
) -> Iterator[str]:
    """Codes at every point where the answer of a range or a beginning can change.

    Codes of digits change their answers at the ends of ranges and beginnings; each is also given a
    continuation, which is another text but the same code. Other codes compare by their first
    letters: there the ends themselves, their neighbours and continuations are enough.
    """
    pairs = [
        tuple(compact_postal(str(item)).lower() for item in as_tuple(test.value))
        for test in tests
        if test.operator is Operator.WITHIN_POSTAL_RANGE
    ]
    widths = {len(low) for low, _ in pairs}
    texts = {*heads, *named, *(text for pair in pairs for text in pair)}
    for width in widths:
        for number in _find_steps(texts, width):
            if 0 <= number < 10**width:
                code = f"{number:0{width}}"
                yield code
                yield f"{code}-{sign}"
    for text in texts:
        if not is_digits(text):
            yield from _surround(text, widths, sign)


def _find_steps(texts: Iterable[str], width: int) -> set[int]:
    """Numbers of `width` digits at which one of the texts, read as a beginning or an end, begins or
    is passed."""
    steps = {0}
    for text in texts:
        digits = re.match(r"[0-9]*", text).group()[:width]  # type: ignore[union-attr]
        if not digits:
            continue
        scale = 10 ** (width - len(digits))
        steps |= {int(digits) * scale, (int(digits) + 1) * scale, (int(digits) + 1) * scale - 1}
    return steps


def _surround(text: str, widths: Iterable[int], sign: str) -> Iterator[str]:
    for ending in (text, text[:-1] + chr(ord(text[-1]) + 1), text[:-1] + chr(ord(text[-1]) - 1)):
        if not ending.strip() or ending != fold_text(ending):
            continue
        yield ending
        yield ending + sign
        for width in widths:
            for filler in "0z":
                yield ending.ljust(width, filler)
                yield ending.ljust(width, filler) + sign
