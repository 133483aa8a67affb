"""API keys: who has one, and taking it away."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment
from leadrouter.common.admin_steps import Step
from leads.models import ApiKey
from leads.services.api_keys import revoke_api_key


class RevokeApiKey(Step):
    """Makes the key useless at once."""

    slug = "revoke"
    label = "Revoke"
    icon = "block"
    tone = "danger"

    def is_offered(self, obj: ApiKey) -> bool:
        return obj.revoked_at is None

    def explain(self, obj: ApiKey) -> str:
        return f"The program using “{obj.name}” is refused from its next request on. This is final."

    def run(self, *, request: HttpRequest, obj: ApiKey, data: dict[str, Any], now: datetime) -> str:
        revoke_api_key(api_key=obj, now=now)
        return f"The key “{obj.name}” is revoked."


@admin.register(ApiKey)
class ApiKeyAdmin(LedgerAdmin):
    """Made on the page of an API endpoint, revoked here."""

    list_display = ("name", "prefix", "endpoint", "show_created", "show_state")
    list_select_related = ("endpoint__source",)
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    fields = ("name", "prefix", "endpoint", "show_created", "show_state")
    readonly_fields = ("show_created", "show_state")
    steps = (RevokeApiKey,)
    list_before_template = "admin/leads/apikey/where.html"

    @display(description="Created")
    def show_created(self, key: ApiKey) -> str:
        return show_moment(key.created_at)

    @display(description="State", label={"In use": "success"})
    def show_state(self, key: ApiKey) -> str:
        return f"Revoked {show_moment(key.revoked_at)}" if key.revoked_at else "In use"
