"""Changes to leads that a person decides about, one row each."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped


class SuggestionState(models.TextChoices):
    OPEN = "OPEN", "Open"
    ACCEPTED = "ACCEPTED", "Accepted"
    REJECTED = "REJECTED", "Rejected"
    UNDONE = "UNDONE", "Undone"


class Suggestion(Timestamped):
    """One value of one lead that may be better. `before` is compared again when it is accepted."""

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="suggestions")
    field = models.CharField(max_length=30)
    rule = models.CharField(max_length=40)
    before = models.CharField(max_length=400, blank=True)
    after = models.CharField(max_length=400, blank=True)
    why = models.CharField(max_length=300)
    state = models.CharField(
        max_length=10, choices=SuggestionState.choices, default=SuggestionState.OPEN
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            # What was rejected is not suggested again.
            models.UniqueConstraint(
                fields=["lead", "field", "rule", "after"], name="suggestion_once"
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", decided_at__isnull=True)
                | (~Q(state="OPEN") & Q(decided_at__isnull=False)),
                name="suggestion_decided_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="suggestion_by_state")]

    def __str__(self) -> str:
        return f"{self.field}: “{self.before}” → “{self.after}”"
