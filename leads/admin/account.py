"""Companies."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from leadrouter.common.admin import BaseAdmin, BoundedPaginator, save_changed
from leadrouter.common.admin_choices import country_pairs, offer
from leadrouter.common.admin_fields import ChoiceSelectField
from leads.domain.companies import company_key
from leads.models import Account


class AccountForm(forms.ModelForm):
    """The country is chosen by name, the domain brought to the form ingesting compares with."""

    country = ChoiceSelectField(pairs=(), required=False)

    class Meta:
        model = Account
        fields = (
            "name", "domain", "country", "industry", "employees", "segment", "open_deals", "owner",
            "is_named",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.fields:
            pairs = offer(country_pairs(), self.instance.country)
            self.fields["country"].choices = [("", "Unknown"), *pairs]  # type: ignore[attr-defined]

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"].strip().lower().rstrip(".")
        if domain and ("." not in domain or "/" in domain or "@" in domain):
            raise ValidationError(f"“{domain}” is not a web domain such as example.com.")
        others = Account.objects.exclude(pk=self.instance.pk)
        if domain and (other := others.filter(domain=domain).first()):
            raise ValidationError(f"{other.name} already has the domain {domain}.")
        return domain


@admin.register(Account)
class AccountAdmin(BaseAdmin):
    """Companies leads work for, and who owns them."""

    form = AccountForm
    paginator = BoundedPaginator
    list_display = (
        "name", "domain", "country", "industry", "employees", "segment", "owner", "is_named",
    )  # fmt: skip
    list_select_related = ("owner",)
    list_filter = ("is_named",)
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("domain",)
    search_help_text = "Web domain, or the start of the name"
    autocomplete_fields = ("owner",)

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        obj.name_key = company_key(obj.name)
        if change:
            save_changed(obj, form.changed_data, "name_key")
        else:
            obj.save()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Account], search_term: str
    ) -> tuple[QuerySet[Account], bool]:
        """By domain or the start of the name's key: both are indexed."""
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        if "." in term and " " not in term:
            return queryset.filter(domain=term), False
        key = company_key(term) or term
        found = queryset.filter(
            name_key__gte=key, name_key__lt=key + "\U0010ffff", name_key__startswith=key
        )
        return found, False
