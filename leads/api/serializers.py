"""What the API shows of leads and of what belongs to them. Every field is named."""

from typing import Any

from rest_framework import serializers

from leads.domain.cleansing import check
from leads.models import Account, IntakeItem, IntakeState, Lead, Source


class SourceSerializer(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = (
            "id", "name", "slug", "kind", "campaign", "default_country", "is_active", "created_at",
            "updated_at",
        )  # fmt: skip


class AccountSerializer(serializers.ModelSerializer[Account]):
    owner = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    parent = serializers.IntegerField(  # type: ignore[assignment]  # DRF uses the name, too
        source="parent_id", read_only=True, allow_null=True
    )
    phone = serializers.CharField(source="phone_e164", read_only=True)

    class Meta:
        model = Account
        fields = (
            "id", "name", "domain", "external_id", "parent", "phone", "street", "postal_code", "city",
            "country", "industry", "employees", "segment", "open_deals", "owner", "is_named",
            "created_at", "updated_at",
        )  # fmt: skip


class LeadSerializer(serializers.ModelSerializer[Lead]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    source = serializers.SlugRelatedField[Any](  # type: ignore[assignment]  # DRF uses the name, too
        slug_field="slug", read_only=True
    )
    owner = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    account = serializers.IntegerField(source="account_id", read_only=True, allow_null=True)
    holding_queue = serializers.IntegerField(
        source="holding_queue_id", read_only=True, allow_null=True
    )

    class Meta:
        model = Lead
        fields = (
            "id", "first_name", "last_name", "full_name", "email", "phone", "phone_e164",
            "phone_country", "job_title", "language", "account", "company_name", "company_domain",
            "website", "industry", "employees", "country", "subdivision", "city", "postal_code",
            "street", "products", "message", "custom", "source", "channel", "campaign",
            "first_touch", "last_touch", "consent", "stage", "score", "grade", "place", "owner",
            "holding_queue", "nurture_track", "parked_reason", "parked_detail",
            "interaction_count", "received_at", "last_received_at", "placed_at",
            "first_touched_at", "closed_at", "closed_reason", "deal_value", "deal_currency",
        )  # fmt: skip
        read_only_fields = fields


class IntakeItemSerializer(serializers.ModelSerializer[IntakeItem]):
    """One delivery without what was in it: that is shown with the lead."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    source = serializers.CharField(  # type: ignore[assignment]  # DRF uses the name, too
        source="endpoint.source.slug", read_only=True
    )
    channel = serializers.CharField(source="endpoint.channel", read_only=True)
    lead = serializers.UUIDField(source="lead.public_id", read_only=True, allow_null=True)

    class Meta:
        model = IntakeItem
        fields = (
            "id", "source", "channel", "state", "received_at", "processed_at", "warnings", "lead",
        )  # fmt: skip
        read_only_fields = fields


class IntakeStatusSerializer(IntakeItemSerializer):
    """What became of one delivery."""

    place = serializers.CharField(source="lead.place", read_only=True, allow_null=True)
    owner = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = IntakeItem
        fields = (*IntakeItemSerializer.Meta.fields, "place", "owner", "decision", "error")
        read_only_fields = fields

    def get_owner(self, item: IntakeItem) -> dict[str, str] | None:
        owner = item.lead.owner if item.lead else None
        return {"slug": owner.slug, "name": owner.name} if owner else None

    def get_decision(self, item: IntakeItem) -> str | None:
        """The latest decision in one sentence, null until there is one."""
        headline: str | None = self.context["headline"]
        return headline

    def get_error(self, item: IntakeItem) -> str | None:
        """Why it could not become a lead; never what went wrong inside, which the admin shows."""
        if item.state != IntakeState.DEAD:
            return None
        fields = item.payload.get("fields", {})
        problems = check(fields, default_country=item.endpoint.source.default_country)
        said = " ".join(problem.message for problem in problems)
        return said or "It could not be processed. An administrator can see why and try again."
