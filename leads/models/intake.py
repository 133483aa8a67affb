"""Every delivery as it was received: the durable start of each lead."""

import uuid

from django.db import models
from django.db.models import Q


class IntakeState(models.TextChoices):
    RECEIVED = "RECEIVED", "Received"
    LINKED = "LINKED", "Became a lead"
    NEEDS_FETCH = "NEEDS_FETCH", "Announced, to be fetched"
    UNREACHABLE = "UNREACHABLE", "Waits for a way to reach the person"
    TEST = "TEST", "Test of the sender"
    QUARANTINED = "QUARANTINED", "Quarantined"
    DEAD = "DEAD", "Could not be processed"
    DISCARDED = "DISCARDED", "Discarded"


class IntakeItem(models.Model):
    """One delivery. `payload` is {"fields": {...}, "touch": {...}, "extra": {...}}, all as received.

    Deliveries of channels say more (`leads.domain.envelope`). `thread` is what they carry instead of
    a name; the ones that wait are found by it.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey("leads.Endpoint", on_delete=models.PROTECT, related_name="items")
    dedupe_key = models.CharField(max_length=255)
    thread = models.CharField(max_length=254, blank=True)
    body_hash = models.CharField(
        max_length=64, help_text="SHA-256 of the body, to tell reused keys."
    )
    raw = models.BinaryField(default=b"", help_text="The exact bytes; empty for rows of a file.")
    payload = models.JSONField(default=dict)
    warnings = models.JSONField(default=list, blank=True)
    client_ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=IntakeState.choices, default=IntakeState.RECEIVED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.SET_NULL, null=True, blank=True, related_name="intake_items"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "dedupe_key"], name="intake_once_per_endpoint_and_key"
            ),
            models.CheckConstraint(
                condition=Q(state=IntakeState.LINKED) | Q(lead__isnull=True),
                name="intake_lead_only_when_linked",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="intake_waiting", condition=Q(state="RECEIVED")),
            models.Index(fields=["state", "id"], name="intake_by_state"),
            models.Index(fields=["received_at"], name="intake_by_received_at"),
            models.Index(fields=["endpoint", "id"], name="intake_by_endpoint"),
            models.Index(
                fields=["thread"], name="intake_unreachable", condition=Q(state="UNREACHABLE")
            ),
            models.Index(
                fields=["claimed_until"], name="intake_to_fetch", condition=Q(state="NEEDS_FETCH")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}"
