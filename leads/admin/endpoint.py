"""One way in, with its address and keys."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import BaseAdmin, show_moment
from leadrouter.common.admin_steps import Step
from leadrouter.common.roles import ADMINISTRATOR, has_role
from leads.admin.channel_form import make_form, option_groups, save_options
from leads.admin.channel_panels import (
    show_address,
    show_deliveries,
    show_health,
    show_secrets,
    show_short_health,
    show_steps,
)
from leads.admin.channel_steps import EndOldSecrets, RedeliverStuck, SetSecret, TryBody
from leads.admin.embedding import EmbeddingForm, show_snippet
from leads.channels.adapter import Adapter
from leads.channels.registry import ADAPTERS
from leads.models import ApiKey, Endpoint
from leads.selectors.channel_health import find_health
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
    """Channels: where addresses are copied, secrets set, and it is seen what arrives by them."""

    list_display = (
        "source",
        "channel",
        "name",
        "form_address",
        "keys",
        "how_it_is_briefly",
        "is_active",
    )
    list_select_related = ("source",)
    list_filter = ("channel", "is_active")
    search_fields = ("source__name", "name", "public_id")
    autocomplete_fields = ("source",)
    readonly_fields = (
        "form_address", "snippet", "address", "set_up", "accepted_secrets", "how_it_is", "last_deliveries",
    )  # fmt: skip
    steps = (CreateApiKey, TryBody, SetSecret, EndOldSecrets, RedeliverStuck)

    class Media:
        js = ("admin_theme/copy.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        return super().get_queryset(request).select_related("source").prefetch_related("api_keys")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Reads the health of all rows of the page at once."""
        page = super().get_changelist_instance(request)
        rows = list(page.result_list)
        found = find_health(rows)
        for row in rows:
            row.found_health = found[row.pk]
        page.result_list = rows
        return page

    def get_readonly_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        # Deliveries hang on the channel: another one could not read them.
        return (*self.readonly_fields, "channel") if obj else self.readonly_fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        adapter = _adapter_of(obj)
        if adapter and has_role(request.user, ADMINISTRATOR):
            kwargs["form"] = make_form(adapter, self.form)
        elif obj is not None and obj.channel == Endpoint.Channel.WEB_FORM:
            kwargs["form"] = EmbeddingForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if hasattr(form, "adapter") and save_options(form, obj, request):
            obj.save(update_fields=["options", "updated_at"])

    def response_add(
        self, request: HttpRequest, obj: Endpoint, post_url_continue: Any = None
    ) -> Any:
        """On to the page with the address and what else there is to set up."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(reverse("admin:leads_endpoint_change", args=[obj.pk]))

    def get_fieldsets(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        basics: list[str] = ["source", "channel", "name", "is_active"]
        adapter = _adapter_of(obj)
        if adapter:
            return _channel_fieldsets(adapter, basics, has_role(request.user, ADMINISTRATOR))
        if obj is None or obj.channel != Endpoint.Channel.WEB_FORM:
            return ((None, {"fields": basics}),)
        words = ("title", "intro", "thanks", "consent_text")
        return (
            (None, {"fields": [*basics, "form_address"]}),
            ("What the form says", {"fields": words}),
            ("On your own site", {"fields": ("allowed_origins", "snippet")}),
        )

    def get_inlines(self, request: HttpRequest, obj: Endpoint | None) -> Any:
        return (ApiKeyInline,) if obj and obj.channel == Endpoint.Channel.API else ()

    @display(description="Address of the form")
    def form_address(self, endpoint: Endpoint) -> SafeString | str:
        return show_form_address(endpoint)

    @display(description="To paste into the page")
    def snippet(self, endpoint: Endpoint) -> SafeString | str:
        return show_snippet(endpoint)

    @display(description="API keys")
    def keys(self, endpoint: Endpoint) -> SafeString | str:
        return show_keys(endpoint)

    @display(description="Address for the sender")
    def address(self, endpoint: Endpoint) -> SafeString:
        return show_address(endpoint)

    @display(description="Steps")
    def set_up(self, endpoint: Endpoint) -> SafeString:
        return show_steps(endpoint)

    @display(description="Secrets accepted")
    def accepted_secrets(self, endpoint: Endpoint) -> SafeString | str:
        return show_secrets(endpoint)

    @display(description="Health")
    def how_it_is(self, endpoint: Endpoint) -> SafeString:
        return show_health(find_health([endpoint])[endpoint.pk])

    @display(description="Last deliveries")
    def last_deliveries(self, endpoint: Endpoint) -> SafeString | str:
        return show_deliveries(endpoint)

    @display(description="Last delivery, and what waits")
    def how_it_is_briefly(self, endpoint: Any) -> SafeString | str:
        return show_short_health(endpoint.found_health)


def _adapter_of(endpoint: Endpoint | None) -> Adapter | None:
    return ADAPTERS.get(endpoint.channel) if endpoint else None


def _channel_fieldsets(adapter: Adapter, basics: list[str], may_set_up: bool) -> Any:
    """An administrator sees all of it; others that there is such a channel, and how it is."""
    how = ("How it is", {"fields": ("how_it_is", "last_deliveries")})
    if not may_set_up:
        return ((None, {"fields": basics}), how)
    options = [(title, {"fields": names}) for title, names in option_groups(adapter)]
    set_up = ("Set up at the sender", {"fields": ("address", "set_up", "accepted_secrets")})
    return ((None, {"fields": basics}), how, set_up, *options)
