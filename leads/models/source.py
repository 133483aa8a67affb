"""Who sends leads, and the doors they come in by."""

import secrets

from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped


def new_public_id() -> str:
    """A 128-bit random path id; for senders that cannot sign it is also a secret."""
    return secrets.token_urlsafe(16)


class Source(Timestamped):
    """Who sent the lead: a campaign, an event, a partner, the website."""

    class Kind(models.TextChoices):
        WEBSITE = "WEBSITE", "Website"
        CAMPAIGN = "CAMPAIGN", "Campaign"
        EVENT = "EVENT", "Event"
        PARTNER = "PARTNER", "Partner"
        REFERRAL = "REFERRAL", "Referral"
        OTHER = "OTHER", "Other"

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True, help_text="Used in rules and files.")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WEBSITE)
    campaign = models.CharField(max_length=200, blank=True)
    default_country = models.CharField(
        max_length=2,
        blank=True,
        help_text="Two letters such as US: how to read phone numbers and states without a country.",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Endpoint(Timestamped):
    """One door of a source: its hosted form, its API access, its imports, manual entry."""

    class Channel(models.TextChoices):
        WEB_FORM = "WEB_FORM", "Web form"
        API = "API", "API"
        IMPORT = "IMPORT", "File import"
        MANUAL = "MANUAL", "Manual entry"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="endpoints")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    title = models.CharField(
        max_length=200, blank=True, help_text="Heading of the hosted form, e.g. “Talk to sales”."
    )
    intro = models.TextField(blank=True, help_text="A sentence or two above the form.")
    thanks = models.TextField(blank=True, help_text="What the thank-you page says.")
    consent_text = models.TextField(
        blank=True, help_text="Shown beside the consent box and stored with each answer."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["source__name", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["source", "channel"], name="endpoint_once_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.get_channel_display()}"


class ApiKey(models.Model):
    """A secret that lets a program post leads for one endpoint; only its hash is kept."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, help_text="Who uses it, e.g. “website backend”.")
    prefix = models.CharField(
        max_length=12, editable=False, help_text="First characters, to tell keys apart."
    )
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(condition=~Q(key_hash=""), name="api_key_has_a_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
