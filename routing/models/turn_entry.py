"""The ledger of a pool's turns. Rows are added, never rewritten."""

from django.db import models
from django.db.models import Q


class TurnKind(models.TextChoices):
    PICK = "PICK", "A lead by the rules"
    MANUAL = "MANUAL", "A lead by a manager"
    RETURN = "RETURN", "A lead returned"
    JOINED = "JOINED", "Joined the pool"
    LEFT = "LEFT", "Left the pool"
    CHANGED = "CHANGED", "Weight or tier changed"


class TurnEntry(models.Model):
    """One line of a pool's ledger: who was picked (or is concerned), and what everybody was credited
    and debited.

    `deltas` is {"<rep id>": microturns}; the values of one entry sum to zero. `deferrals` likewise:
    what was put by for the absent, or paid out of it. They are beside the balance.
    """

    pool = models.ForeignKey("routing.Pool", on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveBigIntegerField()
    decision = models.ForeignKey(
        "routing.Decision", on_delete=models.PROTECT, related_name="turns", null=True
    )
    rep = models.ForeignKey(
        "reps.Rep", on_delete=models.PROTECT, related_name="turns", null=True, blank=True
    )
    kind = models.CharField(max_length=10, choices=TurnKind.choices, default=TurnKind.PICK)
    deltas = models.JSONField()
    deferrals = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["pool", "-number"]
        verbose_name_plural = "turn entries"
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "number"], name="turn_once_per_pool_and_number"
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(kind="RETURN"), name="turn_returned_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} turn {self.number}"
