"""Which columns of a model are configuration, and how a row becomes an entry and back.

An entry leaves out what has its default, and leaving something out means its default: the
document says everything about the objects it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import NOT_PROVIDED, Model

from leads.models import CustomField, Endpoint, Source
from reps.models import Holiday, Rep, RepSkill, Skill, Team
from routing.models import (
    HoldingQueue,
    Pool,
    PoolMember,
    PoolSkill,
    RuleSet,
    SlaPolicy,
    SourceCap,
    Territory,
    TerritoryOwner,
)

Entry = dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """`references` names the section whose key a column holds; `required` are always written out."""

    model: type[Model]
    names: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def to_entry(self, row: Model) -> Entry:
        entry: Entry = {}
        for name in self.names:
            value = getattr(row, name)
            if name in self.references:
                value = None if value is None else key_of(value)
            if name in self.required or value != self.default_value(name):
                entry[name] = to_plain(value)
        return entry

    def default_value(self, name: str) -> Any:
        """What a column has when an entry leaves it out."""
        column: Any = self.model._meta.get_field(name)
        if column.default is not NOT_PROVIDED:
            return column.get_default()
        return None if column.null else ""


def key_of(row: Any) -> str:
    """The stable name of a row in a document."""
    return str(getattr(row, "slug", None) or row.get_username())


def to_plain(value: Any) -> Any:
    if isinstance(value, time):
        return value.isoformat("minutes" if not (value.second or value.microsecond) else "auto")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | UUID):
        return str(value)  # a choice's member is a str to Python and a stranger to YAML
    return value


TEAM = Columns(Team, ("slug", "name", "timezone", "country", "manager"), {"manager": "users"})
HOLIDAY = Columns(Holiday, ("country", "on", "name"))
SKILL = Columns(Skill, ("slug", "name"))
REP = Columns(
    Rep,
    (
        "slug", "name", "user", "team", "timezone", "is_active",
        "max_open_leads", "max_leads_per_day", "max_leads_per_hour",
    ),
    {"user": "users", "team": "teams"},
)  # fmt: skip
REP_SKILL = Columns(RepSkill, ("skill", "level"), {"skill": "skills"}, required=("level",))
SOURCE = Columns(
    Source, ("slug", "name", "kind", "campaign", "default_country", "is_active"), required=("kind",)
)
ENDPOINT = Columns(
    Endpoint,
    ("channel", "name", "title", "intro", "thanks", "consent_text", "options", "is_active"),
)
CUSTOM_FIELD = Columns(
    CustomField,
    ("slug", "label", "kind", "type", "unit", "choices", "help", "is_active"),
    required=("type",),
)
SLA_POLICY = Columns(
    SlaPolicy,
    (
        "slug", "name", "first_touch_seconds", "acceptance_seconds", "counts_working_time",
        "is_default",
    ),
    required=("first_touch_seconds",),
)  # fmt: skip
POOL = Columns(
    Pool,
    (
        "slug", "name", "strategy", "value_weight", "floor_share", "catch_up_turns",
        "ignores_hours", "sticky_by_person", "sticky_days", "sticky_by_account", "manual_counts",
        "sla_policy", "overflow", "is_active",
    ),
    {"sla_policy": "sla_policies", "overflow": "pools"},
    required=("strategy",),
)  # fmt: skip
MEMBER = Columns(PoolMember, ("rep", "weight", "tier"), {"rep": "reps"}, required=("weight",))
POOL_SKILL = Columns(PoolSkill, ("skill", "level"), {"skill": "skills"}, required=("level",))
SOURCE_CAP = Columns(
    SourceCap,
    ("source", "source_kind", "max_open_leads", "max_leads_per_day"),
    {"source": "sources"},
)
HOLDING_QUEUE = Columns(
    HoldingQueue, ("slug", "name", "sla_policy", "is_active"), {"sla_policy": "sla_policies"}
)
TERRITORY = Columns(
    Territory,
    (
        "slug", "name", "parent", "priority", "countries", "subdivisions", "postal_prefixes",
        "postal_ranges", "industries", "employees_min", "employees_max", "named_domains",
        "is_active",
    ),
    {"parent": "territories"},
)  # fmt: skip
OWNER = Columns(
    TerritoryOwner, ("rep", "role", "starts_on", "ends_on"), {"rep": "reps"}, required=("role",)
)
RULE_SET = Columns(RuleSet, ("slug", "name", "timezone", "is_live"))
