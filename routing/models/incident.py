"""What went wrong inside routing while leads went on: for a person to look at and to close."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Incident(models.Model):
    """One fault, however often it was met. A fault met again after it was resolved is a new row."""

    class Kind(models.TextChoices):
        VERSION = "VERSION", "A version cannot be used"
        RULE = "RULE", "A rule cannot be evaluated"
        CHOICE = "CHOICE", "A choice cannot be tried"
        TERRITORY = "TERRITORY", "Territories cannot be looked up"
        ROUTING = "ROUTING", "A lead cannot be routed"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    location = models.CharField("where", max_length=500)
    message = models.CharField(max_length=500)
    fingerprint = models.CharField(
        max_length=64, editable=False, help_text="SHA-256 of kind, version, place and message."
    )
    version = models.ForeignKey(
        "routing.RuleSetVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rule = models.ForeignKey(
        "routing.RoutingRule", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    first_lead = models.ForeignKey(
        "leads.Lead", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_lead = models.ForeignKey(
        "leads.Lead", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=1, help_text="How many leads met it.")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(resolved_at__isnull=True),
                name="one_open_incident_per_fault",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.location}"
