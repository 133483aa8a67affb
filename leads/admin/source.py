"""Sources and the doors they come in by."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import StackedInline
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_choices import country_pairs, offer
from leadrouter.common.admin_fields import ChoiceSelectField
from leads.admin.endpoint import show_form_address, show_keys
from leads.models import Endpoint, Source


class SourceForm(forms.ModelForm):
    """The country is chosen by name."""

    default_country = ChoiceSelectField(
        pairs=(),
        required=False,
        help_text="How to read phone numbers and states that come without a country.",
    )

    class Meta:
        model = Source
        fields = ("name", "slug", "kind", "campaign", "default_country", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "default_country" in self.fields:
            pairs = offer(country_pairs(), self.instance.default_country)
            self.fields["default_country"].choices = [("", "None"), *pairs]  # type: ignore[attr-defined]


class EndpointInline(StackedInline):
    """The ways in: the hosted form with its words, the API, file imports, manual entry."""

    model = Endpoint
    fields = (
        ("channel", "is_active"),
        "name",
        "form_address",
        "title",
        "intro",
        "thanks",
        "consent_text",
        "keys",
    )
    readonly_fields = ("form_address", "keys")
    extra = 0
    max_num = 50
    verbose_name = "way in"
    verbose_name_plural = "Ways in"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        return super().get_queryset(request).select_related("source").prefetch_related("api_keys")

    @display(description="Address of the form")
    def form_address(self, endpoint: Endpoint) -> SafeString | str:
        return show_form_address(endpoint)

    @display(description="API keys")
    def keys(self, endpoint: Endpoint) -> SafeString | str:
        return show_keys(endpoint)


@admin.register(Source)
class SourceAdmin(BaseAdmin):
    """Who sends leads: campaigns, events, partners, the website."""

    form = SourceForm
    list_display = ("name", "kind", "campaign", "show_ways_in", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "slug", "campaign")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (EndpointInline,)

    class Media:
        js = ("admin_theme/copy.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).prefetch_related("endpoints")

    @display(description="Ways in")
    def show_ways_in(self, source: Source) -> str:
        doors = [door.get_channel_display() for door in source.endpoints.all() if door.is_active]
        return ", ".join(doors) or "none: nothing can arrive"
