"""Telling letters of one script from look-alikes of another (homoglyphs).

Source: the idea of Unicode Technical Standard 39, reduced to the scripts that imitate Latin.
"""

import unicodedata

_CONFUSABLE_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
# Lower-case letters drawn like a Latin one in common fonts (a selection of UTS 39 confusables).
_LATIN_LOOKALIKES = frozenset("асеіјорѕхуһԁԛԝӏьгвнкмтαινορυκτχωονζβγηо")


def has_mixed_scripts(word: str) -> bool:
    """Whether letters of Latin and of a script that imitates Latin stand in one word."""
    if word.isascii():
        return False
    scripts = {unicodedata.name(c, "?").partition(" ")[0] for c in word if c.isalpha()}
    return len(scripts & _CONFUSABLE_SCRIPTS) > 1


def imitates_latin(word: str) -> bool:
    """Whether a word is written wholly in letters that look Latin but are not."""
    letters = [c for c in word.lower() if c.isalpha()]
    return bool(letters) and all(c in _LATIN_LOOKALIKES for c in letters)
