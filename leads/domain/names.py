"""People's names: one column taken apart, case repaired, titles taken off, family name found."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from nameparser import HumanName
from nameparser.config import CONSTANTS

from leads.domain.notes import Notes
from leads.domain.text import NAME_LIMIT, fold, sanitise_text, shown

_NOT_A_NAME = frozenset(
    {"-", "--", "n/a", "#n/a", "n.a.", "undefined", "(null)", "?", ".", "x", "xx", "xxx"}
)
_PARTICLES = frozenset(
    {"af", "al", "av", "bin", "da", "dal", "das", "de", "degli", "del", "della", "den", "der",
     "des", "di", "do", "dos", "du", "el", "ibn", "la", "ten", "ter", "van", "vom", "von", "y",
     "zu", "zum", "zur"}
)  # fmt: skip
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv", "junior", "senior"})
_ROMAN = frozenset({"ii", "iii", "iv"})
_WORD_JOINTS = re.compile(r"([\s\-'’.]+)")
_TWO_PEOPLE = re.compile(r"\s(?:and|und|et|&|\+)\s|\s/\s", re.IGNORECASE)
_NO_PERSON = re.compile(r"https?:|www\.|@|\d{3}", re.IGNORECASE)
_SHORT = 3


@dataclass(frozen=True, slots=True)
class PersonName:
    """`full` is how the person is shown; middle names and Jr. live in it alone."""

    first: str = ""
    last: str = ""
    full: str = ""


def read_name(first: str, last: str, full: str, notes: Notes) -> PersonName:
    """The name from separate columns if either is filled, else from the one column."""
    first, last, full = (
        _tidy(field, value, notes)
        for field, value in (("first_name", first), ("last_name", last), ("full_name", full))
    )
    if not first and "," in last and not full:
        last, full = "", last
    if first and first == last and " " in first:  # a form that asked once and stored twice
        first, last, full = "", "", full or first
    if first or last:
        name = _from_columns(first, last, full, notes)
    else:
        name = _from_one_column(full, notes) if full else PersonName()
    if _NO_PERSON.search(name.full):
        notes.warn("full_name", "name_doubtful", f"“{shown(name.full)}” hardly is a person’s name.")
    return name


def _tidy(field: str, raw: str, notes: Notes) -> str:
    if not raw:
        return ""
    text = _real(sanitise_text(raw, limit=NAME_LIMIT))
    notes.change(field, "tidied", raw, text)
    return text


def _from_columns(first: str, last: str, full: str, notes: Notes) -> PersonName:
    is_shouted = _is_shouted(f"{first} {last}")
    new_first = repair_case(first, is_shouted=is_shouted)
    new_last = repair_case(last, is_shouted=is_shouted, is_family=True)
    notes.change("first_name", "case_repaired", first, new_first)
    notes.change("last_name", "case_repaired", last, new_last)
    joined = f"{new_first} {new_last}".strip()[:NAME_LIMIT].rstrip()
    if full in ("", joined):
        return PersonName(new_first, new_last, joined)
    new_full = repair_case(full, is_shouted=_is_shouted(full))
    notes.change("full_name", "case_repaired", full, new_full)
    if not set(fold(full).split()) & set(fold(joined).split()):
        message = f"Full name “{shown(full)}” is not “{shown(joined)}”."
        notes.warn("full_name", "names_disagree", message)
    return PersonName(new_first, new_last, new_full)


def _from_one_column(full: str, notes: Notes) -> PersonName:
    if _TWO_PEOPLE.search(full):
        notes.warn("full_name", "name_of_two", f"“{shown(full)}” may name two people.")
    name, dropped, is_guess = _take_apart(full)
    if dropped:
        notes.change("full_name", "title_removed", full, name.full)
    else:
        notes.change("full_name", "name_parsed", full, name.full)
    if is_guess:
        notes.warn("full_name", "name_order", f"“{shown(full)}” was read as family name first.")
    return name


@lru_cache(maxsize=2048)
def _take_apart(full: str) -> tuple[PersonName, bool, bool]:
    """The name, whether titles were dropped, and whether its order was guessed."""
    words = full.split(" ")
    if all(map(_is_plain_word, words)):  # the usual case; the parser costs 250 µs
        return _from_plain_words(words)
    parsed = HumanName(full)
    first, last, middle = parsed.first, parsed.last, parsed.middle
    suffixes = parsed.suffix.replace(",", " ").split()
    kept = [word for word in suffixes if word.strip(".").lower() in _GENERATIONS]
    shown_name = (
        " ".join(filter(None, (first, middle, last, *kept)))
        if first.isascii() or "," in full
        else ""
    )
    is_dropped = bool(parsed.title) or len(kept) < len(suffixes)
    if not (first or last):  # "King": the parser takes a lone surname for a title
        only = repair_case(full, is_shouted=_is_shouted(full))
        return PersonName(only, "", only), False, False
    return (
        _compose(first, last, shown_name or full),
        is_dropped,
        False,
    )


def _from_plain_words(words: list[str]) -> tuple[PersonName, bool, bool]:
    if len(words) == 1:
        return _compose(words[0], "", words[0]), False, False
    is_family_first = _is_shouted_family(words[0]) and not any(map(str.isupper, words[1:]))
    if is_family_first:
        words = [*words[1:], words[0]]
    full = " ".join(words)
    return _compose(words[0], words[-1], full), False, is_family_first


def _is_plain_word(word: str) -> bool:
    """No title, particle, suffix or punctuation that would need the parser."""
    lower = word.lower()
    return (
        word.isascii()
        and word.replace("-", "").replace("'", "").isalpha()
        and lower not in _telling_words()
    )


@lru_cache(maxsize=1)
def _telling_words() -> frozenset[str]:
    """Titles, particles, suffixes and conjunctions the parser knows."""
    known = CONSTANTS
    return frozenset().union(
        known.titles, known.prefixes, known.suffix_acronyms, known.suffix_not_acronyms,
        known.conjunctions, known.bound_first_names,
    )  # fmt: skip


def _is_shouted_family(word: str) -> bool:
    """A family name set in capitals, as French and Asian lists do ("O'BRIEN Mary")."""
    return word.isupper() and len(word) > _SHORT


def _compose(first: str, last: str, full: str) -> PersonName:
    is_shouted = _is_shouted(full)
    return PersonName(
        repair_case(_real(first), is_shouted=is_shouted),
        repair_case(_real(last), is_shouted=is_shouted, is_family=True),
        repair_case(_real(full), is_shouted=is_shouted),
    )


def _is_shouted(name: str) -> bool:
    """Written in capitals throughout; initials and abbreviations alone ("J. J.") prove nothing.

    Nor do figures, letters without case and what is left as it is: else a name whose small letters
    were just repaired ("a 0000 USA") would be read as shouted the next time.
    """
    return name.isupper() and any(
        len(part) > _SHORT and part.isupper()
        for word in name.split(" ")
        if "@" not in word
        for part in _WORD_JOINTS.split(word)
    )


def _real(part: str) -> str:
    return "" if part.casefold() in _NOT_A_NAME else part


@lru_cache(maxsize=8192)
def repair_case(name: str, *, is_shouted: bool = False, is_family: bool = False) -> str:
    """Words written in one case as names are written; mixed case is the owner's own and stays.

    Capitals of up to three letters ("JJ", "DE") change only where the whole name is shouted.
    `is_family`: a leading particle is part of the family name and stays small ("de la Vega").
    """
    words = name.split(" ")
    repaired = [
        _repair_word(
            word,
            is_shouted=is_shouted,
            is_inner=(is_family or index > 0) and index < len(words) - 1,
        )
        for index, word in enumerate(words)
    ]
    result = unicodedata.normalize("NFC", " ".join(repaired))  # "İ" in small letters is two
    return result if len(result) <= NAME_LIMIT else name


def _repair_word(word: str, *, is_shouted: bool, is_inner: bool) -> str:
    lower = word.lower()
    if (
        "@" in word
        or not (word.isupper() or word.islower())
        or (word.isupper() and not is_shouted and len(word) <= _SHORT)
    ):
        return word
    if is_inner and lower in _PARTICLES:
        return lower
    if lower in _ROMAN:
        return word.upper()
    if word.isupper() and len(word) <= _SHORT and not set(lower) & set("aeiouyäöüéèáàíóú"):
        return word  # initials: "JJ"
    parts = _WORD_JOINTS.split(lower)
    return "".join(_capitalise(part) for part in parts)


def _capitalise(part: str) -> str:
    if part.startswith("mc") and len(part) > _SHORT:
        return "Mc" + part[2:].capitalize()
    return part[:1].title() + part[1:]
