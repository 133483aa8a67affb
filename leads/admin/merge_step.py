"""A person says which other lead this one is."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin_steps import Step
from leadrouter.common.errors import InvalidInput
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING
from leads.models import Lead
from leads.selectors.searching import search_leads
from leads.services.pairing import propose_pair


class OtherForm(forms.Form):
    """Which."""

    other = forms.CharField(
        label="The other lead",
        max_length=254,
        widget=UnfoldAdminTextInputWidget,
        help_text="Its e-mail address, phone number or id.",
    )


class MergeWith(Step):
    """Leads to the review, where both are seen side by side before anything happens."""

    slug = "merge"
    label = "Merge with…"
    submit_label = "Compare"
    icon = "merge"
    roles = (ADMINISTRATOR, MANAGER, MARKETING)
    form_class = OtherForm
    is_logged_here = False

    def is_offered(self, obj: Lead) -> bool:
        return obj.merged_into_id is None

    def explain(self, obj: Lead) -> str:
        return "Both are shown side by side first; nothing is merged yet."

    def run(
        self, *, request: HttpRequest, obj: Lead, data: dict[str, Any], now: datetime
    ) -> HttpResponseBase:
        current = Lead.objects.current().exclude(pk=obj.pk)
        found = list(search_leads(current, data["other"]).distinct()[:2])
        if len(found) != 1:
            many = "More than one other lead fits" if found else "No other lead fits"
            raise InvalidInput(f"{many} “{data['other']}”.", fields={"other": "not found"})
        pair = propose_pair(lead=obj, other=found[0], now=now)
        return HttpResponseRedirect(reverse("admin:leads_duplicatepair_review", args=[pair.pk]))
