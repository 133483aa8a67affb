"""The rules as the engine wants them: compiled once per version, kept per process."""

from leadrouter.common.organisation import Changes, Remembered, Stamps, get_stamps
from leadrouter.common.rows import Row, fetch_rows
from routing.engine.compiling import Destination, DestinationKind, Plan, Rule, compile_plan
from routing.engine.conditions import parse_condition
from routing.engine.territories import Territory, TerritoryOwner
from routing.models import RoutingRule, RuleChoice, RuleSetVersion
from routing.models import Territory as TerritoryRow

_LIVE = """
SELECT v.id, v.created_at, s.timezone FROM routing_rulesetversion v
JOIN routing_ruleset s ON s.id = v.rule_set_id WHERE s.is_live AND v.state = 'PUBLISHED'
"""


def get_live_plan(stamps: Stamps | None = None) -> Plan | None:
    """Returns the compiled live rules, or None when none are published.

    A published version never changes, so it is compiled once in each process, and again only when
    its zone or a territory changes. Every process notices a publish at its next batch without being
    told. Queries: 1 while nothing changed, none when the caller has just read the stamps.
    """
    now = get_stamps() if stamps is None else stamps
    # Drafts come and go while the same version stays live: compiling it again can take a second.
    live = _live.at(now.get(Changes.RULES))
    if not live:
        return None
    return _compiled.at((*live[0], now.get(Changes.TERRITORIES)))


def _compile_live() -> Plan:
    version = RuleSetVersion.objects.select_related("rule_set").get(pk=_find_live()[0][0])
    return load_plan(version)


def _find_live() -> list[Row]:
    # With the time of creation, because SQLite gives a number again that was rolled back.
    return fetch_rows(_LIVE)


_live = Remembered(_find_live)
_compiled = Remembered(_compile_live)


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
        weekly_window=row.weekly_window,
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
