"""Text as received brought to a storable form: no controls, no invisible marks, bounded length."""

import re
import unicodedata
from functools import lru_cache

NAME_LIMIT = 200
SUBJECT_LIMIT = 500
TEXT_LIMIT = 20_000
URL_LIMIT = 2_048
SHOWN_LIMIT = 300

_SURROGATES = re.compile(r"[\ud800-\udfff]")
# Newline and tab survive only where lines matter; U+2028/2029 break lines in some browsers.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_BREAKS = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_BIDI_CONTROLS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_BLANKS_AT_LINE_END = re.compile(r"[^\S\n]+(?=\n)")
_PLACEHOLDERS = frozenset(
    {"-", "--", "---", "n/a", "#n/a", "n.a.", "null", "(null)", "none", "nan", "undefined", "?"}
)


def sanitise_text(value: str, *, limit: int, keeps_lines: bool = False) -> str:
    """NFC text without control characters or lone surrogates, at most `limit` characters.

    A single line also loses zero-width and bidirectional controls and has its white space
    collapsed. With `keeps_lines`, newlines and tabs stay, and so do the joiners that Persian,
    Indic scripts and emoji need; bidirectional overrides go in both.
    """
    if keeps_lines:
        return _sanitise_lines(value, limit)
    if not (value.isascii() and value.isprintable()):
        value = _LINE_BREAKS.sub(" ", _SURROGATES.sub("\ufffd", value))
        value = _INVISIBLE.sub("", _CONTROLS.sub("", value.replace("\t", " ")))
        value = unicodedata.normalize("NFC", " ".join(value.split()))
    # NFC may leave a different kind of blank (U+2001 becomes U+2003), never a new one.
    return " ".join(value.split())[:limit].rstrip()


def _sanitise_lines(value: str, limit: int) -> str:
    value = _LINE_BREAKS.sub("\n", _SURROGATES.sub("\ufffd", value))
    value = _BIDI_CONTROLS.sub("", _CONTROLS.sub("", value))
    value = unicodedata.normalize("NFC", value)
    return _BLANKS_AT_LINE_END.sub("", value).strip()[:limit].rstrip()


def shown(value: str) -> str:
    """The value as it may be stored beside a change or quoted in a sentence, at most 300 long."""
    if value.isascii() and value.isprintable():
        return value[:SHOWN_LIMIT]
    return _CONTROLS.sub("\ufffd", _SURROGATES.sub("\ufffd", value))[:SHOWN_LIMIT]


def is_placeholder(value: str) -> bool:
    """Whether an exporting program wrote this in place of nothing ("N/A", "null", "-")."""
    return len(value) <= 9 and value.casefold() in _PLACEHOLDERS


@lru_cache(maxsize=8192)
def fold(value: str) -> str:
    """A comparison form: no case, accents or punctuation, words apart by one space.

    Dots vanish ("U.S.A." is "usa"), other punctuation parts words, & is "and".
    """
    if value.isascii() and value.isalpha():
        return value.lower()
    value = unicodedata.normalize("NFKD", value.casefold().translate(_LETTERS_WITHOUT_MARKS))
    value = "".join(c for c in value if not unicodedata.combining(c)).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in value).split())


# Letters whose stroke is not a combining mark, so that NFKD leaves them alone.
_LETTERS_WITHOUT_MARKS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
     ".": "", "'": "", "’": "", "&": " and "}
)  # fmt: skip
