"""What people agreed to, and taking it back at their word."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, LedgerInline, show_moment
from leadrouter.common.admin_steps import Step
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING
from leads.models import Consent
from leads.services.consenting import withdraw_consent


class Withdraw(Step):
    """The person took it back."""

    slug = "withdraw"
    label = "Withdraw"
    icon = "undo"
    tone = "danger"
    roles = (ADMINISTRATOR, MANAGER, MARKETING)

    def is_offered(self, obj: Consent) -> bool:
        return obj.is_given and obj.withdrawn_at is None

    def explain(self, obj: Consent) -> str:
        return (
            "The moment is kept, also on the timeline. What was agreed to before stays on record."
        )

    def run(
        self, *, request: HttpRequest, obj: Consent, data: dict[str, Any], now: datetime
    ) -> str:
        withdraw_consent(consent=obj, user=request.user, now=now)
        return "The consent is withdrawn."


@admin.register(Consent)
class ConsentAdmin(LedgerAdmin):
    """Every answer, with the words that were shown."""

    list_display = ("show_lead", "is_given", "version", "show_given", "source", "show_withdrawn")
    list_select_related = ("lead", "source")
    list_filter = ("is_given",)
    fields = (
        "lead", "is_given", "text", "version", "show_given", "source", "ip", "show_withdrawn",
    )  # fmt: skip
    readonly_fields = fields
    steps = (Withdraw,)

    @display(description="Lead")
    def show_lead(self, row: Consent) -> str:
        return str(row.lead)

    @display(description="Answered", ordering="-id")
    def show_given(self, row: Consent) -> str:
        return show_moment(row.given_at)

    @display(description="Withdrawn")
    def show_withdrawn(self, row: Consent) -> str:
        return show_moment(row.withdrawn_at)


class ConsentInline(LedgerInline):
    """The answers of one person."""

    model = Consent
    fields = ("given", "is_given", "version", "text", "withdrawn")
    readonly_fields = fields
    tab = True
    hide_title = True
    per_page = 20
    show_change_link = True

    @display(description="Answered")
    def given(self, row: Consent) -> str:
        return show_moment(row.given_at)

    @display(description="Withdrawn")
    def withdrawn(self, row: Consent) -> str:
        return show_moment(row.withdrawn_at)
