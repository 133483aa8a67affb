"""Which column of a file is which field of a lead: guesses a person confirms."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from leads.files.synonyms import EXTRA_COLUMN, NOT_A_FIELD, REASON_COLUMN, ROW_COLUMN, SYNONYMS

FUZZY_CUTOFF = 88
"""Start value of the reader tests; below it “Home phone” begins to look like “Phone”."""
FUZZY_MIN_CHARS = 5
SNIFF_SHARE = 0.6

_ALONE_WHOLE = {"nombre": "last_name", "nom": "first_name"}
"""Words for the whole name, unless the field beside them is there."""

_EXTRA = re.compile(rf"{EXTRA_COLUMN} \d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[\W_]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?:\+|00|\(0?|0)[\d\s()./-]{6,20}")
_WEBSITE = re.compile(r"(?:https?://\S+|www\.\S+\.\w{2,})", re.IGNORECASE)
_CONTENTS = (
    ("email", _EMAIL, "the values are e-mail addresses", 0.9),
    ("phone", _PHONE, "the values look like phone numbers", 0.6),
    ("website", _WEBSITE, "the values are web addresses", 0.7),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """The field a column most likely is, or None; `reason` is shown beside the select."""

    column_index: int
    header: str
    field: str | None
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    column_index: int
    field: str
    confidence: float
    reason: str
    rank: int  # position among the synonyms of the field: “Work e-mail” before “Private e-mail”
    fill: float  # share of sample rows with a value, so that an empty “Mobile” yields to “Phone”


def normalise_header(header: str) -> str:
    """“E-Mail_Address” and “emailAddress” as words: lower case, without accents or punctuation."""
    decomposed = unicodedata.normalize("NFKD", _CAMEL.sub(" ", header))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return _NOT_WORD.sub(" ", plain).strip()


def _spellings(synonym: str) -> set[str]:
    """The normal form, also with ae for ä as typed on foreign keyboards."""
    typed = synonym.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return {normalise_header(synonym), normalise_header(typed)}


@cache
def _table() -> dict[str, tuple[str | None, int]]:
    """Normalised header -> (field or None for a known stranger, rank)."""
    table: dict[str, tuple[str | None, int]] = {}
    for words in NOT_A_FIELD:
        table |= dict.fromkeys(_spellings(words), (None, 0))
    for field, synonyms in SYNONYMS.items():
        for rank, synonym in enumerate(synonyms):
            for spelling in _spellings(synonym):
                table.setdefault(spelling, (field, rank))
    return table


@cache
def _known_headers() -> tuple[str, ...]:
    return tuple(header for header in _table() if len(header) >= FUZZY_MIN_CHARS)


def recognise(header: str) -> str | None:
    """The field whose synonym the header is, exactly; None when it is none."""
    if len(header) > 60:
        return None
    return _table().get(normalise_header(header), (None, 0))[0]


def is_own_column(header: str) -> bool:
    """Whether the column is one that `exporting.write_bad_rows_csv` adds."""
    return header.strip() in (ROW_COLUMN, REASON_COLUMN)


def header_fingerprint(headers: Sequence[str]) -> str:
    """The same 32 hex digits for the same columns in the same order, however spelled or spaced.

    The columns a file of refused rows adds at its end do not count, so a corrected file finds the
    mapping of the file it comes from.
    """
    names = [
        normalise_header(header)
        for header in headers
        if not is_own_column(header) and not _EXTRA.fullmatch(header.strip())
    ]
    return hashlib.sha256("\x1f".join(names).encode("utf-8", "replace")).hexdigest()[:32]


def guess_mapping(headers: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> list[Guess]:
    """One guess per column in order, each field at most once; the same input gives the same answer.

    sample_rows: the first rows of the table, 50 are plenty.
    """
    found: dict[int, _Candidate] = {}
    taken: set[str] = set()
    candidates = [
        candidate
        for index, header in enumerate(headers)
        for candidate in _candidates(index, header, _values(sample_rows, index))
    ]
    for candidate in sorted(candidates, key=_preference):
        if candidate.column_index not in found and candidate.field not in taken:
            found[candidate.column_index] = candidate
            taken.add(candidate.field)
    _settle_names(headers, found, taken)
    return [_as_guess(index, header, found.get(index)) for index, header in enumerate(headers)]


def _values(rows: Sequence[Sequence[str]], index: int) -> tuple[list[str], float]:
    """The filled values of a column and the share of rows that have one."""
    values = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
    return values, len(values) / len(rows) if rows else 1.0


def _preference(candidate: _Candidate) -> tuple[float, bool, int, float, int]:
    """Sure before unsure, filled before mostly empty, then the better-known name, then left."""
    mostly_empty = candidate.fill < 0.2
    return (
        -candidate.confidence,
        mostly_empty,
        candidate.rank,
        -candidate.fill,
        candidate.column_index,
    )


def _candidates(index: int, header: str, sample: tuple[list[str], float]) -> list[_Candidate]:
    values, fill = sample
    plain = re.sub(r" \(\d+\)$", "", header)  # “Email (2)” is our own name for a second “Email”
    known = _match_header(normalise_header(plain))
    content = _match_content(index, values, fill)
    if known is None:
        return content
    field, rank, confidence, reason = known
    if field is None:
        return []
    contradicts = content and content[0].field != field and content[0].field == "email"
    if contradicts or (field == "email" and _lacks_emails(values)):
        confidence, reason = 0.3, f"{reason}, but the values say otherwise"
    return [*content, _Candidate(index, field, confidence, reason, rank, fill)]


def _match_header(header: str) -> tuple[str | None, int, float, str] | None:
    """(field or None for a known stranger, rank, confidence, reason), or None when unknown."""
    exact = _table().get(header)
    if exact is not None:
        return *exact, 1.0, "the header is a known name"
    if len(header) < FUZZY_MIN_CHARS or len(header) > 60:
        return None
    best = process.extractOne(
        header, _known_headers(), scorer=fuzz.token_sort_ratio, score_cutoff=FUZZY_CUTOFF
    )
    if best is None:
        return None
    name, score, _ = best
    return *_table()[name], round(score / 100 * 0.9, 2), f"the header resembles “{name}”"


def _match_content(index: int, values: list[str], fill: float) -> list[_Candidate]:
    """What most values of the column are, whatever it is called; needs two values."""
    if len(values) < 2:
        return []
    for field, pattern, reason, confidence in _CONTENTS:
        if sum(1 for value in values if pattern.fullmatch(value)) >= SNIFF_SHARE * len(values):
            return [_Candidate(index, field, confidence, reason, 10_000, fill)]
    return []


def _lacks_emails(values: list[str]) -> bool:
    return len(values) >= 2 and not any("@" in value for value in values)


def _settle_names(headers: Sequence[str], found: dict[int, _Candidate], taken: set[str]) -> None:
    """Settles words that mean different parts of a name depending on their neighbours.

    German “Vorname; Name” and French “Nom” beside “Prénom” are first and last names; Spanish
    “Nombre” alone is the whole name, and so is French “Nom” alone.
    """
    for index, candidate in list(found.items()):
        word = normalise_header(headers[index])
        if word == "name" and "first_name" in taken and "last_name" not in taken:
            wanted = "last_name"
        elif word in _ALONE_WHOLE and not taken & {_ALONE_WHOLE[word], "full_name"}:
            wanted = "full_name"
        else:
            continue
        taken.discard(candidate.field)
        taken.add(wanted)
        reason = "a name, judged by the columns beside it"
        found[index] = _Candidate(index, wanted, 0.9, reason, candidate.rank, candidate.fill)


def _as_guess(index: int, header: str, candidate: _Candidate | None) -> Guess:
    if candidate is None:
        own = is_own_column(header)
        reason = "added by the file of refused rows; ignored" if own else "no field is like it"
        return Guess(index, header, None, 0.0, reason)
    return Guess(index, header, candidate.field, candidate.confidence, candidate.reason)
