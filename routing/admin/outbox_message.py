"""Messages that must leave, and the ones that could not."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import LedgerAdmin, show_moment
from leadrouter.common.admin_steps import Step
from routing.models import OutboxMessage
from routing.services.outbox_letters import discard_message, retry_message


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)


class _OfGivenUp(Step):
    is_logged_here = False

    def is_offered(self, obj: OutboxMessage) -> bool:
        return obj.state == OutboxMessage.State.DEAD


class RetryMessage(_OfGivenUp):
    """Sent again."""

    slug = "retry"
    label = "Retry"
    icon = "refresh"
    tone = "primary"

    def explain(self, obj: OutboxMessage) -> str:
        return f"It is sent to {obj.recipient} again, with all its attempts."

    def run(
        self, *, request: HttpRequest, obj: OutboxMessage, data: dict[str, Any], now: datetime
    ) -> str:
        retry_message(message=obj, user=request.user, now=now)
        return "The message is sent again."


class DiscardMessage(_OfGivenUp):
    """Never sent."""

    slug = "discard"
    label = "Discard"
    icon = "delete"
    tone = "danger"
    form_class = ReasonForm

    def explain(self, obj: OutboxMessage) -> str:
        return "It is never sent. The row stays."

    def run(
        self, *, request: HttpRequest, obj: OutboxMessage, data: dict[str, Any], now: datetime
    ) -> str:
        discard_message(message=obj, user=request.user, reason=data["reason"], now=now)
        return "The message is discarded."


@admin.register(OutboxMessage)
class OutboxMessageAdmin(LedgerAdmin):
    """Read-only, but for messages that were given up."""

    list_display = ("kind", "recipient", "show_state", "attempts", "show_due", "show_error")
    list_filter = ("state",)
    steps = (RetryMessage, DiscardMessage)
    fields = (
        "kind", "channel", "recipient", "show_state", "last_error", "attempts", "show_due",
        "show_sent", "assignment", "decision",
    )  # fmt: skip
    readonly_fields = ("show_state", "show_due", "show_sent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        return super().get_queryset(request).select_related("assignment", "decision")

    @display(
        description="State", label={"Pending": "info", "Sent": "success", "Given up": "danger"}
    )
    def show_state(self, message: OutboxMessage) -> str:
        return message.get_state_display()

    @display(description="Due")
    def show_due(self, message: OutboxMessage) -> str:
        return show_moment(message.due_at)

    @display(description="Sent")
    def show_sent(self, message: OutboxMessage) -> str:
        return show_moment(message.sent_at)

    @display(description="Error")
    def show_error(self, message: OutboxMessage) -> str:
        return message.last_error.strip().rpartition("\n")[2][:90]
