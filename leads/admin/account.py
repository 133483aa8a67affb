"""Companies."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from leadrouter.common.admin import BaseAdmin, BoundedPaginator, RowsInline, save_changed
from leadrouter.common.admin_choices import country_pairs, offer
from leadrouter.common.admin_fields import ChoiceSelectField
from leads.admin import account_import
from leads.admin.account_steps import MergeAccounts
from leads.domain.companies import company_key
from leads.domain.mail_domains import is_free_mail_domain
from leads.domain.notes import Notes
from leads.domain.phones import read_phone
from leads.models import Account, AccountAlias
from leads.selectors.accounts import list_ancestor_ids


class AccountForm(forms.ModelForm):
    """The country is chosen by name, the domain brought to the form ingesting compares with."""

    country = ChoiceSelectField(pairs=(), required=False)

    class Meta:
        model = Account
        fields = (
            "name", "domain", "external_id", "parent", "phone_e164", "street", "postal_code", "city",
            "country", "industry", "employees", "segment", "open_deals", "owner", "is_named",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "country" in self.fields:
            pairs = offer(country_pairs(), self.instance.country)
            self.fields["country"].choices = [("", "Unknown"), *pairs]  # type: ignore[attr-defined]

    def clean_parent(self) -> Account | None:
        parent: Account | None = self.cleaned_data["parent"]
        if parent and self.instance.pk in {parent.pk, *list_ancestor_ids(parent)}:
            raise ValidationError(f"{parent} belongs to {self.instance} itself.")
        return parent

    def clean_phone_e164(self) -> str:
        text: str = self.cleaned_data["phone_e164"]
        reading = read_phone(text, "", Notes())
        if text and not reading.e164:
            raise ValidationError(f"“{text}” is not a phone number with country code.")
        return reading.e164

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"].strip().lower().rstrip(".")
        if domain and ("." not in domain or "/" in domain or "@" in domain):
            raise ValidationError(f"“{domain}” is not a web domain such as example.com.")
        if is_free_mail_domain(domain):
            raise ValidationError(f"{domain} is a free mail provider: nobody is recognised by it.")
        others = Account.objects.exclude(pk=self.instance.pk)
        if domain and (other := others.filter(domain=domain).first()):
            raise ValidationError(f"{other.name} already has the domain {domain}.")
        return domain


class AliasForm(forms.ModelForm):
    """A name is kept as its key, a domain in lower case."""

    class Meta:
        model = AccountAlias
        fields = ("kind", "value")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        value = str(data.get("value", "")).strip()
        is_name = data.get("kind") == AccountAlias.Kind.NAME
        data["value"] = company_key(value) if is_name and value else value.lower()
        if not is_name and is_free_mail_domain(data["value"]):
            raise ValidationError(f"{value} is a free mail provider: nobody is recognised by it.")
        return data


class AliasInline(RowsInline):
    """Other names and domains by which leads are recognised."""

    model = AccountAlias
    fields = ("kind", "value")
    verbose_name_plural = "Aliases"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, form=AliasForm, **kwargs)


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
    autocomplete_fields = ("owner", "parent")
    steps = (MergeAccounts,)
    inlines = (AliasInline,)
    list_before_template = "admin/leads/account/before_list.html"

    def get_urls(self) -> Any:
        return account_import.list_urls(self) + super().get_urls()

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
