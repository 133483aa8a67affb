"""What is said about reps and pools and rarely changes: read once, kept by each process.

A dozen statements for every lead else, a third of what deciding about one takes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from leadrouter.common.organisation import Changes, Remembered, Stamps
from leadrouter.common.rows import Row, fetch_each, read_models, read_rows
from leads.models import Source
from reps.domain.working_time import WorkingCalendar
from reps.models import Rep, Team
from reps.selectors.calendars import calendar_reads, make_calendars
from routing.engine.outcomes import OutcomeTable, Tally
from routing.engine.roster import SourceCap
from routing.models import SlaPolicy

_REQUIRED_SKILLS = """
SELECT r.pool_id, s.slug, r.level FROM routing_pool_required_skills r
JOIN reps_skill s ON s.id = r.skill_id WHERE r.pool_id AMONG (%s)
"""
_SKILLS = """
SELECT r.rep_id, s.slug, r.level FROM reps_repskill r
JOIN reps_skill s ON s.id = r.skill_id WHERE r.rep_id AMONG (%s)
"""

_SOURCE_CAPS = """
SELECT c.rep_id, s.slug, c.source_kind, s.name, c.max_open_leads, c.max_leads_per_day
FROM routing_sourcecap c LEFT JOIN leads_source s ON s.id = c.source_id
WHERE c.rep_id AMONG (%s) ORDER BY c.id
"""
_OUTCOMES = """
SELECT o.rep_id, s.slug, o.won, o.lost, o.deal_cents, o.currency FROM routing_repoutcome o
JOIN leads_source s ON s.id = o.source_id WHERE o.rep_id AMONG (%s) ORDER BY o.id
"""

Skills = dict[str, int]


@dataclass(slots=True)
class Descriptions:
    """By id: each rep's team, user (with `email`), calendar, skills, limits by source (without counts)
    and outcomes; each pool's required skills; every promise. `tables` sum up the outcomes of members.
    Shared by whoever asks in this process, so nobody changes what is in it."""

    teams: dict[int, Team] = field(default_factory=dict)
    users: dict[int, Any] = field(default_factory=dict)
    calendars: dict[int, WorkingCalendar] = field(default_factory=dict)
    skills: dict[int, Skills] = field(default_factory=dict)
    required_skills: dict[int, Skills] = field(default_factory=dict)
    policies: dict[int, SlaPolicy] = field(default_factory=dict)
    source_caps: dict[int, list[SourceCap]] = field(default_factory=dict)
    outcomes: dict[int, list[Tally]] = field(default_factory=dict)
    tables: dict[tuple[int, ...], OutcomeTable] = field(default_factory=dict)

    def sum_outcomes(self, rep_ids: Iterable[int]) -> OutcomeTable:
        """The outcomes of a pool's members, summed up once."""
        key = tuple(sorted(rep_ids))
        if key not in self.tables:
            tallies = [tally for rep_id in key for tally in self.outcomes.get(rep_id, ())]
            self.tables[key] = OutcomeTable(tallies)
        return self.tables[key]


_descriptions = Remembered(Descriptions)


def describe(
    reps: Sequence[Rep], pool_ids: Iterable[int], *, stamps: Stamps, now: datetime
) -> Descriptions:
    """Returns descriptions with at least these reps and pools in them; sets `team` and `user` of reps.

    Queries: 10 in two round trips the first time after a change, else none.
    """
    # Calendars reach sixty days to either side of the moment they were read at.
    # Limits and outcomes name sources.
    kinds = (stamps.get(Changes.PEOPLE), stamps.get(Changes.SOURCES))
    found = _descriptions.at((*kinds, now.date()))
    # A rep's row is fresher than the stamps: it may name a team that is not known yet.
    new_reps = [
        rep
        for rep in reps
        if not (
            rep.pk in found.skills and rep.team_id in found.teams and rep.user_id in found.users
        )
    ]
    new_pools = [pool_id for pool_id in pool_ids if pool_id not in found.required_skills]
    if new_reps or new_pools:
        _add(found, new_reps, new_pools, now)
    for rep in reps:
        rep.team, rep.user = found.teams[rep.team_id], found.users[rep.user_id]
    return found


def _add(found: Descriptions, reps: Sequence[Rep], pool_ids: list[int], now: datetime) -> None:
    rep_ids = [rep.pk for rep in reps]
    users, teams, skills, required, policies, caps, outcomes = fetch_each(
        read_models(
            get_user_model(), "id AMONG (%s)", [rep.user_id for rep in reps], only=("email",)
        ),
        read_models(Team, "id AMONG (%s)", list({rep.team_id for rep in reps})),
        read_rows(_SKILLS, rep_ids),
        read_rows(_REQUIRED_SKILLS, pool_ids),
        read_models(SlaPolicy, "1 = 1"),
        read_rows(_SOURCE_CAPS, rep_ids),
        read_rows(_OUTCOMES, rep_ids),
    )
    found.users |= {user.pk: user for user in users}
    found.teams |= {team.pk: team for team in teams}
    found.policies |= {policy.pk: policy for policy in policies}
    for rep in reps:
        rep.team = found.teams[rep.team_id]
    found.calendars |= make_calendars(reps, *fetch_each(*calendar_reads(reps, now)))
    found.required_skills |= _levels(pool_ids, required)
    found.source_caps |= _source_caps(rep_ids, caps)
    found.outcomes |= _tallies(rep_ids, outcomes)
    # The last one: whoever finds a rep here finds everything else as well.
    found.skills |= _levels(rep_ids, skills)


def _levels(ids: Collection[int], rows: Iterable[tuple[int, str, int]]) -> dict[int, Skills]:
    levels: dict[int, Skills] = defaultdict(dict, {one: {} for one in ids})
    for one, slug, level in rows:
        levels[one][slug] = level
    return dict(levels)


def _source_caps(ids: Collection[int], rows: Iterable[Row]) -> dict[int, list[SourceCap]]:
    kinds = dict(Source.Kind.choices)
    caps: dict[int, list[SourceCap]] = {one: [] for one in ids}
    for rep_id, slug, kind, name, max_open, max_per_day in rows:
        attribute, value = ("source", slug) if slug else ("source_kind", kind)
        called = f"“{name}”" if slug else f"sources of the kind “{kinds[kind]}”"
        caps[rep_id].append(
            SourceCap(attribute, value, called, max_open=max_open, max_per_day=max_per_day)
        )
    return caps


def _tallies(ids: Collection[int], rows: Iterable[Row]) -> dict[int, list[Tally]]:
    """Only rows with a currency hold deals, and then all their won leads are deals."""
    tallies: dict[int, list[Tally]] = {one: [] for one in ids}
    for rep_id, source, won, lost, cents, currency in rows:
        deals = won if currency else 0
        tallies[rep_id].append(Tally(rep_id, source, won, lost, deals, cents, currency))
    return tallies
