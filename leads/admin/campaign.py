"""Campaigns with what they cost, and sites of the organisation's own list."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_fields import SentencesFirst, ValueListField
from leads.domain.referrers import host_of
from leads.models import Campaign, ReferrerSite


class CampaignForm(SentencesFirst, forms.ModelForm):
    """By what leads are known is written with commas."""

    utm_campaigns = ValueListField(
        label="utm_campaign is like",
        read=str.lower,
        help_text="* is any text. Empty: the name of the campaign.",
    )
    utm_sources = ValueListField(
        label="Source is like", read=str.lower, help_text="Empty: any source."
    )

    class Meta:
        model = Campaign
        fields = (
            "name", "utm_campaigns", "utm_sources", "starts_on", "ends_on", "cost_amount",
            "cost_currency", "is_active",
        )  # fmt: skip

    def clean_cost_currency(self) -> str:
        code = str(self.cleaned_data["cost_currency"]).upper()
        if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise ValidationError("Currency: write the three letters, such as EUR.")
        return code


@admin.register(Campaign)
class CampaignAdmin(BaseAdmin):
    """Leads are linked when they arrive: a campaign made later does not look back."""

    form = CampaignForm
    list_display = ("name", "starts_on", "ends_on", "show_cost", "show_leads", "show_per_lead")
    list_filter = ("is_active",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        rows: QuerySet[Campaign] = super().get_queryset(request)
        return rows.annotate(lead_count=Count("leads"))

    @display(description="Cost")
    def show_cost(self, row: Campaign) -> str:
        return "–" if row.cost_amount is None else f"{row.cost_amount:,} {row.cost_currency}"

    @display(description="Leads")
    def show_leads(self, row: Any) -> str:
        return f"{row.lead_count:,}"

    @display(description="Cost per lead")
    def show_per_lead(self, row: Any) -> str:
        if row.cost_amount is None or not row.lead_count:
            return "–"
        return f"{row.cost_amount / row.lead_count:,.2f} {row.cost_currency}"


class ReferrerSiteForm(forms.ModelForm):
    """The address is a host, with a path if only that part of it is meant."""

    class Meta:
        model = ReferrerSite
        fields = ("name", "category", "address")

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip().lower()

    def clean_address(self) -> str:
        text = str(self.cleaned_data["address"]).strip().lower()
        text = text.removeprefix("https://").removeprefix("http://").strip("/")
        host = host_of(f"https://{text}/")
        if "." not in host or " " in text:
            raise ValidationError(
                "Address: write a host such as capterra.com, or capterra.com/ads."
            )
        path = text.partition("/")[2]
        return f"{host}/{path}" if path else host


@admin.register(ReferrerSite)
class ReferrerSiteAdmin(BaseAdmin):
    """Sites our own list lacks, or that the organisation sees otherwise; these win."""

    form = ReferrerSiteForm
    list_display = ("address", "name", "category")
    list_filter = ("category",)
    search_fields = ("address", "name")
