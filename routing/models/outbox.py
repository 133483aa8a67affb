"""Messages that must leave: written with the change they tell of, sent afterwards."""

from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """One message to one person. Its id is its stable name at the receiver, also when sent twice."""

    class Kind(models.TextChoices):
        ASSIGNED = "ASSIGNED", "You have a new lead"
        PARKED = "PARKED", "A lead is stuck"
        SLA_BREACHED = "SLA_BREACHED", "A promise was missed"

    class Channel(models.TextChoices):
        EMAIL = "EMAIL", "E-mail"

    class State(models.TextChoices):
        PENDING = "PENDING", "Pending"
        SENT = "SENT", "Sent"
        DEAD = "DEAD", "Given up"
        DISCARDED = "DISCARDED", "Discarded"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    assignment = models.ForeignKey(
        "routing.Assignment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
    )
    decision = models.ForeignKey(
        "routing.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    recipient = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "kind", "channel"],
                condition=Q(assignment__isnull=False),
                name="one_message_per_assignment",
            ),
            models.UniqueConstraint(
                fields=["decision", "kind", "channel", "recipient"],
                condition=Q(decision__isnull=False),
                name="one_message_per_decision",
            ),
            models.CheckConstraint(
                condition=Q(assignment__isnull=False) | Q(decision__isnull=False),
                name="message_has_an_occasion",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="outbox_pending", condition=Q(state="PENDING")),
            models.Index(fields=["state", "id"], name="outbox_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.recipient}"
