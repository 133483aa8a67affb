"""Teams of reps, and the public holidays they keep."""

from django.conf import settings
from django.db import models

from leadrouter.common.models import Timestamped
from reps.models.validators import validate_timezone


class Team(Timestamped):
    """People who work together, in one time zone and country unless a rep says otherwise."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    timezone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_timezone],
        help_text="IANA name such as Europe/Berlin. Working hours are read in this zone.",
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        help_text="Two letters such as DE: whose public holidays it keeps.",
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="managed_teams",
        help_text="Told when a lead is stuck or a promise is about to be missed.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which teams of a country do not work."""

    country = models.CharField(max_length=2, help_text="Two letters such as DE.")
    on = models.DateField()
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["on", "country"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "on"], name="holiday_once_per_country_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name} ({self.country})"
