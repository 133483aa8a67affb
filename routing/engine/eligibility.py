"""Why a rep is passed over, as a code with its numbers and as a sentence.

Lasting reasons are named before passing ones. A pool that ignores hours offers leads outside
working hours and on public holidays, where they wait until the rep is back; leave and a rep's own
“away” still count, because there nobody comes back for the lead soon.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from routing.engine.facts import Facts
from routing.engine.roster import TURN, Member, RepState, SourceCap


class FateCode(StrEnum):
    PICKED = "PICKED"
    NOT_THEIR_TURN = "NOT_THEIR_TURN"
    INACTIVE = "INACTIVE"
    NOT_A_MEMBER_ANYMORE = "NOT_A_MEMBER_ANYMORE"
    NO_SHARE = "NO_SHARE"
    DECLINED_BEFORE = "DECLINED_BEFORE"
    MISSING_SKILL = "MISSING_SKILL"
    OFF_SHIFT = "OFF_SHIFT"
    HOLIDAY = "HOLIDAY"
    ON_LEAVE = "ON_LEAVE"
    AWAY = "AWAY"
    UNAVAILABLE = "UNAVAILABLE"
    FULL = "FULL"
    DAY_CAP = "DAY_CAP"
    HOUR_CAP = "HOUR_CAP"
    SOURCE_FULL = "SOURCE_FULL"
    SOURCE_DAY_CAP = "SOURCE_DAY_CAP"
    OUTRANKED = "OUTRANKED"


ABSENCE_CODES = frozenset({FateCode.OFF_SHIFT, FateCode.HOLIDAY, FateCode.ON_LEAVE})
"""Absences in which a pool may keep a member's share for them. A rep's own switch is not one."""

HOURS_CODES = frozenset({"OFF_SHIFT", "HOLIDAY"})
"""What `ignores_hours` ignores."""

AVAILABILITY_CODES = frozenset(
    {
        FateCode.OFF_SHIFT,
        FateCode.HOLIDAY,
        FateCode.ON_LEAVE,
        FateCode.AWAY,
        FateCode.UNAVAILABLE,
    }
)


class Fate(NamedTuple):
    """What became of one candidate. `detail` by code: the balance in microturns after this lead's
    credit, then what the strategy compared (PICKED by a strategy, NOT_THEIR_TURN); the same of the
    rep and of the best (OUTRANKED); count and cap (FULL, DAY_CAP, HOUR_CAP), then the source
    (SOURCE_FULL, SOURCE_DAY_CAP); skill, level, needed level (MISSING_SKILL); the reason's sentence
    (unavailable); else empty.

    What a strategy compares begins with a letter: L, open leads, limit (0 for none); K, sum of the
    levels; T, tier; V, the expected value in words.
    """

    rep_id: int
    code: FateCode
    detail: tuple[int | str, ...] = ()

    def sentence(self) -> str:
        """To follow the rep's name and a colon: “full: 20 of 20 open leads”."""
        detail = self.detail
        if self.code in AVAILABILITY_CODES:
            return str(detail[0]) if detail else self.code.replace("_", " ").lower()
        if self.code in (FateCode.PICKED, FateCode.NOT_THEIR_TURN):
            balance = f": balance {format_balance(int(detail[0]))}" if detail else ""
            numbers = f", {say_numbers(detail[1:])}" if detail[1:] else ""
            return _SENTENCES[self.code] + balance + numbers
        if self.code is FateCode.OUTRANKED:
            half = len(detail) // 2
            own, best = say_numbers(detail[:half]), say_numbers(detail[half:])
            return _SENTENCES[self.code].format(own, best)
        return _SENTENCES[self.code].format(*detail)


_SENTENCES: dict[FateCode, str] = {
    FateCode.PICKED: "picked",
    FateCode.NOT_THEIR_TURN: "not their turn",
    FateCode.INACTIVE: "not active",
    FateCode.NOT_A_MEMBER_ANYMORE: "not a member of the pool",
    FateCode.NO_SHARE: "has weight 0 in this pool",
    FateCode.DECLINED_BEFORE: "declined this lead before",
    FateCode.MISSING_SKILL: "lacks the skill {0}: level {1}, needed {2}",
    FateCode.FULL: "full: {0} of {1} open leads",
    FateCode.DAY_CAP: "has had {0} of {1} leads today",
    FateCode.HOUR_CAP: "has had {0} of {1} leads in the last hour",
    FateCode.SOURCE_FULL: "has {0} of {1} open leads from {2}",
    FateCode.SOURCE_DAY_CAP: "has had {0} of {1} leads from {2} today",
    FateCode.OUTRANKED: "{0}, where {1} comes first",
}


def say_numbers(numbers: tuple[int | str, ...]) -> str:
    """What a strategy compared: “load 7/20”, “level 3”, “tier 2”, “expected value 0.31”."""
    letter, *rest = numbers
    match letter:
        case "L":
            return f"load {rest[0]}/{rest[1]}" if rest[1] else f"load {rest[0]}"
        case "K":
            return f"level {rest[0]}"
        case "T":
            return f"tier {rest[0]}"
        case _:
            return f"expected value {rest[0]}"


def format_balance(microturns: int) -> str:
    """Turns with one decimal, or more where one would say 0: “−0.4”, “0.02”."""
    turns = abs(microturns) / TURN
    digits = next((count for count in (1, 2, 3) if round(turns, count)), 1)
    sign = "−" if microturns < 0 and round(turns, digits) else ""
    return f"{sign}{turns:.{digits}f}"


def find_obstacle(
    rep_id: int,
    rep: RepState | None,
    *,
    excluded_rep_ids: frozenset[int] = frozenset(),
    required_skills: Mapping[str, int] | None = None,
    ignores_hours: bool = False,
    facts: Facts | None = None,
) -> Fate | None:
    """The first reason why this rep cannot take the lead, or None when nothing stands in the
    way. `facts` are those of the lead, for limits by source."""
    if rep is None or not rep.is_active:
        return Fate(rep_id, FateCode.INACTIVE)
    if rep_id in excluded_rep_ids:
        return Fate(rep_id, FateCode.DECLINED_BEFORE)
    if required_skills:
        for skill, needed in required_skills.items():
            level = rep.skills.get(skill, 0)
            if level < needed or level == 0:
                return Fate(rep_id, FateCode.MISSING_SKILL, (skill, level, needed))
    if rep.unavailable_code is not None or rep.unavailable_reason is not None:
        obstacle = _find_absence(rep, ignores_hours=ignores_hours)
        if obstacle is not None:
            return obstacle
    return _find_cap(rep) or _find_source_cap(rep, facts)


def find_member_obstacle(
    member: Member,
    rep: RepState | None,
    *,
    excluded_rep_ids: frozenset[int] = frozenset(),
    required_skills: Mapping[str, int] | None = None,
    ignores_hours: bool = False,
    facts: Facts | None = None,
) -> Fate | None:
    """Like `find_obstacle`, for a rep as a member of a pool."""
    if not member.is_active:
        return Fate(member.rep_id, FateCode.NOT_A_MEMBER_ANYMORE)
    if member.weight < 1:
        return Fate(member.rep_id, FateCode.NO_SHARE)
    return find_obstacle(
        member.rep_id,
        rep,
        excluded_rep_ids=excluded_rep_ids,
        required_skills=required_skills,
        ignores_hours=ignores_hours,
        facts=facts,
    )


def _find_absence(rep: RepState, *, ignores_hours: bool) -> Fate | None:
    if ignores_hours and rep.unavailable_code in HOURS_CODES:
        return None
    code = FateCode.UNAVAILABLE
    if rep.unavailable_code in AVAILABILITY_CODES:
        code = FateCode(rep.unavailable_code)
    detail = (rep.unavailable_reason,) if rep.unavailable_reason else ()
    return Fate(rep.id, code, detail)


def _find_cap(rep: RepState) -> Fate | None:
    if rep.max_open is not None and rep.open_leads >= rep.max_open:
        return Fate(rep.id, FateCode.FULL, (rep.open_leads, rep.max_open))
    if rep.max_per_day is not None and rep.leads_today >= rep.max_per_day:
        return Fate(rep.id, FateCode.DAY_CAP, (rep.leads_today, rep.max_per_day))
    if rep.max_per_hour is not None and rep.leads_this_hour >= rep.max_per_hour:
        return Fate(rep.id, FateCode.HOUR_CAP, (rep.leads_this_hour, rep.max_per_hour))
    return None


def _find_source_cap(rep: RepState, facts: Facts | None) -> Fate | None:
    for cap in rep.source_caps:
        if cap.covers(facts or {}) and (fate := _find_reached(rep.id, cap)):
            return fate
    return None


def _find_reached(rep_id: int, cap: SourceCap) -> Fate | None:
    if cap.max_open is not None and cap.open_leads >= cap.max_open:
        detail = (cap.open_leads, cap.max_open, cap.name)
        return Fate(rep_id, FateCode.SOURCE_FULL, detail)
    if cap.max_per_day is not None and cap.leads_today >= cap.max_per_day:
        detail = (cap.leads_today, cap.max_per_day, cap.name)
        return Fate(rep_id, FateCode.SOURCE_DAY_CAP, detail)
    return None
