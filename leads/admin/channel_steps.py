"""What an administrator does to a channel: set and replace its secret, try a body, read again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from leadrouter.common.admin_steps import Step
from leadrouter.common.errors import DomainError
from leadrouter.common.roles import ADMINISTRATOR
from leads.channels.adapter import Delivery, Parsed
from leads.channels.receiving.redelivering import can_be_read_again, redeliver
from leads.channels.receiving.requests import make_delivery
from leads.channels.receiving.views import read_parsed, to_config
from leads.channels.registry import ADAPTERS
from leads.channels.trying import try_out
from leads.models import Endpoint, IntakeItem, IntakeState
from leads.selectors.endpoints import list_valid_secrets, open_door
from leads.services.endpoint_secrets import SECRET_LIMIT, end_secret, set_secret
from leads.services.redelivering import REDELIVERABLE

REDELIVER_LIMIT = 500
OVERLAPS = (
    ("1440", "for a day"),
    ("60", "for an hour"),
    ("10080", "for a week"),
    ("0", "no longer: it has leaked"),
)


class SecretForm(forms.Form):
    """The new secret, and what becomes of the one before."""

    secret = forms.CharField(
        max_length=SECRET_LIMIT,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="As the sender shows it. It is encrypted and never shown again.",
    )
    overlap = forms.ChoiceField(
        label="The secret before it is accepted",
        choices=OVERLAPS,
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text="Deliveries that are on their way are still signed with it.",
    )


class _ChannelStep(Step):
    roles = (ADMINISTRATOR,)

    def is_offered(self, obj: Endpoint) -> bool:
        return obj.channel in ADAPTERS


class SetSecret(_ChannelStep):
    """Sets or replaces what deliveries are signed with."""

    slug = "set-secret"
    label = "Set or replace the secret"
    submit_label = "Save the secret"
    icon = "key"
    form_class = SecretForm

    def is_offered(self, obj: Endpoint) -> bool:
        return super().is_offered(obj) and bool(ADAPTERS[obj.channel].secret_label)

    def explain(self, obj: Endpoint) -> str:
        label = ADAPTERS[obj.channel].secret_label
        return f"{label}. While it is replaced, the old one is accepted too, so nothing is refused."

    def run(
        self, *, request: HttpRequest, obj: Endpoint, data: dict[str, Any], now: datetime
    ) -> str:
        overlap = timedelta(minutes=int(data.get("overlap") or OVERLAPS[0][0]))
        set_secret(endpoint=obj, secret=data["secret"], overlap=overlap, now=now)
        return "The secret is set."


class EndOldSecrets(_ChannelStep):
    """Ends the overlap early."""

    slug = "end-old-secrets"
    label = "Refuse the old secret now"
    icon = "key_off"
    tone = "danger"

    def is_offered(self, obj: Endpoint) -> bool:
        return super().is_offered(obj) and len(_signing(obj)) > 1

    def explain(self, obj: Endpoint) -> str:
        return "From the next delivery on only the newest secret is accepted."

    def run(
        self, *, request: HttpRequest, obj: Endpoint, data: dict[str, Any], now: datetime
    ) -> str:
        for row in _signing(obj)[1:]:
            end_secret(secret=row, now=now)
        return "Only the newest secret is accepted now."


def _signing(endpoint: Endpoint) -> list[Any]:
    return [row for row in list_valid_secrets(endpoint, now=timezone.now()) if not row.name]


FORM = "application/x-www-form-urlencoded"
CONTENT_TYPES = (
    ("application/json", "JSON"),
    (FORM, "Form (a=1&b=2)"),
    ("message/rfc822", "A whole mail, as its source"),
)


class TryForm(forms.Form):
    """A body to look at."""

    content_type = forms.ChoiceField(
        label="Sent as", choices=CONTENT_TYPES, widget=UnfoldAdminSelectWidget()
    )
    body = forms.CharField(
        max_length=100_000,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 14, "class": "lr-json"}),
        help_text="Paste what the sender sends. Nothing is stored.",
    )


class TryBody(_ChannelStep):
    """Shows what a body would become."""

    slug = "try"
    label = "Test box"
    submit_label = "Show what it becomes"
    icon = "science"
    form_class = TryForm
    template = "admin/leads/endpoint/test_box.html"
    is_logged_here = False

    def get_form(self, request: HttpRequest, obj: Endpoint) -> forms.Form:
        if request.method == "POST":
            return TryForm(request.POST)
        make = ADAPTERS[obj.channel].make_sample
        if make is None:
            return TryForm()
        sample = make(1, obj.updated_at)
        fields = _read_fields(sample)
        if fields:  # one that is sent in parts is easier to edit this way
            return TryForm(initial={"body": urlencode(fields), "content_type": FORM})
        kind = sample.headers.get("content-type", CONTENT_TYPES[0][0]).partition(";")[0]
        return TryForm(
            initial={"body": sample.body.decode("utf-8", "replace"), "content_type": kind}
        )

    def explain(self, obj: Endpoint) -> str:
        return "What a delivery would become, with the options as they are saved now."

    def run(
        self, *, request: HttpRequest, obj: Endpoint, data: dict[str, Any], now: datetime
    ) -> HttpResponseBase:
        context = {
            **admin.site.each_context(request),
            "opts": Endpoint._meta,
            "title": self.label,
            "subtitle": str(obj),
            "step": self,
            "explanation": self.explain(obj),
            "form": TryForm(request.POST),
            "original": obj,
            "back_url": reverse("admin:leads_endpoint_change", args=[obj.pk]),
            "results": try_out(_read(obj, data, now), country=obj.source.default_country),
        }
        return TemplateResponse(request, self.template, context)


def _read_fields(sample: Delivery) -> Mapping[str, str]:
    return make_delivery(
        method="POST",
        url="",
        headers=sample.headers,
        body=sample.body,
        query="",
        client_ip=None,
        received_at=sample.received_at,
    ).form


def _read(endpoint: Endpoint, data: dict[str, Any], now: datetime) -> Parsed:
    delivery = make_delivery(
        method="POST",
        url="",
        headers={"content-type": data["content_type"]},
        body=data["body"].encode("utf-8", "replace"),
        query="",
        client_ip=None,
        received_at=now,
    )
    config = to_config(open_door(endpoint, now=now))
    return read_parsed(ADAPTERS[endpoint.channel], delivery, config)


class RedeliverStuck(_ChannelStep):
    """After the channel was mended: everything that was set aside, once more."""

    slug = "redeliver-stuck"
    label = "Redeliver what is set aside"
    icon = "replay"

    def explain(self, obj: Endpoint) -> str:
        return (
            "Reads the stored bytes of deliveries that were set aside or could not be processed "
            f"again, as the channel is set up now: the {REDELIVER_LIMIT} oldest of them."
        )

    def run(
        self, *, request: HttpRequest, obj: Endpoint, data: dict[str, Any], now: datetime
    ) -> str:
        states = (IntakeState.QUARANTINED, IntakeState.DEAD)
        rows = IntakeItem.objects.select_related("endpoint__source").filter(
            endpoint=obj, state__in=states
        )
        done, left = 0, 0
        for item in rows.order_by("id")[:REDELIVER_LIMIT]:
            try:
                redeliver(item=item, user=request.user, now=now)
            except DomainError:
                left += 1
            else:
                done += item.state not in states
                left += item.state in states
        return f"{done:,} are on their way again, {left:,} stay set aside."


class Redeliver(Step):
    """One delivery, read again."""

    slug = "redeliver"
    label = "Redeliver"
    icon = "replay"
    roles = (ADMINISTRATOR,)
    is_logged_here = False

    def is_offered(self, obj: IntakeItem) -> bool:
        return obj.state in REDELIVERABLE and can_be_read_again(obj)

    def explain(self, obj: IntakeItem) -> str:
        return (
            "Reads the exact bytes again, as the channel is set up now. Its sender is not asked for "
            "anything, unless the lead was only announced."
        )

    def run(
        self, *, request: HttpRequest, obj: IntakeItem, data: dict[str, Any], now: datetime
    ) -> str:
        item = redeliver(item=obj, user=request.user, now=now)
        return f"The delivery was read again and is now “{item.get_state_display()}”."
