"""Two accounts that are one company."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin_steps import Step
from leadrouter.common.errors import InvalidInput
from leads.domain.companies import company_key
from leads.models import Account
from leads.services.accounts import merge_accounts


class OtherAccountForm(forms.Form):
    """Which."""

    other = forms.CharField(
        label="The other account",
        max_length=253,
        widget=UnfoldAdminTextInputWidget,
        help_text="Its web domain, external id or name.",
    )


class MergeAccounts(Step):
    """Takes the other account in; it is gone afterwards."""

    slug = "merge"
    label = "Take in another account…"
    submit_label = "Merge"
    icon = "merge"
    tone = "danger"
    form_class = OtherAccountForm

    def explain(self, obj: Account) -> str:
        return (
            f"Leads and subsidiaries of the other account become {obj}’s, what is unknown here is filled "
            "from there, and its name and domain go on being recognised. The other account is gone "
            "afterwards; this cannot be undone."
        )

    def run(
        self, *, request: HttpRequest, obj: Account, data: dict[str, Any], now: datetime
    ) -> str:
        other = find_account(data["other"])
        name = other.name
        merge_accounts(kept=obj, merged=other, now=now)
        return f"{name} is part of {obj} now."


def find_account(text: str) -> Account:
    """The one account with this domain, external id or name. Raises: InvalidInput."""
    for query in (
        {"domain": text.strip().lower()},
        {"external_id": text.strip()},
        {"name_key": company_key(text)},
    ):
        found = list(Account.objects.filter(**query)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidInput(f"Several accounts are called “{text}”; give the domain.")
    raise InvalidInput(f"No account is called “{text}”.")
