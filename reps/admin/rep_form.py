"""One form for a rep and the user behind them."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordToggleWidget,
)

from leadrouter.common.admin_choices import offer, timezone_pairs
from leadrouter.common.admin_fields import ChoiceSelectField
from leadrouter.common.roles import MANAGER, MARKETING
from reps.models import Rep

EXTRA_ROLES = ((MANAGER, "Manager: configures routing"), (MARKETING, "Marketing: imports leads"))


class RepForm(forms.ModelForm):
    """`may_grant` (set by the admin class) says whether the editor may hand out roles."""

    may_grant = False
    email = forms.EmailField(
        label="E-mail",
        widget=UnfoldAdminEmailInputWidget,
        help_text="Signs in with it and is told about new leads there.",
    )
    roles = forms.MultipleChoiceField(
        label="Also",
        choices=EXTRA_ROLES,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Every rep works leads; these roles come on top.",
    )
    password = forms.CharField(
        label="First password",
        required=False,
        widget=UnfoldAdminPasswordToggleWidget(attrs={"autocomplete": "new-password"}),
        help_text="Empty: cannot sign in until a password is set.",
    )
    timezone = ChoiceSelectField(
        pairs=(), required=False, label="Time zone", help_text="Empty: the team's zone."
    )

    class Meta:
        model = Rep
        fields = (
            "name",
            "slug",
            "team",
            "timezone",
            "is_active",
            "is_accepting",
            "max_open_leads",
            "max_leads_per_day",
            "max_leads_per_hour",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = offer(timezone_pairs(), self.instance.timezone)
        if "timezone" in self.fields:
            self.fields["timezone"].choices = [("", "The team's zone"), *pairs]  # type: ignore[attr-defined]
        if self.instance.pk:
            self._fill_from_user()
        if not self.may_grant:
            self.fields.pop("roles", None)

    def _fill_from_user(self) -> None:
        user = self.instance.user
        self.initial["email"] = user.email
        self.initial["roles"] = [group.name for group in user.groups.all()]
        self.fields.pop("password", None)
        if user.is_staff and not self.may_grant and "email" in self.fields:
            # Whoever changes the address could take over the account of somebody with more rights.
            self.fields["email"].disabled = True
            self.fields["email"].help_text = "Only an administrator may change it: has more roles."

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        users = get_user_model().objects.exclude(pk=self.instance.user_id)
        if (
            users.filter(email__iexact=email).exists()
            or users.filter(username=email.lower()).exists()
        ):
            raise ValidationError("Somebody else already signs in with this address.")
        return email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            email = self.cleaned_data.get("email", "")
            validate_password(password, get_user_model()(username=email, email=email))
        return password
