"""What the API shows of rules, pools, territories, decisions and assignments. Every field is named."""

from typing import Any

from rest_framework import serializers

from routing.models import (
    Assignment,
    Decision,
    Pool,
    PoolMember,
    PoolSkill,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    Territory,
    TerritoryOwner,
)


def _slug() -> Any:
    return serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)


class PoolMemberSerializer(serializers.ModelSerializer[PoolMember]):
    rep = _slug()

    class Meta:
        model = PoolMember
        fields = ("rep", "weight", "tier", "is_active", "balance_microturns")
        read_only_fields = fields


class PoolSkillSerializer(serializers.ModelSerializer[PoolSkill]):
    skill = _slug()

    class Meta:
        model = PoolSkill
        fields = ("skill", "level")
        read_only_fields = fields


class PoolSerializer(serializers.ModelSerializer[Pool]):
    sla_policy = _slug()
    overflow = _slug()
    required_skills = PoolSkillSerializer(source="skill_levels", many=True, read_only=True)
    members = PoolMemberSerializer(many=True, read_only=True)

    class Meta:
        model = Pool
        fields = (
            "id", "name", "slug", "strategy", "value_weight", "floor_share", "catch_up_turns",
            "ignores_hours", "sticky_by_person", "sticky_days", "sticky_by_account",
            "manual_counts", "required_skills", "sla_policy", "overflow",
            "is_active", "members",
        )  # fmt: skip
        read_only_fields = fields


class TerritoryOwnerSerializer(serializers.ModelSerializer[TerritoryOwner]):
    rep = _slug()

    class Meta:
        model = TerritoryOwner
        fields = ("rep", "role", "starts_on", "ends_on")
        read_only_fields = fields


class TerritorySerializer(serializers.ModelSerializer[Territory]):
    parent = _slug()
    owners = TerritoryOwnerSerializer(many=True, read_only=True)

    class Meta:
        model = Territory
        fields = (
            "id", "name", "slug", "parent", "priority", "countries", "subdivisions",
            "postal_prefixes", "postal_ranges", "industries", "employees_min", "employees_max",
            "named_domains", "is_active", "owners",
        )  # fmt: skip
        read_only_fields = fields


class RuleSetVersionSerializer(serializers.ModelSerializer[RuleSetVersion]):
    class Meta:
        model = RuleSetVersion
        fields = (
            "id", "number", "state", "note", "checksum", "created_at", "published_at", "retired_at",
        )  # fmt: skip
        read_only_fields = fields


class RuleSetSerializer(serializers.ModelSerializer[RuleSet]):
    versions = RuleSetVersionSerializer(many=True, read_only=True)

    class Meta:
        model = RuleSet
        fields = ("id", "name", "slug", "timezone", "is_live", "versions")
        read_only_fields = fields


class RuleChoiceSerializer(serializers.ModelSerializer[RuleChoice]):
    pool = _slug()
    rep = _slug()
    holding_queue = _slug()
    required_skill = _slug()

    class Meta:
        model = RuleChoice
        fields = (
            "order", "kind", "pool", "rep", "territory_role", "holding_queue", "nurture_track",
            "reason", "max_age_days", "lead_field", "required_skill", "required_level",
        )  # fmt: skip
        read_only_fields = fields


class RoutingRuleSerializer(serializers.ModelSerializer[RoutingRule]):
    choices = RuleChoiceSerializer(many=True, read_only=True)

    class Meta:
        model = RoutingRule
        fields = (
            "id", "key", "position", "name", "condition", "starts_at", "ends_at", "weekdays",
            "hours_from", "hours_to", "is_enabled",
            "choices",
        )  # fmt: skip
        read_only_fields = fields


class RuleSetDetailSerializer(RuleSetSerializer):
    """With the rules that are live, in the order they are tried."""

    published_rules = serializers.SerializerMethodField()

    class Meta:
        model = RuleSet
        fields = (*RuleSetSerializer.Meta.fields, "published_rules")
        read_only_fields = fields

    def get_published_rules(self, rule_set: RuleSet) -> list[dict[str, Any]]:
        return list(RoutingRuleSerializer(self.context["rules"], many=True).data)


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    lead = serializers.UUIDField(source="lead.public_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True, allow_null=True)
    rule_set = serializers.CharField(
        source="version.rule_set.slug", read_only=True, allow_null=True
    )
    rule = serializers.CharField(source="rule.name", read_only=True, allow_null=True)
    rep = _slug()
    pool = _slug()
    holding_queue = _slug()

    class Meta:
        model = Decision
        fields = (
            "id", "lead", "epoch", "kind", "outcome", "rule_set", "version", "rule", "rep", "pool",
            "holding_queue", "reason", "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class DecisionDetailSerializer(DecisionSerializer):
    """With the explanation, the facts it used and the trace it left."""

    headline = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    class Meta:
        model = Decision
        fields = (*DecisionSerializer.Meta.fields, "headline", "lines", "facts", "trace")
        read_only_fields = fields

    def get_headline(self, decision: Decision) -> str:
        headline: str = self.context["explanation"].headline
        return headline

    def get_lines(self, decision: Decision) -> list[str]:
        lines: list[str] = self.context["explanation"].lines
        return lines


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    lead = serializers.UUIDField(source="lead.public_id", read_only=True)
    rep = _slug()
    pool = _slug()
    decision = serializers.IntegerField(source="decision_id", read_only=True)

    class Meta:
        model = Assignment
        fields = (
            "id", "lead", "rep", "pool", "decision", "started_at", "accepted_at",
            "first_touched_at", "ended_at", "end_reason", "end_note", "load_after", "capacity",
        )  # fmt: skip
        read_only_fields = fields
