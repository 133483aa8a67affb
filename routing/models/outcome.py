"""How leads ended, summed up in the background for strategies that learn from it."""

from django.db import models


class RepOutcome(models.Model):
    """The won and lost leads of one rep from one source, of the last year.

    A row for each currency; the empty one holds whatever has no deal of known size.
    """

    rep = models.ForeignKey("reps.Rep", on_delete=models.CASCADE, related_name="outcomes")
    source = models.ForeignKey("leads.Source", on_delete=models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3, blank=True)
    won = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    deal_cents = models.BigIntegerField(
        default=0, help_text="Sum of the won deals, in hundredths of the currency."
    )

    class Meta:
        ordering = ["rep", "source", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["rep", "source", "currency"], name="outcome_once_per_rep_and_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rep}, {self.source}: {self.won} won, {self.lost} lost"


class OutcomeRefresh(models.Model):
    """When outcomes were last summed up. One row, which whoever refreshes them claims by moving it on."""

    refreshed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.refreshed_at:%Y-%m-%d %H:%M}"
