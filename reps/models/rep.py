"""A rep: somebody who takes leads."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped
from reps.models.team import Team
from reps.models.validators import validate_timezone


class RepQuerySet(models.QuerySet["Rep"]):
    def active(self) -> "RepQuerySet":
        return self.filter(is_active=True)


class Rep(Timestamped):
    """A person who takes leads, with the caps that protect them from too many."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rep"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="reps")
    name = models.CharField(max_length=100, help_text="As colleagues and leads see it.")
    slug = models.SlugField(max_length=100, unique=True, help_text="Used in files and conditions.")
    timezone = models.CharField(
        max_length=64,
        blank=True,
        validators=[validate_timezone],
        help_text="Empty: the team's zone.",
    )
    is_active = models.BooleanField(
        default=True, help_text="Inactive reps get no leads and hold none for long."
    )
    deactivated_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_accepting = models.BooleanField(
        "accepting leads", default=True, help_text="The rep's own switch: off means “not now”."
    )
    accepting_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    max_open_leads = models.PositiveIntegerField(
        null=True, blank=True, help_text="Most open leads at one time. Empty: no limit."
    )
    max_leads_per_day = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Most new leads in a day of the rep's zone. Empty: no limit.",
    )
    max_leads_per_hour = models.PositiveIntegerField(
        null=True, blank=True, help_text="Most new leads in any rolling hour. Empty: no limit."
    )

    objects = RepQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(deactivated_at__isnull=False),
                name="rep_inactive_since_when",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> str:
        return self.timezone or self.team.timezone
