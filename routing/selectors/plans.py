"""The rules as the engine wants them: compiled once per version, kept per process."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import DatabaseError

from leadrouter.common.organisation import Changes, Remembered, Stamps, get_stamps
from leadrouter.common.rows import Row, fetch_rows
from routing.engine.attributes import Registry
from routing.engine.compiling import Destination, DestinationKind, Plan, Rule, compile_plan
from routing.engine.conditions import Any as AnyOf
from routing.engine.conditions import parse_condition
from routing.engine.faults import Fault, FaultKind, describe_error
from routing.engine.territories import Territory, TerritoryOwner
from routing.engine.windows import make_window
from routing.models import RoutingRule, RuleChoice, RuleSetVersion
from routing.models import Territory as TerritoryRow
from routing.models import TerritoryOwner as OwnerRow
from routing.selectors.attributes import get_registry

logger = logging.getLogger(__name__)

_LIVE = """
SELECT v.id, v.created_at, s.timezone FROM routing_rulesetversion v
JOIN routing_ruleset s ON s.id = v.rule_set_id WHERE s.is_live AND v.state = 'PUBLISHED'
"""


def get_live_plan(stamps: Stamps | None = None) -> Plan | None:
    """Returns the compiled live rules, or None when none are published.

    A published version never changes, so it is compiled once in each process, and again only when
    its zone or a territory changes. Every process notices a publish at its next batch without being
    told. A version that cannot be compiled does not replace one that could (`Plan.faults`).
    Queries: 1 while nothing changed, none when the caller has just read the stamps.
    """
    now = get_stamps() if stamps is None else stamps
    # Drafts come and go while the same version stays live: compiling it again can take a second.
    live = _live.at(now.get(Changes.RULES))
    if not live:
        return None
    return _compiled.at((*live[0], now.get(Changes.TERRITORIES)))


class _Serving:
    """What this process decides by: the newest version that it could compile whole."""

    def __init__(self) -> None:
        self._good: Plan | None = None

    def compile(self) -> Plan:
        """Compiles the live version. One that is damaged does not replace a good one; without a good
        one it serves itself, less what is broken of it. Either way the plan names its faults.

        Raises: whatever the database does, as that says nothing about the version.
        """
        version = RuleSetVersion.objects.select_related("rule_set").get(pk=_find_live()[0][0])
        try:
            # From the one before: only rules that changed are indexed anew.
            self._good = load_plan(version, previous=self._good)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("Version %s cannot be compiled.", version)
            if self._good is None:
                return load_plan(version, is_lenient=True)
            fault = Fault(FaultKind.VERSION, f"version “{version}”", describe_error(error))
            return replace(self._good, faults=(fault,))
        return self._good


def _find_live() -> list[Row]:
    # With the time of creation, because SQLite gives a number again that was rolled back.
    return fetch_rows(_LIVE)


_live = Remembered(_find_live)
_compiled = Remembered(_Serving().compile)


def load_plan(
    version: RuleSetVersion, *, is_lenient: bool = False, previous: Plan | None = None
) -> Plan:
    """Compiles one version with today's territories. Queries: 4.

    `previous`: a plan of mostly the same rules, which shares what did not change.
    A lenient plan leaves out what is broken and names it in `faults`. Raises otherwise: ConditionError
    for a condition that cannot be read, other errors for other damage.
    """
    faults: list[Fault] | None = [] if is_lenient else None
    plan = compile_plan(
        version.pk,
        version.number,
        list_engine_rules(version, faults),
        list_engine_territories(faults),
        version.rule_set.timezone,
        previous,
    )
    return replace(plan, faults=tuple(faults)) if faults else plan


def list_engine_rules(
    version: RuleSetVersion, faults: list[Fault] | None = None, registry: Registry | None = None
) -> list[Rule]:
    """Returns the enabled rules of a version in order. Queries: 2.

    With `faults`, a rule that cannot be read is one that nothing meets, and is added to them.
    `registry` is what its conditions may ask about: everything that there ever was, unless given.
    """
    known = get_registry() if registry is None else registry
    rows = (
        RoutingRule.objects.filter(version=version, is_enabled=True)
        .prefetch_related("choices__required_skill")
        .order_by("position", "id")
    )
    return [_read_rule(row, position, faults, known) for position, row in enumerate(rows, start=1)]


def list_conditions(version: RuleSetVersion, faults: list[Fault] | None = None) -> list[Rule]:
    """Returns the enabled rules in order without their choices: what proofs and explanations need, at a
    third of the price. `faults` as in `list_engine_rules`. Queries: 1. Raises: ConditionError."""
    known = get_registry()
    # Values instead of rows: half of the time, where there are thousands.
    rows = RoutingRule.objects.filter(version=version, is_enabled=True).order_by("position", "id")
    values = rows.values_list(
        "pk", "name", "condition", "starts_at", "ends_at", "weekdays", "hours_from", "hours_to",
        named=True,
    )  # fmt: skip
    return [_read_rule(row, place, faults, known) for place, row in enumerate(values, start=1)]


def _read_rule(row: Any, position: int, faults: list[Fault] | None, registry: Registry) -> Rule:
    """`row` is a rule with its choices, or only the values of one."""
    try:
        return _engine_rule(row, position, registry)
    except Exception as error:
        if faults is None:
            raise
        message = describe_error(error)
        faults.append(Fault(FaultKind.RULE, f"the rule “{row.name}”", message, row.pk))
        return Rule(row.pk, position, row.name, AnyOf(), (), fault=message)


def _engine_rule(row: Any, position: int, registry: Registry) -> Rule:
    choices = row.choices.all() if isinstance(row, RoutingRule) else ()
    return Rule(
        id=row.pk,
        position=position,
        name=row.name,
        condition=parse_condition(row.condition, registry),
        choices=tuple(_destination(choice) for choice in choices),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        weekly_window=make_window(row.weekdays or (), row.hours_from, row.hours_to),
    )


def _destination(choice: RuleChoice) -> Destination:
    skill = choice.required_skill
    return Destination(
        kind=DestinationKind(choice.kind),
        pool_id=choice.pool_id,
        rep_id=choice.rep_id,
        territory_role=choice.territory_role,
        holding_queue_id=choice.holding_queue_id,
        track=choice.nurture_track,
        reason=choice.reason,
        max_age_days=choice.max_age_days,
        lead_field=choice.lead_field or None,
        required_skills={skill.slug: choice.required_level} if skill else {},
    )


def list_engine_territories(
    faults: list[Fault] | None = None, *, has_owners: bool = True
) -> list[Territory]:
    """Returns the active territories with all their owners, or without: half of the price.

    With `faults`, a territory that cannot be read is left out and added to them. Queries: 2 or 1.
    """
    territories = []
    rows = TerritoryRow.objects.filter(is_active=True)
    for row in rows.prefetch_related("owners") if has_owners else rows.order_by():
        try:
            territories.append(_engine_territory(row, row.owners.all() if has_owners else ()))
        except Exception as error:
            if faults is None:
                raise
            location = f"the territory “{row.name}”"
            faults.append(Fault(FaultKind.TERRITORY, location, describe_error(error)))
    return territories


def _engine_territory(row: TerritoryRow, owners: Iterable[OwnerRow]) -> Territory:
    return Territory(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        parent_id=row.parent_id,
        priority=row.priority,
        countries=frozenset(row.countries),
        subdivisions=frozenset(row.subdivisions),
        postal_prefixes=tuple(row.postal_prefixes),
        postal_ranges=tuple((low, high) for low, high in row.postal_ranges),
        industries=frozenset(row.industries),
        employees_min=row.employees_min,
        employees_max=row.employees_max,
        domains=frozenset(row.named_domains),
        owners=tuple(
            TerritoryOwner(owner.rep_id, owner.role, owner.starts_on, owner.ends_on)
            for owner in owners
        ),
    )
