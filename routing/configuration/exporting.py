"""Reads the configuration of this installation into a document. Queries: a few per section."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, Q

from leadrouter.common.roles import ROLE_PERMISSIONS
from leads.models import CustomField, Source
from reps.models import Holiday, Rep, Skill, Team
from routing.configuration import columns
from routing.configuration.columns import Columns, Entry, key_of, to_plain
from routing.configuration.document import FORMAT, Document
from routing.configuration.hours import write_week, write_window
from routing.engine.attributes import Registry
from routing.engine.conditions import ConditionError, condition_to_json, parse_condition
from routing.models import (
    DestinationKind,
    HoldingQueue,
    Pool,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    SlaPolicy,
    Territory,
    VersionState,
)
from routing.selectors.attributes import get_registry


def export_configuration() -> Document:
    """Returns the document, sections in the order in which they refer to each other."""
    document: Document = {"leadrouter": FORMAT}
    for name, read in SECTIONS.items():
        if entries := read():
            document[name] = entries
    return document


def _with(entry: Entry, **more: Any) -> Entry:
    """Adds what is not empty."""
    return entry | {name: value for name, value in more.items() if value}


def _entries(shape: Columns, rows: Iterable[Model]) -> list[Entry]:
    return [shape.to_entry(row) for row in rows]


def _users() -> list[Entry]:
    """Everybody with a role, a rep's or a team's account. Who is a superuser stays a local matter."""
    involved = Q(groups__name__in=ROLE_PERMISSIONS) | Q(rep__isnull=False)
    users = get_user_model().objects.filter(involved | Q(managed_teams__isnull=False)).distinct()
    return [_user(user) for user in users.order_by("username").prefetch_related("groups")]


def _user(user: Any) -> Entry:
    entry = _with(
        {"username": user.username},
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        roles=sorted(group.name for group in user.groups.all() if group.name in ROLE_PERMISSIONS),
    )
    return entry if user.is_active else entry | {"is_active": False}


def _teams() -> list[Entry]:
    rows = Team.objects.select_related("manager").prefetch_related("working_hours")
    return [
        _with(columns.TEAM.to_entry(row), working_hours=write_week(row.working_hours.all()))
        for row in rows.order_by("slug")
    ]


def _holidays() -> list[Entry]:
    return _entries(columns.HOLIDAY, Holiday.objects.order_by("country", "on"))


def _skills() -> list[Entry]:
    return _entries(columns.SKILL, Skill.objects.order_by("slug"))


def _reps() -> list[Entry]:
    rows = Rep.objects.select_related("user", "team").prefetch_related(
        "working_hours", "skills__skill", "source_caps__source"
    )
    return [
        _with(
            columns.REP.to_entry(row),
            skills={skill.skill.slug: skill.level for skill in _by_slug(row.skills.all(), "skill")},
            source_caps=_source_caps(row.source_caps.all()),
            working_hours=write_week(row.working_hours.all()),
        )
        for row in rows.order_by("slug")
    ]


def _source_caps(rows: Iterable[Any]) -> list[Entry]:
    entries = _entries(columns.SOURCE_CAP, rows)
    return sorted(
        entries, key=lambda entry: (entry.get("source", ""), entry.get("source_kind", ""))
    )


def _by_slug(rows: Iterable[Any], name: str) -> list[Any]:
    return sorted(rows, key=lambda row: getattr(row, name).slug)


def _by_columns(rows: Iterable[Any], *names: str) -> list[Any]:
    return sorted(rows, key=attrgetter(*names))


def _sources() -> list[Entry]:
    rows = Source.objects.prefetch_related("endpoints").order_by("slug")
    return [
        _with(
            columns.SOURCE.to_entry(row),
            endpoints=_entries(
                columns.ENDPOINT, _by_columns(row.endpoints.all(), "channel", "name")
            ),
        )
        for row in rows
    ]


def _sla_policies() -> list[Entry]:
    return _entries(columns.SLA_POLICY, SlaPolicy.objects.order_by("slug"))


def _pools() -> list[Entry]:
    """Members are those who take turns. Who left keeps a balance in the ledger, not in here."""
    rows = Pool.objects.select_related("sla_policy", "overflow").prefetch_related(
        "members__rep", "skill_levels__skill"
    )
    return [
        _with(
            columns.POOL.to_entry(row),
            required_skills=_levels(row.skill_levels.all()),
            members={
                member.rep.slug: _member(member)
                for member in _by_slug(row.members.all(), "rep")
                if member.is_active
            },
        )
        for row in rows.order_by("slug")
    ]


def _levels(rows: Iterable[Any]) -> list[str] | dict[str, int]:
    """A plain list where any level will do, as it is written most often."""
    levels = {row.skill.slug: row.level for row in _by_slug(rows, "skill")}
    return levels if any(level > 1 for level in levels.values()) else list(levels)


def _member(member: Any) -> int | Entry:
    """The weight alone where that says everything."""
    entry = columns.MEMBER.to_entry(member)
    del entry["rep"]
    return entry if len(entry) > 1 else int(entry["weight"])


def _holding_queues() -> list[Entry]:
    rows = HoldingQueue.objects.select_related("sla_policy").prefetch_related("teams", "reps")
    return [
        _with(
            columns.HOLDING_QUEUE.to_entry(row),
            teams=sorted(team.slug for team in row.teams.all()),
            reps=sorted(rep.slug for rep in row.reps.all()),
        )
        for row in rows.order_by("slug")
    ]


def _territories() -> list[Entry]:
    rows = Territory.objects.select_related("parent").prefetch_related("owners__rep")
    return [
        _with(
            columns.TERRITORY.to_entry(row),
            owners=_entries(
                columns.OWNER,
                _by_columns(row.owners.all(), "role", "starts_on"),
            ),
        )
        for row in rows.order_by("slug")
    ]


def _rule_sets() -> list[Entry]:
    rows = RuleSet.objects.order_by("slug")
    return [_rule_set(row) for row in rows]


def _rule_set(row: RuleSet) -> Entry:
    states = {VersionState.PUBLISHED: "published", VersionState.DRAFT: "draft"}
    versions = {version.state: version for version in row.versions.filter(state__in=states)}
    found = {name: version_entry(versions.get(state)) for state, name in states.items()}
    return _with(columns.RULE_SET.to_entry(row), **found)


def version_entry(version: RuleSetVersion | None) -> Entry | None:
    """Returns {"note", "rules"} of a version, its rules in order. Queries: 2."""
    if version is None:
        return None
    rules = version.rules.order_by("position", "id").prefetch_related(
        "choices__pool", "choices__rep", "choices__holding_queue", "choices__required_skill"
    )
    registry = get_registry()
    return {"note": version.note, "rules": [_rule(rule, registry) for rule in rules]}


def _rule(rule: RoutingRule, registry: Registry) -> Entry:
    limits = {"starts_at": rule.starts_at, "ends_at": rule.ends_at}
    entry: Entry = {"name": rule.name, "key": str(rule.key)}
    entry |= {name: to_plain(value) for name, value in limits.items() if value is not None}
    if window := write_window(rule.weekly_window):
        entry["window"] = window
    if not rule.is_enabled:
        entry["is_enabled"] = False
    then = [_choice(one) for one in rule.choices.all()]
    return entry | {"when": normal_condition(rule.condition, registry), "then": then}


def normal_condition(stored: Any, registry: Registry) -> Any:
    """Returns the condition with its keys in one order, as PostgreSQL keeps none."""
    try:
        return condition_to_json(parse_condition(stored, registry))
    except ConditionError:
        return stored  # of an unfinished draft; importing it will say what is wrong


TARGETS: dict[str, tuple[str, str]] = {
    DestinationKind.POOL: ("pool", "pool"),
    DestinationKind.REP: ("rep", "rep"),
    DestinationKind.TERRITORY_OWNER: ("territory_owner", "territory_role"),
    DestinationKind.ACCOUNT_OWNER: ("account_owner", ""),
    DestinationKind.PREVIOUS_OWNER: ("previous_owner", ""),
    DestinationKind.LEAD_FIELD: ("lead_field", "lead_field"),
    DestinationKind.HOLDING_QUEUE: ("holding_queue", "holding_queue"),
    DestinationKind.NURTURE: ("nurture", "nurture_track"),
    DestinationKind.REJECT: ("reject", "reason"),
}


def _choice(choice: RuleChoice) -> Entry:
    """Returns one destination, e.g. {"pool": "us-smb"}; its name says the kind."""
    name, column = TARGETS[choice.kind]
    target = getattr(choice, column) if column else True
    entry: Entry = {name: key_of(target) if isinstance(target, Model) else to_plain(target)}
    if choice.max_age_days is not None:
        entry["max_age_days"] = choice.max_age_days
    level = choice.required_level if choice.required_level > 1 else None
    return _with(
        entry, skill=choice.required_skill and choice.required_skill.slug, skill_level=level
    )


def _custom_fields() -> list[Entry]:
    return _entries(columns.CUSTOM_FIELD, CustomField.objects.order_by("slug"))


SECTIONS: dict[str, Callable[[], list[Entry]]] = {
    "users": _users,
    "teams": _teams,
    "holidays": _holidays,
    "skills": _skills,
    "sources": _sources,
    "custom_fields": _custom_fields,
    "reps": _reps,
    "sla_policies": _sla_policies,
    "pools": _pools,
    "holding_queues": _holding_queues,
    "territories": _territories,
    "rule_sets": _rule_sets,
}
