"""What an administrator needs to show a form on the organisation's own site."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leadrouter.common.admin_fields import ValueListField
from leads.domain.origins import origin_of
from leads.models import Endpoint

# By its plain name, which stays the same over releases: pages of others point there.
SCRIPT = "/static/leads/embed/form.js"


def read_site(written: str) -> str:
    """The origin of an address. Raises: ValidationError, naming it."""
    site = origin_of(written)
    if not site:
        raise ValidationError(f"“{written[:100]}” is no address such as https://www.example.com.")
    return site


class EmbeddingForm(forms.ModelForm):
    """The sites are one box."""

    allowed_origins = ValueListField(
        label="Sites that may show the form",
        read=read_site,
        help_text="Such as https://www.example.com, one per line. With and without www are two.",
    )

    class Meta:
        model = Endpoint
        fields = ("allowed_origins",)  # the admin class says which others


def make_snippet(endpoint: Endpoint) -> str:
    """The two lines of HTML that show the form."""
    address = settings.SITE_URL + reverse("public-form", args=[endpoint.public_id])
    return (
        f'<script src="{settings.SITE_URL}{SCRIPT}" defer></script>\n'
        f'<div data-leadrouter-form="{address}"></div>'
    )


def show_snippet(endpoint: Endpoint) -> SafeString | str:
    """The lines with a button that copies them; why not yet, while no site is named."""
    if not endpoint.pk:
        return "–"
    if not endpoint.allowed_origins:
        return "Name the sites first and save: the form is shown on no others."
    return format_html(
        '<pre class="lr-pre">{0}</pre> '
        '<button type="button" class="lr-copy" data-copy="{0}">Copy</button>',
        make_snippet(endpoint),
    )
