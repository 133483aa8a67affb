"""Queues from which anyone entitled may claim."""

from django.db import models

from leadrouter.common.models import Timestamped


class HoldingQueue(Timestamped):
    """Leads nobody owns yet, offered to the teams and reps named here."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    teams = models.ManyToManyField("reps.Team", blank=True, related_name="holding_queues")
    reps = models.ManyToManyField("reps.Rep", blank=True, related_name="holding_queues")
    sla_policy = models.ForeignKey(
        "routing.SlaPolicy", on_delete=models.PROTECT, null=True, blank=True, related_name="queues"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
