"""A lead: one person who may buy, wherever they came from and however often."""

import uuid

from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped


class Stage(models.TextChoices):
    NEW = "NEW", "New"
    MARKETING_QUALIFIED = "MARKETING_QUALIFIED", "Marketing qualified"
    SALES_ACCEPTED = "SALES_ACCEPTED", "Sales accepted"
    SALES_QUALIFIED = "SALES_QUALIFIED", "Sales qualified"
    WON = "WON", "Won"
    LOST = "LOST", "Lost"
    NURTURING = "NURTURING", "Nurturing"
    DISQUALIFIED = "DISQUALIFIED", "Disqualified"


class Place(models.TextChoices):
    """Where a lead is. It is in exactly one place at every moment."""

    WAITING = "WAITING", "Waiting to be routed"
    OWNED = "OWNED", "With a rep"
    OFFERED = "OFFERED", "In a holding queue"
    NURTURED = "NURTURED", "Nurtured"
    PARKED = "PARKED", "Parked"
    CLOSED = "CLOSED", "Closed"


class ParkedReason(models.TextChoices):
    NO_REP_AVAILABLE = "NO_REP_AVAILABLE", "Nobody is available"
    NO_RULE_MATCHED = "NO_RULE_MATCHED", "No rule matched"
    NO_PUBLISHED_RULES = "NO_PUBLISHED_RULES", "No rules are published"
    HOP_LIMIT = "HOP_LIMIT", "Moved too often in one day"
    ROUTING_ERROR = "ROUTING_ERROR", "Routing failed"
    MANUAL = "MANUAL", "Set aside by a manager"


GRADES = tuple(f"{fit}{engagement}" for fit in "ABCD" for engagement in "1234")


class LeadQuerySet(models.QuerySet["Lead"]):
    def open(self) -> "LeadQuerySet":
        return self.exclude(place=Place.CLOSED)

    def at(self, place: str) -> "LeadQuerySet":
        return self.filter(place=place)

    def current(self) -> "LeadQuerySet":
        """Without the leads that were merged into another one."""
        return self.filter(merged_into__isnull=True)


class Lead(Timestamped):
    """One person. Normal forms live here; what was typed stays with each intake item."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Who
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    full_name = models.CharField(max_length=400, blank=True)
    email = models.CharField(max_length=254, blank=True)
    email_domain = models.CharField(max_length=253, blank=True)
    is_free_mail = models.BooleanField(default=False)
    phone = models.CharField(max_length=60, blank=True, help_text="As given.")
    phone_e164 = models.CharField(max_length=20, blank=True)
    phone_country = models.CharField(max_length=2, blank=True)
    job_title = models.CharField(max_length=200, blank=True)
    seniority = models.CharField(max_length=20, blank=True, help_text="By the job title.")
    job_function = models.CharField(max_length=20, blank=True, help_text="By the job title.")
    language = models.CharField(max_length=10, blank=True)
    # For whom they work
    account = models.ForeignKey(
        "leads.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    account_match = models.CharField(
        max_length=200, blank=True, help_text="Why it is this account, as a sentence."
    )
    company_name = models.CharField(max_length=200, blank=True)
    company_domain = models.CharField(max_length=253, blank=True)
    website = models.CharField(max_length=2048, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    # Where
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=10, blank=True, help_text="ISO 3166-2, e.g. US-CA.")
    city = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=200, blank=True)
    # What they want
    products = models.JSONField(default=list, blank=True)
    message = models.TextField(blank=True)
    custom = models.JSONField(default=dict, blank=True)
    # Where from
    source = models.ForeignKey("leads.Source", on_delete=models.PROTECT, related_name="leads")
    channel = models.CharField(max_length=20)
    campaign = models.CharField(max_length=200, blank=True)
    first_touch = models.JSONField(default=dict, blank=True, help_text="Never overwritten.")
    last_touch = models.JSONField(default=dict, blank=True)
    first_channel_group = models.CharField(
        max_length=50, blank=True, help_text="Of the first touch. Never overwritten."
    )
    last_channel_group = models.CharField(max_length=50, blank=True)
    marketing_campaign = models.ForeignKey(
        "leads.Campaign", on_delete=models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    quality = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How well reachable and known, 0 to 100."
    )
    consent = models.BooleanField(null=True, blank=True, help_text="Empty: not asked.")
    told_at = models.JSONField(
        default=dict,
        blank=True,
        help_text="When each field was told, by the sender's clock; “*” for all the others.",
    )
    # Where it stands
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.NEW)
    score = models.IntegerField(null=True, blank=True)
    grade = models.CharField(
        max_length=2,
        blank=True,
        help_text="Fit from A to D, then engagement from 1 to 4: A1 is the best.",
    )
    place = models.CharField(max_length=10, choices=Place.choices, default=Place.WAITING)
    owner = models.ForeignKey(
        "reps.Rep", on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    # The holding queue is a model of routing, which knows leads; so leads know only its id.
    holding_queue_id = models.BigIntegerField(null=True, blank=True)
    nurture_track = models.CharField(max_length=100, blank=True)
    parked_reason = models.CharField(max_length=20, choices=ParkedReason.choices, blank=True)
    parked_detail = models.CharField(max_length=500, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="When routing tries again.")
    routing_epoch = models.PositiveIntegerField(
        default=0, help_text="Counts decisions; each epoch has exactly one."
    )
    routing_attempts = models.PositiveSmallIntegerField(default=0)
    interaction_count = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(help_text="When the first delivery arrived.")
    last_received_at = models.DateTimeField()
    placed_at = models.DateTimeField(help_text="Since when it is where it is.")
    first_touched_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When everything personal was removed for good."
    )
    deal_value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    deal_currency = models.CharField(max_length=3, blank=True)

    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_leads",
        db_index=False,  # nearly all are NULL: the partial index below is all that is needed
        help_text="The lead this one turned out to be; old ids lead there.",
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade="") | Q(grade__in=GRADES), name="lead_grade_a1_to_d4"
            ),
            models.CheckConstraint(
                condition=Q(place=Place.OWNED, owner__isnull=False)
                | (~Q(place=Place.OWNED) & Q(owner__isnull=True)),
                name="lead_owned_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(place=Place.OFFERED, holding_queue_id__isnull=False)
                | (~Q(place=Place.OFFERED) & Q(holding_queue_id__isnull=True)),
                name="lead_offered_has_a_queue",
            ),
            models.CheckConstraint(
                condition=(Q(place=Place.PARKED) & ~Q(parked_reason=""))
                | (~Q(place=Place.PARKED) & Q(parked_reason="")),
                name="lead_parked_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(place=Place.CLOSED, closed_at__isnull=False)
                | (~Q(place=Place.CLOSED) & Q(closed_at__isnull=True)),
                name="lead_closed_since_when",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True)
                | (Q(place=Place.CLOSED) & ~Q(merged_into=models.F("id"))),
                name="lead_merged_is_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "id"], name="lead_by_place"),
            models.Index(fields=["owner", "place"], name="lead_by_owner"),
            models.Index(
                fields=["holding_queue_id", "placed_at", "id"],
                name="lead_by_queue",
                condition=Q(place="OFFERED"),
            ),
            models.Index(
                fields=["retry_at"], name="lead_retry_due", condition=Q(retry_at__isnull=False)
            ),
            models.Index(fields=["source", "id"], name="lead_by_source"),
            models.Index(fields=["account", "place", "id"], name="lead_by_account"),
            models.Index(fields=["stage", "id"], name="lead_by_stage"),
            models.Index(fields=["first_channel_group", "id"], name="lead_by_channel_group"),
            models.Index(fields=["received_at"], name="lead_by_received_at"),
            models.Index(
                fields=["merged_into"],
                name="lead_merged_into",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(fields=["email"], name="lead_by_email", opclasses=["text_pattern_ops"]),
            models.Index(
                fields=["last_name"], name="lead_by_last_name", opclasses=["text_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or self.phone_e164 or f"Lead {self.pk}"


class LeadIdentity(models.Model):
    """One normalised e-mail or phone that means this person; the database keeps it unique.

    A THREAD is a conversation, a call or a record of a sender: “endpoint id:what the sender calls it”.
    """

    class Kind(models.TextChoices):
        EMAIL = "EMAIL", "E-mail"
        PHONE = "PHONE", "Phone"
        THREAD = "THREAD", "Conversation or record of a sender"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    value = models.CharField(max_length=254)

    class Meta:
        verbose_name_plural = "lead identities"
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="identity_belongs_to_one_lead")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
