"""The organisation's own list of who is looked at before they are let in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from leadrouter.common.admin import BaseAdmin
from leads.domain.blocking_lists import read_blocked
from leads.models import BlockedSender


class BlockedSenderForm(forms.ModelForm):
    """The value is brought to its normal form."""

    class Meta:
        model = BlockedSender
        fields = ("kind", "value", "reason", "is_active")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") and cleaned.get("value"):
            try:
                cleaned["value"] = read_blocked(cleaned["kind"], cleaned["value"])
            except ValueError as fault:
                raise ValidationError({"value": str(fault)}) from fault
        return cleaned


@admin.register(BlockedSender)
class BlockedSenderAdmin(BaseAdmin):
    """What comes from these waits in quarantine; nothing is lost."""

    form = BlockedSenderForm
    list_display = ("value", "kind", "reason", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("value", "reason")
