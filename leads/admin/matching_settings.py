"""From how much evidence two leads are one, with a look at what that would mean."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_steps import Step
from leads.domain.similarity import Thresholds
from leads.models import MatchingSettings
from leads.selectors.threshold_preview import ThresholdPreview, preview_thresholds


class ThresholdForm(forms.Form):
    """Two numbers to try."""

    certain_from = forms.FloatField(min_value=10, max_value=100, widget=UnfoldAdminTextInputWidget)
    likely_from = forms.FloatField(min_value=10, max_value=100, widget=UnfoldAdminTextInputWidget)


class Preview(Step):
    """Tries thresholds; nothing is changed."""

    slug = "preview"
    label = "Try other thresholds…"
    submit_label = "Try"
    icon = "science"
    form_class = ThresholdForm
    is_logged_here = False

    def get_form(self, request: HttpRequest, obj: MatchingSettings) -> forms.Form:
        initial = {"certain_from": obj.certain_from, "likely_from": obj.likely_from}
        return ThresholdForm(request.POST if request.method == "POST" else None, initial=initial)

    def explain(self, obj: MatchingSettings) -> str:
        return "Nothing is changed: the newest leads are compared with all others, and counted."

    def run(
        self, *, request: HttpRequest, obj: MatchingSettings, data: dict[str, Any], now: datetime
    ) -> str:
        preview = preview_thresholds(Thresholds(data["certain_from"], data["likely_from"]))
        return f"From {data['certain_from']:g} and {data['likely_from']:g} bits on: {describe(preview)}"


def describe(preview: ThresholdPreview) -> str:
    """The preview as a sentence or two."""
    pairs = preview.pairs
    said = (
        f"of the newest {preview.leads} leads {pairs['CERTAIN']} would be merged at once, "
        f"{pairs['LIKELY']} put into the queue, and {pairs['UNLIKELY']} that share something left alone."
    )
    if preview.agreed or preview.refused:
        said += (
            f" Of the reviewed pairs that would be merged at once people merged {preview.agreed} and "
            f"kept {preview.refused} apart."
        )
    return said


@admin.register(MatchingSettings)
class MatchingSettingsAdmin(BaseAdmin):
    """The one row; opening the list opens it."""

    fields = ("is_active", ("certain_from", "likely_from"), "show_preview")
    readonly_fields = ("show_preview",)
    steps = (Preview,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        row, _ = MatchingSettings.objects.get_or_create(pk=1)
        url = reverse("admin:leads_matchingsettings_change", args=[row.pk])
        return HttpResponseRedirect(url)

    @display(description="What that means")
    def show_preview(self, row: MatchingSettings) -> str:
        said = describe(preview_thresholds(Thresholds(row.certain_from, row.likely_from)))
        return said[0].upper() + said[1:]
