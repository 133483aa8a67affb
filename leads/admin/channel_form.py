"""The options of a channel as fields of its endpoint's page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from leads.channels.adapter import Adapter, Option
from leads.models import Endpoint, EndpointSecret
from leads.services.endpoint_secrets import SECRET_LIMIT, set_secret

PREFIX = "option_"
VALUE_LIMIT = 500


def make_form(adapter: Adapter, base: type[forms.ModelForm]) -> type[forms.ModelForm]:
    """The form of an endpoint of this channel."""
    fields: dict[str, Any] = {f"{PREFIX}{one.name}": _make_field(one) for one in adapter.options}
    return type("ChannelForm", (_ChannelForm, base), {**fields, "adapter": adapter})


def option_groups(adapter: Adapter) -> list[tuple[str, tuple[str, ...]]]:
    """(heading, names of the form's fields) in the order of the adapter's options."""
    groups: dict[str, list[str]] = {}
    for one in adapter.options:
        groups.setdefault(one.group or "Options", []).append(f"{PREFIX}{one.name}")
    return [(heading, tuple(names)) for heading, names in groups.items()]


def save_options(form: Any, endpoint: Endpoint, request: HttpRequest) -> bool:
    """Takes over what was typed; secret options are sealed apart. True when the row changed."""
    before = dict(endpoint.options)
    for option in form.adapter.options:
        name = f"{PREFIX}{option.name}"
        if name not in form.changed_data:
            continue
        value = form.cleaned_data.get(name, "")
        if not option.is_secret:
            _keep(endpoint.options, option, value)
        elif value:
            now = timezone.now()
            set_secret(
                endpoint=endpoint, name=option.name, secret=value, overlap=timedelta(), now=now
            )
    return endpoint.options != before


def _keep(options: dict[str, Any], option: Option, value: str) -> None:
    if value and value != option.default:
        options[option.name] = value
    else:
        options.pop(option.name, None)


class _ChannelForm(forms.ModelForm):
    adapter: Adapter

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = _find_hints(self.instance, self.adapter.options)
        for option in self.adapter.options:
            name = f"{PREFIX}{option.name}"
            if name not in self.fields:
                continue
            if option.is_secret:
                self.fields[name].help_text = _say_secret(option, hints.get(option.name))
            else:
                self.initial[name] = self.instance.options.get(option.name, option.default)


def _find_hints(endpoint: Endpoint, options: Sequence[Option]) -> dict[str, str]:
    names = [one.name for one in options if one.is_secret]
    if not names or not endpoint.pk:
        return {}
    rows = EndpointSecret.objects.filter(endpoint=endpoint, name__in=names, valid_until=None)
    return dict(rows.values_list("name", "hint"))


def _say_secret(option: Option, hint: str | None) -> str:
    said = "Not set." if hint is None else f"Set{f', ends in {hint}' if hint else ''}."
    kept = "" if hint is None else " Leave it empty to keep it."
    return f"{option.help_text} {said}{kept}".strip()


def _make_field(option: Option) -> forms.Field:
    label, is_required = option.label, option.is_required and not option.is_secret
    if option.is_secret:
        widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
        return forms.CharField(label=label, required=False, max_length=SECRET_LIMIT, widget=widget)
    if option.choices:
        return forms.ChoiceField(
            label=label,
            required=is_required,
            choices=option.choices,
            help_text=option.help_text,
            widget=UnfoldAdminSelectWidget(),
        )
    return forms.CharField(
        label=label,
        required=is_required,
        max_length=VALUE_LIMIT,
        help_text=option.help_text,
        widget=UnfoldAdminTextInputWidget(),
    )
