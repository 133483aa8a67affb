"""How two names compare, word by word: nicknames, swapped and double names, initials, slips."""

from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from leads.domain.nicknames import canonical_given_name, given_names_agree

Words = tuple[str, ...]


@lru_cache(maxsize=65_536)
def compare_name_words(given: Words, family: Words, given2: Words, family2: Words) -> str:
    """Remembered, because where many share a key they mostly share a name as well."""
    if not (given or family) or not (given2 or family2):
        return "unknown"
    if not family or not family2:
        # One of them gave a single word, which may be either name.
        words, words2 = {*given, *family}, {*given2, *family2}
        return "single" if words <= words2 or words2 <= words else "different"
    families = compare_words(family, family2)
    givens = _compare_given(given, given2)
    if families and givens:
        return _combine(givens, families)
    if _is_swapped(given, family, given2, family2):
        return "swapped"
    if _is_swapped_initial(given, family, given2, family2) or _is_swapped_initial(
        given2, family2, given, family
    ):
        return "initial"
    if families:
        return "family_only" if given and given2 else "part"
    return "given_only" if givens == "same" else "different"


def _combine(given: str, family: str) -> str:
    if "typo" in (given, family):
        both = given == family
        return "typo_both" if both else "typo_given" if given == "typo" else "typo_family"
    if given == "initial":
        return "initial"
    return "part" if family == "part" else given


def _compare_given(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """ "same", "nickname", "initial", "typo" or "" when they differ (or one is unknown)."""
    if not one or not other:
        return ""
    if one[0] == other[0]:
        return "same"
    if len(one[0]) == 1 or len(other[0]) == 1:
        return "initial" if one[0][0] == other[0][0] else ""
    if given_names_agree(one[0], other[0]) or set(one) <= set(other) or set(other) <= set(one):
        return "nickname"
    if is_typo(one[0], other[0]):
        return "typo"
    return "same" if "".join(one) == "".join(other) else ""


def compare_words(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """ "same", "part" (of a double name), "typo" or ""."""
    if one == other or "".join(one) == "".join(other):
        return "same"
    if set(one) <= set(other) or set(other) <= set(one):
        return "part"
    return "typo" if is_typo("".join(one), "".join(other)) else ""


def _is_swapped(given: Words, family: Words, given2: Words, family2: Words) -> bool:
    if not given or not given2:
        return False
    return _crosses(given, family, given2, family2) or _crosses(given2, family2, given, family)


def _crosses(given: Words, family: Words, given2: Words, family2: Words) -> bool:
    """Whether the given name of each is the other's family name; one of them may be a nickname."""
    if not compare_words(given, family2):
        return False
    word = canonical_given_name(family[-1])
    return canonical_given_name(given2[0]) == word or bool(compare_words(family, given2))


def _is_swapped_initial(given: Words, family: Words, given2: Words, family2: Words) -> bool:
    """ "G. Dimitrios" for Dimitrios Gerlach; the initial comes first."""
    is_initial = len(given) == 1 and len(given[0]) == 1
    return is_initial and family == given2 and family2[0][0] == given[0]


def is_typo(one: str, other: str) -> bool:
    """Whether one word may be the other mistyped: one slip in four letters, two in eight, or nearly alike."""
    longest = max(len(one), len(other))
    if min(len(one), len(other)) < 3:
        return False
    allowed = 2 if longest >= 8 else 1
    if OSA.distance(one, other, score_cutoff=allowed) <= allowed:
        return True
    return longest >= 5 and JaroWinkler.similarity(one, other, score_cutoff=0.93) >= 0.93
