"""When people work and when they do not."""

from django.db import models
from django.db.models import F, Q

from reps.models.rep import Rep
from reps.models.team import Team


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class WorkingHours(models.Model):
    """One stretch of a working week, of a team or (instead of the team's) of one rep.

    Wall-clock times in the owner's zone; an end at or before the start runs past midnight.
    Somebody without any working hours is always at work.
    """

    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="working_hours"
    )
    rep = models.ForeignKey(
        Rep, on_delete=models.CASCADE, null=True, blank=True, related_name="working_hours"
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        ordering = ["weekday", "starts_at"]
        verbose_name_plural = "working hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False, rep__isnull=True)
                | Q(team__isnull=True, rep__isnull=False),
                name="working_hours_of_team_or_rep",
            ),
            models.CheckConstraint(
                condition=Q(weekday__gte=0, weekday__lte=6), name="working_hours_weekday_0_to_6"
            ),
            models.UniqueConstraint(
                fields=["team", "weekday", "starts_at"],
                condition=Q(team__isnull=False),
                name="team_hours_once",
            ),
            models.UniqueConstraint(
                fields=["rep", "weekday", "starts_at"],
                condition=Q(rep__isnull=False),
                name="rep_hours_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


class TimeOff(models.Model):
    """A half-open period in which a rep takes no leads."""

    class Kind(models.TextChoices):
        LEAVE = "LEAVE", "Leave"
        SICK = "SICK", "Sick"
        OTHER = "OTHER", "Other"

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="time_off")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LEAVE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-starts_at"]
        verbose_name_plural = "time off"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="time_off_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["rep", "ends_at"], name="time_off_by_rep")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}–{self.ends_at:%Y-%m-%d}"
