"""How much a rep takes of one source, or of one kind of source."""

from django.db import models
from django.db.models import Q

from leads.models import Source


class SourceCap(models.Model):
    """A limit of one rep for one source or one kind of source; other sources do not count."""

    rep = models.ForeignKey("reps.Rep", on_delete=models.CASCADE, related_name="source_caps")
    source = models.ForeignKey(
        "leads.Source", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    source_kind = models.CharField(
        "or kind of source", max_length=10, choices=Source.Kind.choices, blank=True
    )
    max_open_leads = models.PositiveIntegerField(
        null=True, blank=True, help_text="Most open leads from there. Empty: no limit."
    )
    max_leads_per_day = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Most new leads from there in a day of the rep's zone. Empty: no limit.",
    )

    class Meta:
        ordering = ["rep", "source__name", "source_kind"]
        verbose_name = "limit by source"
        verbose_name_plural = "limits by source"
        constraints = [
            models.CheckConstraint(
                condition=Q(source__isnull=False, source_kind="")
                | (Q(source__isnull=True) & ~Q(source_kind="")),
                name="source_cap_of_source_or_kind",
                violation_error_message="Choose a source or a kind of source, not both.",
            ),
            models.CheckConstraint(
                condition=Q(max_open_leads__isnull=False) | Q(max_leads_per_day__isnull=False),
                name="source_cap_limits_something",
                violation_error_message="Say how many open leads, or how many a day.",
            ),
            models.UniqueConstraint(
                fields=["rep", "source"],
                condition=Q(source__isnull=False),
                name="source_cap_once_per_source",
            ),
            models.UniqueConstraint(
                fields=["rep", "source_kind"],
                condition=~Q(source_kind=""),
                name="source_cap_once_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep}: {self.source or self.get_source_kind_display()}"
