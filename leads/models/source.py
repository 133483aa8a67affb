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
    """One door of a source: its hosted form, its API, its imports, a webhook of another product."""

    class Channel(models.TextChoices):
        WEB_FORM = "WEB_FORM", "Web form"
        API = "API", "API"
        IMPORT = "IMPORT", "File import"
        MANUAL = "MANUAL", "Manual entry"
        REFERRAL = "REFERRAL", "Referral"
        GENERIC_WEBHOOK = "GENERIC_WEBHOOK", "Webhook"
        STANDARD_WEBHOOKS = "STANDARD_WEBHOOKS", "Standard Webhooks"
        META_LEAD_ADS = "META_LEAD_ADS", "Meta lead ads"
        GOOGLE_LEAD_FORM = "GOOGLE_LEAD_FORM", "Google Ads lead form"
        LINKEDIN_LEAD_GEN = "LINKEDIN_LEAD_GEN", "LinkedIn lead gen"
        TYPEFORM = "TYPEFORM", "Typeform"
        HUBSPOT = "HUBSPOT", "HubSpot"
        CALENDLY = "CALENDLY", "Calendly"
        PHONE_TWILIO = "PHONE_TWILIO", "Twilio calls and texts"
        PHONE_CALLRAIL = "PHONE_CALLRAIL", "CallRail"
        CHAT_INTERCOM = "CHAT_INTERCOM", "Intercom"
        CHAT_CHATWOOT = "CHAT_CHATWOOT", "Chatwoot"
        CHAT_CRISP = "CHAT_CRISP", "Crisp"
        CHAT_TAWK = "CHAT_TAWK", "tawk.to"
        WHATSAPP = "WHATSAPP", "WhatsApp"
        MESSENGER = "MESSENGER", "Messenger"
        INSTAGRAM = "INSTAGRAM", "Instagram messages"
        EMAIL_IN = "EMAIL_IN", "E-mail (mailbox)"
        EMAIL_MAILGUN = "EMAIL_MAILGUN", "E-mail by Mailgun"
        EMAIL_POSTMARK = "EMAIL_POSTMARK", "E-mail by Postmark"
        EMAIL_SENDGRID = "EMAIL_SENDGRID", "E-mail by SendGrid"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="endpoints")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    name = models.CharField(
        max_length=100,
        blank=True,
        help_text="Tells several of the same channel apart, e.g. “Berlin page”.",
    )
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    title = models.CharField(
        max_length=200, blank=True, help_text="Heading of the hosted form, e.g. “Talk to sales”."
    )
    intro = models.TextField(blank=True, help_text="A sentence or two above the form.")
    thanks = models.TextField(blank=True, help_text="What the thank-you page says.")
    consent_text = models.TextField(
        blank=True, help_text="Shown beside the consent box and stored with each answer."
    )
    allowed_origins = models.JSONField(
        default=list,
        blank=True,
        help_text="Web sites that may show the form in their pages, such as https://www.example.com.",
    )
    options = models.JSONField(
        default=dict, blank=True, help_text="What the channel lets an administrator set."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["source__name", "channel", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "channel", "name"], name="endpoint_once_per_channel_and_name"
            )
        ]

    def __str__(self) -> str:
        said = f"{self.source} · {self.get_channel_display()}"
        return f"{said} · {self.name}" if self.name else said


class EndpointSecret(models.Model):
    """A secret shared with a sender, encrypted. While one is replaced, the old one is valid too.

    `name` is empty for what deliveries are signed with, else the option that it is the value of.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=50, blank=True, editable=False)
    sealed = models.TextField(editable=False, help_text="Encrypted by a key made of SECRET_KEY.")
    hint = models.CharField(
        max_length=12, editable=False, help_text="Its last characters, to tell secrets apart."
    )
    created_at = models.DateTimeField(editable=False)
    valid_until = models.DateTimeField(null=True, blank=True, help_text="Empty: until replaced.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(sealed=""), name="endpoint_secret_is_sealed"),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'secret'} …{self.hint}"


class EndpointHealth(models.Model):
    """What an endpoint heard that left no delivery behind: refused attempts, and pings."""

    endpoint = models.OneToOneField(
        Endpoint, on_delete=models.CASCADE, related_name="health", primary_key=True
    )
    rejected_count = models.PositiveIntegerField(default=0)
    last_rejected_at = models.DateTimeField(null=True, blank=True)
    last_rejection = models.CharField(max_length=200, blank=True)
    ping_count = models.PositiveIntegerField(default=0)
    last_ping_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.rejected_count} refused"


class MailboxPosition(models.Model):
    """How far a mailbox was read. UIDs only mean something together with the folder's UIDVALIDITY."""

    endpoint = models.OneToOneField(
        Endpoint, on_delete=models.CASCADE, related_name="mailbox", primary_key=True
    )
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(help_text="When it is read next; while it is read, the lease.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="The last time all went well.")
    last_error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="mailbox_due")]

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.last_uid}"


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
