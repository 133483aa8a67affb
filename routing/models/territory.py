"""Where reps are at home: a tree of territories and who owns each, when."""

from django.db import models
from django.db.models import F, Q

from leadrouter.common.models import Timestamped


class TerritoryRole(models.TextChoices):
    SDR = "SDR", "SDR"
    AE = "AE", "AE"
    MANAGER = "MANAGER", "Manager"


class Territory(Timestamped):
    """A part of the market. Empty criteria match everything; a child matches only with its parent."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    priority = models.SmallIntegerField(
        default=0, help_text="Settles ties between equally specific territories: higher wins."
    )
    countries = models.JSONField(default=list, blank=True, help_text="Two-letter codes.")
    subdivisions = models.JSONField(default=list, blank=True, help_text="ISO 3166-2, e.g. US-CA.")
    postal_prefixes = models.JSONField(default=list, blank=True, help_text="E.g. 80, 81, SW1.")
    postal_ranges = models.JSONField(
        default=list, blank=True, help_text="Pairs such as 10000–19999, both ends included."
    )
    industries = models.JSONField(default=list, blank=True)
    employees_min = models.PositiveIntegerField(null=True, blank=True)
    employees_max = models.PositiveIntegerField(null=True, blank=True)
    named_domains = models.JSONField(
        "named accounts", default=list, blank=True, help_text="Web domains of named accounts."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "territories"
        constraints = [
            models.CheckConstraint(
                condition=Q(employees_min__isnull=True)
                | Q(employees_max__isnull=True)
                | Q(employees_max__gte=F("employees_min")),
                name="territory_employees_range",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="territory_not_its_own_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TerritoryOwner(Timestamped):
    """Who owns a territory in a role, from a day (inclusive) to a day (exclusive)."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="owners")
    rep = models.ForeignKey("reps.Rep", on_delete=models.PROTECT, related_name="territories")
    role = models.CharField(max_length=10, choices=TerritoryRole.choices, default=TerritoryRole.AE)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="First day not owned any more.")

    class Meta:
        ordering = ["territory", "role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="territory_owner_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["territory", "role", "starts_on"], name="territory_owner_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep} ({self.get_role_display()})"
