"""Deliveries as received, and what to do about the ones that did not become leads."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import LedgerAdmin, show_moment, show_pairs
from leadrouter.common.admin_steps import Step
from leadrouter.common.roles import ADMINISTRATOR, has_role
from leads.admin.channel_steps import Redeliver
from leads.admin.quarantine import quarantine_view
from leads.domain.draft import FIELD_LABELS
from leads.models import IntakeItem, IntakeState
from leads.services.dead_letters import STUCK_STATES, discard_item, release_item, retry_item

MAX_RAW_SHOWN = 20_000


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)


class Retry(Step):
    """Back into the queue."""

    slug = "retry"
    label = "Retry"
    icon = "refresh"
    tone = "primary"
    is_logged_here = False

    def is_offered(self, obj: IntakeItem) -> bool:
        return obj.state == IntakeState.DEAD

    def explain(self, obj: IntakeItem) -> str:
        return "It is tried again with all its attempts, as if it had just arrived."

    def run(
        self, *, request: HttpRequest, obj: IntakeItem, data: dict[str, Any], now: datetime
    ) -> str:
        retry_item(item=obj, user=request.user, now=now)
        return "The delivery is tried again."


class Release(Step):
    """No spam after all."""

    slug = "release"
    label = "Release from quarantine"
    icon = "lock_open"
    tone = "primary"
    is_logged_here = False

    def is_offered(self, obj: IntakeItem) -> bool:
        return obj.state == IntakeState.QUARANTINED

    def explain(self, obj: IntakeItem) -> str:
        return "It is no spam: it is processed and routed like any other delivery."

    def run(
        self, *, request: HttpRequest, obj: IntakeItem, data: dict[str, Any], now: datetime
    ) -> str:
        release_item(item=obj, user=request.user, now=now)
        return "The delivery is released and will be routed."


class Discard(Step):
    """Given up for good."""

    slug = "discard"
    label = "Discard"
    icon = "delete"
    tone = "danger"
    form_class = ReasonForm
    is_logged_here = False

    def is_offered(self, obj: IntakeItem) -> bool:
        return obj.state in STUCK_STATES

    def explain(self, obj: IntakeItem) -> str:
        return "It never becomes a lead. The row and what was received stay."

    def run(
        self, *, request: HttpRequest, obj: IntakeItem, data: dict[str, Any], now: datetime
    ) -> str:
        discard_item(item=obj, user=request.user, reason=data["reason"], now=now)
        return "The delivery is discarded."


@admin.register(IntakeItem)
class IntakeItemAdmin(LedgerAdmin):
    """Every delivery, newest first; those that are stuck can be retried, released or discarded."""

    list_display = ("show_received", "show_state", "endpoint", "show_who", "attempts", "show_error")
    list_display_links = ("show_received",)
    list_select_related = ("endpoint__source",)
    list_filter = ("state",)
    steps = (Retry, Release, Redeliver, Discard)
    readonly_fields = (
        "show_received",
        "show_state",
        "show_lead",
        "show_fields",
        "show_rest",
        "show_raw",
        "show_processed",
        "show_claimed",
        "warnings_list",
    )

    def get_fieldsets(self, request: HttpRequest, obj: IntakeItem | None = None) -> Any:
        received: list[str] = ["show_fields", "warnings_list", "show_rest"]
        if has_role(request.user, ADMINISTRATOR):
            # Exact bytes may hold what the sender should not have sent.
            received.append("show_raw")
        return (
            (None, {"fields": ("show_state", "last_error", "attempts", "show_lead")}),
            ("What was received", {"fields": received}),
            (
                "How it came",
                {
                    "fields": (
                        "endpoint",
                        "show_received",
                        "show_processed",
                        "show_claimed",
                        "public_id",
                        "dedupe_key",
                        "client_ip",
                        "user_agent",
                    )
                },
            ),
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(quarantine_view)
        return [path("quarantine/", view, name="leads_intakeitem_quarantine"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("endpoint__source", "lead")
        # The bytes are loaded only where they are shown, not for lists.
        return rows.defer("raw")

    @display(description="Received", ordering="-id")
    def show_received(self, item: IntakeItem) -> str:
        return show_moment(item.received_at)

    @display(description="Processed")
    def show_processed(self, item: IntakeItem) -> str:
        return show_moment(item.processed_at)

    @display(description="Claimed by a worker until")
    def show_claimed(self, item: IntakeItem) -> str:
        return show_moment(item.claimed_until)

    @display(
        description="State",
        label={
            IntakeState.RECEIVED.label: "info",
            IntakeState.LINKED.label: "success",
            IntakeState.QUARANTINED.label: "warning",
            IntakeState.NEEDS_FETCH.label: "info",
            IntakeState.UNREACHABLE.label: "info",
            IntakeState.DEAD.label: "danger",
        },
    )
    def show_state(self, item: IntakeItem) -> str:
        return item.get_state_display()

    @display(description="Who")
    def show_who(self, item: IntakeItem) -> str:
        fields = item.payload.get("fields", {}) if isinstance(item.payload, dict) else {}
        parts = [str(fields.get(name) or "") for name in ("full_name", "email", "phone", "company")]
        return ", ".join(part for part in parts if part)[:80] or "–"

    @display(description="Error")
    def show_error(self, item: IntakeItem) -> str:
        return item.last_error.strip().rpartition("\n")[2][:90]

    @display(description="Became")
    def show_lead(self, item: IntakeItem) -> SafeString | str:
        if item.lead is None:
            return "–"
        url = reverse("admin:leads_lead_change", args=[item.lead.pk])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', url, item.lead)

    @display(description="Fields")
    def show_fields(self, item: IntakeItem) -> SafeString:
        fields = item.payload.get("fields", {}) if isinstance(item.payload, dict) else {}
        named = {FIELD_LABELS.get(name, name): value for name, value in fields.items() if value}
        return show_pairs(named)

    @display(description="Doubts")
    def warnings_list(self, item: IntakeItem) -> str:
        return (
            "; ".join(
                str(warning.get("message", warning) if isinstance(warning, dict) else warning)
                for warning in item.warnings
            )
            or "none"
        )

    @display(description="Everything else")
    def show_rest(self, item: IntakeItem) -> SafeString:
        payload = item.payload if isinstance(item.payload, dict) else {"payload": item.payload}
        return show_pairs({name: value for name, value in payload.items() if name != "fields"})

    @display(description="Exact bytes")
    def show_raw(self, item: IntakeItem) -> SafeString:
        raw = bytes(item.raw)
        text = raw[:MAX_RAW_SHOWN].decode("utf-8", "backslashreplace")
        cut = f"\n… {len(raw) - MAX_RAW_SHOWN} more bytes" if len(raw) > MAX_RAW_SHOWN else ""
        return format_html('<pre class="lr-pre">{}{}</pre>', text or "(none: a row of a file)", cut)
