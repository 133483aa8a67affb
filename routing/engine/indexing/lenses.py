"""From a lead's facts to the codes that tables are asked with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from routing.engine.attributes import get_attribute
from routing.engine.facts import FactValue
from routing.engine.indexing.coders import (
    FIRST_KNOWN,
    UNKNOWN,
    Coder,
    HeadCoder,
    Keys,
    Opener,
    make_coders,
    make_gram_opener,
    open_domains,
)
from routing.engine.indexing.reaches import GRAM_LENGTH, Facet, Kind
from routing.engine.normal import NORMALISERS, AttributeType, NormalValue, fold_text

Code = int | Sequence[int]
"""One number, or several where a value opens several keys."""
MANY = frozenset({Kind.MEMBER, Kind.WITHOUT, Kind.DOMAIN, Kind.GRAM})
"""Facets under which a value opens several keys."""
SETS = frozenset({Kind.MEMBER, Kind.WITHOUT})
MAX_REMEMBERED, MAX_REMEMBERED_LENGTH = 1_024, 40


@dataclass(frozen=True, slots=True)
class Lens:
    """Looks at one facet of a lead.

    `known` holds codes of facts as they were spelled, so that most leads need no folding. `encode`
    says what it lacks.
    """

    facet: Facet
    coder: Coder
    known: dict[FactValue, Code]
    encode: Callable[[FactValue], Code]


def make_lenses(facet: Facet, keys: Keys, limit: int) -> list[Lens]:
    """One, or two that see the same facet differently. `keys`: how many clauses name each. `limit`:
    the most codes they may use."""
    return [_make_lens(facet, keys, coder) for coder in make_coders(facet[1], keys, limit)]


def _make_lens(facet: Facet, keys: Keys, coder: Coder) -> Lens:
    name, kind = facet
    of = get_attribute(name).type
    known: dict[FactValue, Code] = {None: (UNKNOWN,) if kind in MANY else UNKNOWN}
    encode: Callable[[FactValue], Code]
    if kind in SETS:
        encode = _make_member_encoder(coder)
    elif kind in MANY:
        opener = (
            open_domains
            if kind is Kind.DOMAIN
            else make_gram_opener({GRAM_LENGTH, *map(len, keys)})
        )
        encode = _make_opening_encoder(coder, opener, NORMALISERS[of])
    else:
        encode_one = _make_encoder(coder, NORMALISERS[of])
        if isinstance(coder, HeadCoder):
            encode_one = _make_head_encoder(coder, encode_one)
        encode = encode_one if of is AttributeType.BOOLEAN else _remember(encode_one, known)
    return Lens(facet, coder, known, encode)


def _make_encoder(
    coder: Coder, normalise: Callable[[FactValue], NormalValue]
) -> Callable[[FactValue], int]:
    code = coder.code

    def encode(fact: FactValue) -> int:
        value: Any = normalise(fact)
        return UNKNOWN if value is None else code(value)

    return encode


def _make_head_encoder(
    coder: HeadCoder, encode_any: Callable[[FactValue], int]
) -> Callable[[FactValue], int]:
    code = coder.code_compact

    def encode(fact: FactValue) -> int:
        # Most postal codes are plain: nothing to fold and no blanks to take out.
        if isinstance(fact, str) and fact.isascii() and fact.isalnum():
            return code(fact.upper())
        return encode_any(fact)

    return encode


def _remember(
    encode: Callable[[FactValue], int], known: dict[FactValue, Code]
) -> Callable[[FactValue], int]:
    def encode_and_remember(fact: FactValue) -> int:
        code = encode(fact)
        if len(known) < MAX_REMEMBERED and _is_memorable(fact):
            known[fact] = code
        return code

    return encode_and_remember


def _is_memorable(fact: FactValue) -> bool:
    if isinstance(fact, str):
        return len(fact) <= MAX_REMEMBERED_LENGTH
    # 0 and 1 are the same keys as False and True, which are no numbers.
    return isinstance(fact, int) and fact not in (0, 1)


class _MemberCodes(dict[str, int]):
    """Codes of members as they were spelled."""

    __slots__ = ("_code",)

    def __init__(self, coder: Coder) -> None:
        self._code: Callable[[Any], int] = coder.code

    def __missing__(self, member: str) -> int:
        folded = fold_text(member)
        code = self._code(folded) if folded else UNKNOWN
        if len(self) < MAX_REMEMBERED and len(member) <= MAX_REMEMBERED_LENGTH:
            self[member] = code
        return code


def _make_member_encoder(coder: Coder) -> Callable[[FactValue], Sequence[int]]:
    code_of = _MemberCodes(coder).__getitem__

    def encode(fact: FactValue) -> Sequence[int]:
        if not isinstance(fact, frozenset):
            return (UNKNOWN,)
        found = [*map(code_of, fact)]
        if UNKNOWN in found:  # a blank member is none
            found = [code for code in found if code != UNKNOWN]
        return found or (UNKNOWN,)

    return encode


def _make_opening_encoder(
    coder: Coder, opener: Opener, normalise: Callable[[FactValue], NormalValue]
) -> Callable[[FactValue], Sequence[int]]:
    code = coder.code

    def encode(fact: FactValue) -> Sequence[int]:
        value = normalise(fact)
        if value is None:
            return (UNKNOWN,)
        # A text too short to open anything is known all the same.
        return [*{code(key) for key in opener(value)}] or (FIRST_KNOWN,)

    return encode
