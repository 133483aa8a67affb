"""The reps and pools of one batch as they stand between two decisions.

Mutable on purpose and owned by the caller: load it once, decide, `record` each verdict, decide the
next. So a batch of N leads decides as N single leads would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routing.engine.deciding import Verdict
    from routing.engine.outcomes import OutcomeTable

TURN = 1_000_000
"""One turn in microturns, the unit of balances."""


@dataclass(slots=True)
class SourceCap:
    """How much a rep takes of one source (`attribute` “source”) or of one kind of source
    (“source_kind”). `value` is the slug or kind as facts have it, `name` what people call it;
    `frees_at` tells when the day's cap gives way."""

    attribute: str
    value: str
    name: str
    open_leads: int = 0
    max_open: int | None = None
    leads_today: int = 0
    max_per_day: int | None = None
    frees_at: datetime | None = None

    def covers(self, facts: Mapping[str, Any]) -> bool:
        return facts.get(self.attribute) == self.value


@dataclass(slots=True)
class RepState:
    """What decides whether a rep can take a lead now.

    `unavailable_code` (OFF_SHIFT, ON_LEAVE, HOLIDAY or AWAY) and `unavailable_reason` (“off shift
    until 09:00”) are None while the rep is available; `available_at` is when that ends, None if
    unknown. Caps of None are no limit; `day_cap_frees_at` and `hour_cap_frees_at` tell, where the
    caller knows, when a reached cap gives way, and serve only to say when a parked lead is worth
    another try.
    """

    id: int
    name: str
    is_active: bool = True
    unavailable_code: str | None = None
    unavailable_reason: str | None = None
    available_at: datetime | None = None
    open_leads: int = 0
    max_open: int | None = None
    leads_today: int = 0
    max_per_day: int | None = None
    leads_this_hour: int = 0
    max_per_hour: int | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    day_cap_frees_at: datetime | None = None
    hour_cap_frees_at: datetime | None = None
    source_caps: tuple[SourceCap, ...] = ()


@dataclass(slots=True)
class Member:
    """A rep's place in a pool. `balance` in microturns; `last_turn` is the turn number of the last
    pick in this pool, 0 for never. A weight of 0 gets no leads from the pool. `deferred` are
    microturns put by while the member was away, `tier` matters where tiers decide."""

    rep_id: int
    weight: int = 1
    balance: int = 0
    last_turn: int = 0
    is_active: bool = True
    tier: int = 1
    deferred: int = 0


@dataclass(slots=True)
class PoolState:
    """`turn_number` counts the picks made so far. `overflow_id` is the pool that is asked when
    nobody here is eligible. Do not exchange members after creation.

    A person's own rep keeps them within `sticky_days` of having had them last, None for ever. Where
    outcomes decide, `value_weight` is the manager's slider in percent and `floor_share` the part of
    their fair share, in percent, that everybody keeps. `catch_up_limit` is in microturns.
    """

    id: int
    name: str
    slug: str
    strategy: str
    members: list[Member]
    ignores_hours: bool = False
    sticky_by_person: bool = False
    sticky_by_account: bool = False
    sticky_days: int | None = None
    required_skills: Mapping[str, int] = field(default_factory=dict)
    turn_number: int = 0
    is_active: bool = True
    overflow_id: int | None = None
    value_weight: int = 0
    floor_share: int = 50
    catch_up_limit: int = 0
    outcomes: OutcomeTable | None = None
    by_rep: dict[int, Member] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.by_rep = {member.rep_id: member for member in self.members}

    def find_member(self, rep_id: int) -> Member | None:
        return self.by_rep.get(rep_id)


@dataclass(slots=True)
class Roster:
    """`rep_ids_by_name`: who is meant by a folded user name or e-mail address; needed only where
    a choice reads a rep out of a field."""

    reps: dict[int, RepState] = field(default_factory=dict)
    pools: dict[int, PoolState] = field(default_factory=dict)
    rep_ids_by_name: Mapping[str, int] = field(default_factory=dict)

    def record(self, verdict: Verdict) -> None:
        """Apply one verdict: the rep's load, and the pool's balances and turn. Others change
        nothing."""
        if verdict.rep_id is None:
            return
        rep = self.reps[verdict.rep_id]
        rep.open_leads += 1
        rep.leads_today += 1
        rep.leads_this_hour += 1
        for cap in rep.source_caps:
            if cap.covers(verdict.facts):
                cap.open_leads += 1
                cap.leads_today += 1
        if verdict.pool_id is not None and verdict.deltas:
            self._record_turn(self.pools[verdict.pool_id], verdict)

    def _record_turn(self, pool: PoolState, verdict: Verdict) -> None:
        pool.turn_number += 1
        for rep_id, microturns in verdict.deltas:
            pool.by_rep[rep_id].balance += microturns
        for rep_id, microturns in verdict.deferrals:
            pool.by_rep[rep_id].deferred += microturns
        if verdict.rep_id is not None:
            pool.by_rep[verdict.rep_id].last_turn = pool.turn_number
