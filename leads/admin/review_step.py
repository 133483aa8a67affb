"""The review of two leads that may be one: side by side, with evidence, one key for each answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import show_moment
from leadrouter.common.admin_steps import Step
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING
from leads.domain.merge_units import KEPT, MERGED, UNITS, default_side
from leads.domain.similarity_words import FIELD_NAMES
from leads.models import DuplicatePair, Lead
from leads.selectors.duplicates import count_open_pairs, list_open_pairs
from leads.services.merging import plan_merge
from leads.services.reviewing import keep_apart, postpone_pair
from leads.services.snapshots import FIELDS
from routing.services.merging import choose_kept, merge_people


@dataclass(frozen=True, slots=True)
class Row:
    """One unit of fields side by side. `chosen` is whose value survivorship takes."""

    unit: str
    label: str
    kept: str
    merged: str
    chosen: str

    @property
    def is_choice(self) -> bool:
        return self.kept != self.merged


class ReviewForm(forms.Form):
    """What is decided, and whose value each unit keeps."""

    decision = forms.ChoiceField(choices=[(name, name) for name in ("merge", "apart", "later")])
    reason = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Shown in the history of the lead. Left empty, it says that the evidence was reviewed.",
    )

    def __init__(self, *args: Any, rows: list[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            if row.is_choice:
                self.fields[row.unit] = forms.ChoiceField(
                    choices=[(KEPT, row.kept), (MERGED, row.merged)],
                    required=False,
                    initial=row.chosen,
                )


class Review(Step):
    """Merge, keep apart or later; then the next pair of the queue."""

    slug = "review"
    label = "Review"
    icon = "compare_arrows"
    tone = "primary"
    roles = (ADMINISTRATOR, MANAGER, MARKETING)
    template = "admin/leads/duplicatepair/review.html"
    is_logged_here = False

    def is_offered(self, obj: DuplicatePair) -> bool:
        return obj.state == DuplicatePair.State.OPEN

    def get_form(self, request: HttpRequest, obj: DuplicatePair) -> forms.Form:
        rows = list_rows(*choose_kept(obj.one, obj.other))
        return ReviewForm(request.POST if request.method == "POST" else None, rows=rows)

    def get_context(self, request: HttpRequest, obj: DuplicatePair) -> dict[str, Any]:
        kept, merged = choose_kept(obj.one, obj.other)
        rows = list_rows(kept, merged)
        chosen = request.POST if request.method == "POST" else {}
        return {
            "sides": [_describe(kept, "Stays"), _describe(merged, "Becomes part of it")],
            "rows": [(row, chosen.get(row.unit, row.chosen)) for row in rows],
            "evidence": [
                {**one, "name": FIELD_NAMES.get(str(one["field"]), one["field"])}
                for one in obj.evidence
            ],
            "waiting": count_open_pairs(),
        }

    def run(
        self, *, request: HttpRequest, obj: DuplicatePair, data: dict[str, Any], now: datetime
    ) -> HttpResponseBase:
        said = self._decide(request, obj, data, now)
        messages.success(request, said)
        following = list_open_pairs().exclude(pk=obj.pk).first()
        if following is None:
            return HttpResponseRedirect(reverse("admin:leads_duplicatepair_changelist"))
        return HttpResponseRedirect(
            reverse("admin:leads_duplicatepair_review", args=[following.pk])
        )

    def _decide(
        self, request: HttpRequest, obj: DuplicatePair, data: Mapping[str, Any], now: datetime
    ) -> str:
        match data["decision"]:
            case "apart":
                keep_apart(pair_id=obj.pk, user=request.user, now=now)
                return f"{obj.one} and {obj.other} stay apart; this will not be asked again."
            case "later":
                postpone_pair(pair_id=obj.pk, now=now)
                return f"{obj.one} and {obj.other} are at the end of the queue."
        merge = merge_people(
            lead_ids=(obj.one_id, obj.other_id),
            choices={unit: data[unit] for unit in UNITS if data.get(unit)},
            user=request.user,
            reason=data["reason"].strip() or "The evidence was reviewed.",
            now=now,
        )
        return f"{merge.merged} is now part of {merge.kept}. It can be undone under “Merges”."


def list_rows(kept: Lead, merged: Lead) -> list[Row]:
    """The units of which either lead knows something."""
    before = {name: getattr(kept, name) for name in FIELDS}
    after = before | plan_merge(kept=kept, merged=merged, choices={})
    rows = [
        Row(
            unit=unit,
            label=label,
            kept=_show(kept, names),
            merged=_show(merged, names),
            chosen=default_side(unit, after, before),
        )
        for unit, (label, names) in UNITS.items()
    ]
    return [row for row in rows if row.kept or row.merged]


def _show(lead: Lead, names: tuple[str, ...]) -> str:
    """The parts worth reading: not the same thing twice, no flags and no ids."""
    if names[0] == "full_name":
        return lead.full_name or f"{lead.first_name} {lead.last_name}".strip()
    if names[0] == "phone_e164":
        return lead.phone_e164 or lead.phone
    if names[0] == "consent":
        return {True: "given", False: "refused", None: ""}[lead.consent]
    hidden = {"email_domain", "is_free_mail", "account_id", "account_match"}
    values = (getattr(lead, name) for name in names if name not in hidden)
    return ", ".join(str(value) for value in values if value not in (None, ""))


def _describe(lead: Lead, role: str) -> dict[str, Any]:
    return {
        "role": role,
        "lead": lead,
        "place": lead.get_place_display(),
        "owner": lead.owner,
        "source": lead.source,
        "received": show_moment(lead.received_at),
        "touches": lead.interaction_count,
    }
