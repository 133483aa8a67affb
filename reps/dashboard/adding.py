"""Adding a lead by hand: somebody called, or a partner sent somebody."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from leadrouter.common.errors import DomainError
from leadrouter.common.roles import MANAGER, REP, has_role
from leads.channels.person_form import PersonForm, pair
from leads.models import Endpoint, IntakeItem, Source
from leads.selectors.partners import find_partner
from leads.services.capture import IdempotencyConflict
from leads.services.manual_entry import enter_lead
from reps.dashboard.access import PortalRequest, portal_page
from routing.selectors.visibility import find_visible_survivor, visible_leads

ALREADY_ADDED = "A lead was already added from this page. For another one open the page anew."
_BY_HAND = (Endpoint.Channel.MANUAL, Endpoint.Channel.REFERRAL)


class AddLeadForm(PersonForm):
    """A person, and where they come from: a source, or the partner whose code they named."""

    source = forms.ModelChoiceField(
        queryset=Source.objects.none(), required=False, empty_label="Choose…"
    )
    partner_code = forms.CharField(
        label="Or a partner's code",
        max_length=100,
        required=False,
        help_text="Names the partner as the source. It does not decide who gets the lead.",
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partner: Source | None = None
        sources: Any = self.fields["source"]
        sources.queryset = Source.objects.filter(is_active=True).order_by("name")
        self.fields["products"].help_text = "Separate several with commas."
        self.fields["products"].label = "Products of interest"
        self.fields["email"].help_text = "This or a phone number."
        for name in self.fields:
            # It is somebody else's data that is typed here, not the browser owner's.
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": ""}
        cancel = f'<a class="btn btn-outline-secondary" href="{reverse("lead-list")}">Cancel</a>'
        self.helper.layout = Layout(
            "nonce",
            pair("source", "partner_code"),
            pair("first_name", "last_name"),
            pair("email", "phone"),
            pair("company", "job_title"),
            pair("country", "employees"),
            "products",
            "message",
            Div(
                Submit("submit", "Add the lead", css_id="submit-lead"),
                HTML(cancel),
                css_class="form-buttons",
            ),
        )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        code, source = given.get("partner_code", ""), given.get("source")
        self.partner = find_partner(code)
        if code and source:
            self.add_error("partner_code", "Choose a source or name a partner's code, not both.")
        elif code and not self.partner:
            self.add_error("partner_code", "No partner has this code.")
        elif not code and not source and "source" not in self.errors:
            self.add_error("source", "Choose where this person comes from.")
        found = self.partner or source
        self.default_country = found.default_country if found else ""
        return super().clean()


def _may_add(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapped(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, REP, MANAGER):
            raise PermissionDenied("Leads are added by reps and managers.")
        return view(request, *args, **kwargs)

    return portal_page(wrapped)


@require_http_methods(["GET", "HEAD", "POST"])
@_may_add
def add_lead(request: PortalRequest) -> HttpResponse:
    """The form; what it takes is stored once and goes through the rules like any other lead."""
    if request.method != "POST":
        form = AddLeadForm(initial={"nonce": uuid.uuid4()})
        return render(request, "reps/add_lead.html", {"form": form})
    form = AddLeadForm(request.POST)
    if form.is_valid():
        try:
            captured = enter_lead(
                source=form.partner or form.cleaned_data["source"],
                fields=form.lead_fields(),
                entered_by=request.user,
                nonce=str(form.cleaned_data["nonce"]),
                is_referral=form.partner is not None,
                now=timezone.now(),
            )
            return redirect("lead-added", public_id=captured.public_id)
        except IdempotencyConflict:
            form.add_error(None, ALREADY_ADDED)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
    return render(request, "reps/add_lead.html", {"form": form}, status=422)


@require_safe
@_may_add
def lead_added(request: PortalRequest, public_id: uuid.UUID) -> HttpResponse:
    """What has become of it so far; leads on to the lead for whoever may see it. Queries: 9 at most."""
    items = IntakeItem.objects.select_related("lead__owner", "endpoint__source").defer("raw")
    item = get_object_or_404(
        items,
        public_id=public_id,
        endpoint__channel__in=_BY_HAND,
        payload__extra__entered_by=request.user.get_username(),
    )
    lead = item.lead
    if lead is not None:
        found = find_visible_survivor(request.user, lead) or lead
        if visible_leads(request.user).filter(pk=found.pk).exists():
            return redirect("lead-page", public_id=found.public_id)
    return render(request, "reps/lead_added.html", {"item": item, "lead": lead})
