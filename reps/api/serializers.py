"""What the API shows of reps and teams. Every field is named."""

from typing import Any

from rest_framework import serializers

from reps.models import Rep, Team


class TeamSerializer(serializers.ModelSerializer[Team]):
    class Meta:
        model = Team
        fields = ("id", "name", "slug", "timezone", "country", "created_at", "updated_at")
        read_only_fields = fields


class RepSerializer(serializers.ModelSerializer[Rep]):
    team = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    timezone = serializers.CharField(source="zone", read_only=True)

    class Meta:
        model = Rep
        fields = (
            "id", "name", "slug", "team", "timezone", "is_active", "is_accepting",
            "max_open_leads", "max_leads_per_day", "max_leads_per_hour", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields
