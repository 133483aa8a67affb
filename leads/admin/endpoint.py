"""One way in, with its address and keys."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import BaseAdmin, show_moment
from leadrouter.common.admin_steps import Step
from leads.models import ApiKey, Endpoint
from leads.services.api_keys import create_api_key


def show_form_address(endpoint: Endpoint) -> SafeString | str:
    """The hosted form's address with a button that copies it."""
    if not endpoint.pk or endpoint.channel != Endpoint.Channel.WEB_FORM:
        return "–"
    try:
        url = settings.SITE_URL + reverse("public-form", args=[endpoint.public_id])
    except NoReverseMatch:
        return "–"
    return format_html(
        '<a class="text-primary-600 break-all" href="{0}" target="_blank" rel="noopener">{0}</a> '
        '<button type="button" class="lr-copy" data-copy="{0}">Copy</button>',
        url,
    )


def show_keys(endpoint: Endpoint) -> SafeString | str:
    """How many keys work, and where they are made. Reads the prefetched `api_keys`."""
    if not endpoint.pk or endpoint.channel != Endpoint.Channel.API:
        return "–"
    live = [key for key in endpoint.api_keys.all() if key.revoked_at is None]
    return format_html(
        '{} in use. <a class="text-primary-600" href="{}">Create and revoke keys</a>',
        len(live),
        reverse("admin:leads_endpoint_change", args=[endpoint.pk]),
    )


class NewKeyForm(forms.Form):
    """Who will use the key."""

    name = forms.CharField(
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        label="Who uses it",
        help_text="For example “website backend”.",
    )


class CreateApiKey(Step):
    """A new key, shown once."""

    slug = "create-key"
    label = "Create API key"
    icon = "key"
    tone = "primary"
    form_class = NewKeyForm

    def is_offered(self, obj: Endpoint) -> bool:
        return obj.channel == Endpoint.Channel.API and obj.is_active

    def explain(self, obj: Endpoint) -> str:
        return (
            "The key lets one program post leads for this source. It is shown once and only its "
            "hash is kept."
        )

    def run(
        self, *, request: HttpRequest, obj: Endpoint, data: dict[str, Any], now: datetime
    ) -> HttpResponseBase:
        row, plain = create_api_key(endpoint=obj, name=data["name"])
        context = {
            **admin.site.each_context(request),
            "title": "New API key",
            "subtitle": str(obj),
            "key": row,
            "plain": plain,
            "address": f"{settings.SITE_URL}/api/v1/leads/",
            "back_url": reverse("admin:leads_endpoint_change", args=[obj.pk]),
        }
        # Rendered in this answer alone: a message would be stored in the session.
        response = TemplateResponse(request, "admin/leads/endpoint/new_key.html", context)
        response["Cache-Control"] = "no-store"
        return response


class ApiKeyInline(TabularInline):
    """Keys of this endpoint; each is revoked on its own page."""

    model = ApiKey
    fields = ("name", "prefix", "show_created", "show_state")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="Created")
    def show_created(self, key: ApiKey) -> str:
        return show_moment(key.created_at)

    @display(description="State")
    def show_state(self, key: ApiKey) -> str:
        return f"Revoked {show_moment(key.revoked_at)}" if key.revoked_at else "In use"


@admin.register(Endpoint)
class EndpointAdmin(BaseAdmin):
    """Ways in: where a form's address is copied and API keys are made."""

    list_display = ("source", "channel", "form_address", "keys", "is_active")
    list_select_related = ("source",)
    list_filter = ("channel", "is_active")
    search_fields = ("source__name", "public_id")
    autocomplete_fields = ("source",)
    readonly_fields = ("form_address",)
    steps = (CreateApiKey,)

    class Media:
        js = ("admin_theme/copy.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        return super().get_queryset(request).select_related("source").prefetch_related("api_keys")

    def get_fieldsets(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        basics: list[str] = ["source", "channel", "is_active"]
        if obj is None or obj.channel != Endpoint.Channel.WEB_FORM:
            return ((None, {"fields": basics}),)
        words = ("title", "intro", "thanks", "consent_text")
        return (
            (None, {"fields": [*basics, "form_address"]}),
            ("What the form says", {"fields": words}),
        )

    def get_inlines(self, request: HttpRequest, obj: Endpoint | None) -> Any:
        return (ApiKeyInline,) if obj and obj.channel == Endpoint.Channel.API else ()

    @display(description="Address of the form")
    def form_address(self, endpoint: Endpoint) -> SafeString | str:
        return show_form_address(endpoint)

    @display(description="API keys")
    def keys(self, endpoint: Endpoint) -> SafeString | str:
        return show_keys(endpoint)
