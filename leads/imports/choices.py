"""What the selects of the import pages offer."""

from functools import lru_cache

from babel import Locale

from leads.domain.countries import country_codes
from leads.domain.draft import FIELD_LABELS
from leads.files.sniffing import ENCODINGS

KEEP_AS_EXTRA = "Keep as an extra value"
FIELD_CHOICES = [("", KEEP_AS_EXTRA), *FIELD_LABELS.items()]
ENCODING_CHOICES = list(ENCODINGS.items())
DELIMITER_CHOICES = [
    (",", "Comma ,"),
    (";", "Semicolon ;"),
    ("\\t", "Tab"),
    ("|", "Vertical bar |"),
]
TAB_NAME, TAB = "\\t", "\t"
"""A tab does not survive as the value of an option: browsers strip it."""


@lru_cache(maxsize=1)
def country_choices() -> tuple[tuple[str, str], ...]:
    """Code and English name of every country, by name."""
    names = Locale("en").territories
    return tuple(sorted(((code, names.get(code, code)) for code in country_codes()), key=_by_name))


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1]
