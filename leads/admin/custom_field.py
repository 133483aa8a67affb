"""Fields of leads that the organisation defines itself."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_fields import SentencesFirst, ValueListField
from leads.models import CustomField
from leads.models.custom_field import FIXED


class CustomFieldForm(SentencesFirst, forms.ModelForm):
    """The choices are one box: one per line or with commas."""

    choices = ValueListField(
        rows=4, help_text="One per line. Needed for “One of some choices”, else empty: any value."
    )

    class Meta:
        model = CustomField
        fields = ("label", "slug", "kind", "type", "unit", "choices", "help", "is_active")


@admin.register(CustomField)
class CustomFieldAdmin(BaseAdmin):
    """Switched off instead of deleted, so that old rules and decisions can still be read."""

    form = CustomFieldForm
    list_display = ("label", "show_attribute", "kind", "type", "unit", "is_active")
    list_filter = ("is_active", "kind", "type")
    search_fields = ("label", "slug")
    fieldsets = (
        (None, {"fields": ("label", "slug", "kind", "type", "is_active")}),
        ("What its values are", {"fields": ("unit", "choices", "help")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: CustomField | None = None) -> Any:
        return tuple(FIXED) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: CustomField | None = None) -> bool:
        return False

    @display(description="In rules")
    def show_attribute(self, field: CustomField) -> str:
        return field.definition.attribute
