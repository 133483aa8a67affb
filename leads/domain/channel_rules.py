"""Which channel group a visit belongs to: the first rule that holds decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from leads.domain.attribution import Touch
from leads.domain.visits import Setting, Visit, read_visit

UNASSIGNED = "Unassigned"


# Compared by identity: a table of rules is looked up for every lead, and its parts never change.
@dataclass(frozen=True, slots=True, eq=False)
class ChannelRule:
    """All that is filled in must hold; in each list, one of it.

    Patterns are for the whole value in lower case: `*` is any text, `?` one character, `[ab]` one of
    these, `[!ab]` none of these. They are no regular expressions, so none can take long.
    """

    key: str
    group: str
    channels: tuple[str, ...] = ()
    source_kinds: tuple[str, ...] = ()
    click_ids: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where a touch came from. `rule` is the key of the rule that decided, empty for none."""

    source: str
    medium: str
    campaign: str
    group: str
    rule: str
    because: str


def attribute(touch: Touch, rules: Sequence[ChannelRule], setting: Setting) -> Attribution:
    """The source, medium and channel group of a touch."""
    visit = read_visit(touch, setting)
    rule = find_rule(tuple(rules), visit)
    return Attribution(
        source=visit.source,
        medium=visit.medium,
        campaign=touch.utm.get("campaign", ""),
        group=rule.group if rule else UNASSIGNED,
        rule=rule.key if rule else "",
        because=visit.because,
    )


@lru_cache(maxsize=4096)
def find_rule(rules: tuple[ChannelRule, ...], visit: Visit) -> ChannelRule | None:
    """The rule that decides. Visits are much alike, and going through the table takes 50 µs."""
    return next((one for one in rules if holds(one, visit)), None)


def holds(rule: ChannelRule, visit: Visit) -> bool:
    """Whether a visit meets everything a rule asks."""
    return (
        (not rule.channels or visit.channel in rule.channels)
        and (not rule.source_kinds or visit.source_kind in rule.source_kinds)
        and (not rule.click_ids or not visit.click_ids.isdisjoint(rule.click_ids))
        and (not rule.categories or visit.category in rule.categories)
        and (not rule.sources or matches_any(visit.source, rule.sources))
        and (not rule.media or matches_any(visit.medium, rule.media))
        and (not rule.campaigns or matches_any(visit.campaign, rule.campaigns))
    )


def say_rule(rule: ChannelRule) -> str:
    """“source is a search engine (SEARCH) and medium is like *cp*, ppc” for people."""
    parts = [
        ("the lead came by", rule.channels),
        ("its source is of the kind", rule.source_kinds),
        ("a click id is", rule.click_ids),
        ("the source is listed under", rule.categories),
        ("the source is", rule.sources),
        ("the medium is", rule.media),
        ("the campaign is", rule.campaigns),
    ]
    said = [f"{words} {' or '.join(values)}" for words, values in parts if values]
    return " and ".join(said) or "always"


def matches_any(value: str, patterns: tuple[str, ...]) -> bool:
    """Whether a value in lower case is like one of the patterns."""
    return any(pattern.match(value) for pattern in _compile(patterns))


@lru_cache(maxsize=1024)
def _compile(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    # `translate` makes atomic groups of the parts between stars: no way back, so linear in length.
    return tuple(re.compile(translate(pattern.lower())) for pattern in patterns)
