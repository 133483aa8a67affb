"""Promises about time, and the clocks that keep them."""

from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped


class SlaKind(models.TextChoices):
    FIRST_TOUCH = "FIRST_TOUCH", "First touch"
    ACCEPTANCE = "ACCEPTANCE", "Acceptance"


class SlaPolicy(Timestamped):
    """How soon a rep accepts a lead and touches it first."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    first_touch_seconds = models.PositiveIntegerField(
        default=900, help_text="Seconds from the assignment to the first human touch."
    )
    acceptance_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Seconds to accept or decline. Empty: no such clock."
    )
    counts_working_time = models.BooleanField(
        default=True, help_text="Only seconds within the rep's working hours count."
    )
    is_default = models.BooleanField(
        default=False, help_text="For leads of pools without their own."
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "SLA policy"
        verbose_name_plural = "SLA policies"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_sla_policy"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SlaTimer(models.Model):
    """One running or finished clock of one assignment."""

    assignment = models.ForeignKey(
        "routing.Assignment", on_delete=models.PROTECT, related_name="timers"
    )
    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="timers")
    kind = models.CharField(max_length=12, choices=SlaKind.choices)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(
        null=True, blank=True, help_text="When the miss was noticed."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        verbose_name = "SLA timer"
        constraints = [
            models.UniqueConstraint(fields=["assignment", "kind"], name="one_timer_per_kind"),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="timer_met_or_cancelled",
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="timer_by_start"),
            models.Index(
                fields=["due_at"],
                name="timer_unmet",
                condition=Q(met_at__isnull=True, cancelled_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"],
                name="timer_running",
                condition=Q(
                    met_at__isnull=True, breached_at__isnull=True, cancelled_at__isnull=True
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} due {self.due_at:%Y-%m-%d %H:%M} UTC"
