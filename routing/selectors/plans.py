"""The rules as the engine wants them: compiled once per version, kept per process."""

from typing import Any

from leadrouter.common.rows import fetch_rows
from routing.engine.compiling import Destination, DestinationKind, Plan, Rule, compile_plan
from routing.engine.conditions import parse_condition
from routing.engine.territories import Territory, TerritoryOwner
from routing.models import RoutingRule, RuleChoice, RuleSetVersion
from routing.models import Territory as TerritoryRow

# What is live, in one statement: the published version, and a stamp of the territories it looks at.
_LIVE = """
SELECT v.id,
  (SELECT max(updated_at) FROM routing_territory), (SELECT count(*) FROM routing_territory),
  (SELECT max(updated_at) FROM routing_territoryowner), (SELECT count(*) FROM routing_territoryowner),
  (SELECT max(updated_at) FROM routing_ruleset)
FROM routing_rulesetversion v JOIN routing_ruleset s ON s.id = v.rule_set_id
WHERE s.is_live AND v.state = 'PUBLISHED'
"""

_compiled: tuple[tuple[Any, ...], Plan] | None = None


def get_live_plan() -> Plan | None:
    """Returns the compiled live rules, or None when none are published. Queries: 1 while nothing changed.

    A published version never changes and territories carry a stamp, so every process notices a
    publish at its next batch without being told.
    """
    global _compiled  # noqa: PLW0603 -- one slot per process, replaced whole
    stamps = fetch_rows(_LIVE)
    if not stamps:
        return None
    stamp = stamps[0]
    if _compiled is None or _compiled[0] != stamp:
        version = RuleSetVersion.objects.select_related("rule_set").get(pk=stamp[0])
        _compiled = (stamp, load_plan(version))
    return _compiled[1]


def load_plan(version: RuleSetVersion) -> Plan:
    """Compiles one version with today's territories. Queries: 4. Raises: ConditionError."""
    return compile_plan(
        version.pk,
        version.number,
        list_engine_rules(version),
        list_engine_territories(),
        version.rule_set.timezone,
    )


def list_engine_rules(version: RuleSetVersion) -> list[Rule]:
    """Returns the enabled rules of a version in order. Queries: 2."""
    rows = (
        RoutingRule.objects.filter(version=version, is_enabled=True)
        .prefetch_related("choices__required_skill")
        .order_by("position", "id")
    )
    return [_engine_rule(row, position) for position, row in enumerate(rows, start=1)]


def _engine_rule(row: RoutingRule, position: int) -> Rule:
    return Rule(
        id=row.pk,
        position=position,
        name=row.name,
        condition=parse_condition(row.condition),
        choices=tuple(_destination(choice) for choice in row.choices.all()),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        weekly_window=None,
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
        required_skills={skill.slug: 1} if skill else {},
    )


def list_engine_territories() -> list[Territory]:
    """Returns the active territories with all their owners. Queries: 2."""
    rows = TerritoryRow.objects.filter(is_active=True).prefetch_related("owners")
    return [
        Territory(
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
                for owner in row.owners.all()
            ),
        )
        for row in rows
    ]
