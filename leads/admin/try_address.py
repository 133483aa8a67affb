"""Asks the rules about an address somebody typed."""

from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from leads.domain.attribution import touch_from_url
from leads.domain.channel_rules import Attribution, ChannelRule, attribute, find_rule, say_rule
from leads.domain.visits import Setting, read_visit
from leads.models import Endpoint, Source
from leads.selectors.attribution import get_attribution_setup


class TryAddressForm(forms.Form):
    """A visit, as a browser would tell it."""

    landing_url = forms.CharField(
        label="Address of the page",
        max_length=4096,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="With everything after the question mark.",
    )
    referrer = forms.CharField(
        label="Came from", max_length=4096, required=False, widget=UnfoldAdminTextInputWidget
    )
    channel = forms.ChoiceField(
        choices=Endpoint.Channel.choices, initial="WEB_FORM", widget=UnfoldAdminSelectWidget
    )
    source_kind = forms.ChoiceField(
        label="Kind of our source", choices=Source.Kind.choices, widget=UnfoldAdminSelectWidget
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """`passed_over` are the rules before the one that decided: (key, group, what they ask)."""

    found: Attribution
    rule: ChannelRule | None
    condition: str
    category: str
    passed_over: list[tuple[str, str, str]]


def try_address(data: dict[str, Any]) -> Trial:
    """What would be stored for a lead of this visit, by the rules as they are now."""
    setup = get_attribution_setup()
    touch = touch_from_url(data["landing_url"], data["referrer"])
    setting = Setting(data["channel"], data["source_kind"], setup.own_hosts, setup.directory)
    visit = read_visit(touch, setting)
    rule = find_rule(setup.rules, visit)
    number = setup.rules.index(rule) if rule else None
    return Trial(
        found=attribute(touch, setup.rules, setting),
        rule=rule,
        condition=say_rule(rule) if rule else "",
        category=visit.category,
        passed_over=[(one.key, one.group, say_rule(one)) for one in setup.rules[:number]],
    )
