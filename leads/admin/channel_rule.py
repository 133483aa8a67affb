"""The table that decides channel groups: its lines, their order, and a page to try an address on."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_fields import SentencesFirst, ValueListField
from leadrouter.common.admin_steps import Step
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING
from leads.admin.try_address import TryAddressForm, try_address
from leads.domain.attribution import CLICK_ID_KEYS
from leads.domain.channel_rules import say_rule
from leads.domain.referrers import CATEGORIES
from leads.models import ChannelRule, Endpoint, Source
from leads.services.channel_rules import move_rule


def _one_of(known: Any) -> Any:
    """Reads one written value that must be among the known ones, whatever its case."""
    by_name = {str(value).lower(): str(value) for value in known}

    def read(text: str) -> str:
        found = by_name.get(text.strip().lower())
        if found is None:
            raise ValidationError(f"“{text}” is none of: {', '.join(by_name.values())}.")
        return found

    return read


def _read_pattern(text: str) -> str:
    if len(text) > 100:
        raise ValidationError("A pattern has at most 100 characters.")
    return text.lower()


class ChannelRuleForm(SentencesFirst, forms.ModelForm):
    """Lists are written with commas; patterns as *cp* or shop*."""

    channels = ValueListField(label="Lead came by", read=_one_of(Endpoint.Channel.values))
    source_kinds = ValueListField(label="Kind of our source", read=_one_of(Source.Kind.values))
    click_ids = ValueListField(label="Click id in the address", read=_one_of(CLICK_ID_KEYS))
    categories = ValueListField(
        label="Source is listed under",
        read=_one_of(CATEGORIES),
        help_text=f"One of {', '.join(CATEGORIES)}: our list of sites with your own.",
    )
    sources = ValueListField(
        label="Source is like", read=_read_pattern, help_text="* is any text, ? one character."
    )
    # A declared field is taken out of the class, so the form's own `media` stays.
    media = ValueListField(label="Medium is like", read=_read_pattern)  # type: ignore[assignment]
    campaigns = ValueListField(label="Campaign is like", read=_read_pattern)

    class Meta:
        model = ChannelRule
        fields = (
            "position", "key", "channel_group", "channels", "source_kinds", "click_ids",
            "categories", "sources", "media", "campaigns", "note", "is_active",
        )  # fmt: skip


class _Move(Step):
    """One line up or down."""

    roles = (ADMINISTRATOR, MANAGER, MARKETING)
    by = 0

    def explain(self, obj: ChannelRule) -> str:
        return "The first rule that holds decides. Leads that are here already keep their group."

    def run(
        self, *, request: HttpRequest, obj: ChannelRule, data: dict[str, Any], now: datetime
    ) -> str:
        move_rule(rule=obj, by=self.by)
        return f"{obj} was moved."

    def next_url(self, obj: Any) -> str:
        return reverse("admin:leads_channelrule_changelist")


class MoveUp(_Move):
    """Before the line above."""

    slug, label, icon, by = "up", "Move up", "arrow_upward", -1


class MoveDown(_Move):
    """After the line below."""

    slug, label, icon, by = "down", "Move down", "arrow_downward", 1


@admin.register(ChannelRule)
class ChannelRuleAdmin(BaseAdmin):
    """The lines in their order."""

    form = ChannelRuleForm
    list_display = ("key", "channel_group", "show_when", "position", "is_active")
    list_editable = ("position", "is_active")
    list_per_page = 100
    search_fields = ("key", "channel_group")
    ordering = ("position", "id")
    list_before_template = "admin/leads/channelrule/before_list.html"
    steps = (MoveUp, MoveDown)
    fieldsets = (
        (None, {"fields": ("key", "channel_group", "position", "is_active", "note")}),
        (
            "All that is filled in must hold; of each list, one",
            {
                "fields": (
                    "sources", "media", "campaigns", "categories", "click_ids", "channels",
                    "source_kinds",
                )
            },
        ),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: ChannelRule | None = None) -> Any:
        return ("key",) if obj else ()

    def get_urls(self) -> list[URLPattern]:
        own = path("try/", self.admin_site.admin_view(self.try_view), name="leads_channelrule_try")
        return [own, *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """Which rule decides about an address, and why. Changes nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        is_asked = "landing_url" in request.GET
        form = TryAddressForm(request.GET if is_asked else None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Try an address",
            "form": form,
            "trial": try_address(form.cleaned_data) if is_asked and form.is_valid() else None,
            "back_url": reverse("admin:leads_channelrule_changelist"),
        }
        return TemplateResponse(request, "admin/leads/channelrule/try.html", context)

    @display(description="When")
    def show_when(self, row: ChannelRule) -> str:
        return say_rule(row.rule)
