"""Rules in order, kept in versions: a draft is edited, a published one never changes."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped
from reps.models.validators import validate_timezone
from routing.engine.windows import WeeklyWindow, make_window
from routing.models.territory import TerritoryRole


class VersionState(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    PUBLISHED = "PUBLISHED", "Published"
    RETIRED = "RETIRED", "Retired"


class DestinationKind(models.TextChoices):
    POOL = "POOL", "Pool"
    REP = "REP", "One rep"
    TERRITORY_OWNER = "TERRITORY_OWNER", "Owner of the territory"
    ACCOUNT_OWNER = "ACCOUNT_OWNER", "Owner of the account"
    PREVIOUS_OWNER = "PREVIOUS_OWNER", "Previous owner"
    LEAD_FIELD = "LEAD_FIELD", "Rep named in a field of the lead"
    HOLDING_QUEUE = "HOLDING_QUEUE", "Holding queue"
    NURTURE = "NURTURE", "Nurturing"
    REJECT = "REJECT", "Reject"


def validate_weekdays(value: object) -> None:
    """Raises: ValidationError unless these are weekdays 0 to 6, in order and each once."""
    is_list = isinstance(value, list) and all(type(day) is int and 0 <= day <= 6 for day in value)
    if not is_list or value != sorted(set(value)):  # type: ignore[call-overload]
        raise ValidationError("Weekdays are numbers from 0 (Monday) to 6, in order, each once.")


def match_every_lead() -> dict[str, list[object]]:
    """The condition of a catch-all."""
    return {"all": []}


class RuleSet(Timestamped):
    """The routing of an organisation. One rule set is live; others are for trying things out."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    timezone = models.CharField(
        max_length=64,
        default="UTC",
        validators=[validate_timezone],
        help_text="In which weekdays, hours and dates of rules are read.",
    )
    is_live = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_live"], condition=Q(is_live=True), name="one_live_rule_set"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RuleSetVersion(models.Model):
    """One state of a rule set."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    note = models.CharField(max_length=500, blank=True, help_text="What changed and why.")
    checksum = models.CharField(
        max_length=64, blank=True, editable=False, help_text="SHA-256 of the rules when published."
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["rule_set", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["rule_set"],
                condition=Q(state=VersionState.PUBLISHED),
                name="one_published_version_per_rule_set",
            ),
            models.UniqueConstraint(
                fields=["rule_set"],
                condition=Q(state=VersionState.DRAFT),
                name="one_draft_per_rule_set",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=VersionState.DRAFT, published_at__isnull=True, retired_at__isnull=True
                )
                | Q(
                    state=VersionState.PUBLISHED,
                    published_at__isnull=False,
                    retired_at__isnull=True,
                )
                | Q(
                    state=VersionState.RETIRED, published_at__isnull=False, retired_at__isnull=False
                ),
                name="version_state_has_its_moments",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set} v{self.number}"


class RoutingRule(models.Model):
    """One rule: when its condition holds, its choices are tried in order. The first match decides."""

    version = models.ForeignKey(RuleSetVersion, on_delete=models.CASCADE, related_name="rules")
    key = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="The same in every version of this rule."
    )
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=200)
    condition = models.JSONField(
        default=match_every_lead, help_text='{"all": []} matches every lead.'
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    weekdays = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_weekdays],
        help_text="0 is Monday; none: every day.",
    )
    hours_from = models.TimeField(null=True, blank=True)
    hours_to = models.TimeField(null=True, blank=True)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["version", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="rule_once_per_version"),
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_to__isnull=True)
                | Q(hours_from__isnull=False, hours_to__isnull=False),
                name="rule_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def weekly_window(self) -> WeeklyWindow | None:
        """The weekdays and hours as the engine wants them; None when the rule has neither."""
        return make_window(self.weekdays or (), self.hours_from, self.hours_to)


class RuleChoice(models.Model):
    """Where a rule sends a lead: its first choice, or what is tried when that fails."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="choices")
    order = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(
        max_length=20, choices=DestinationKind.choices, default=DestinationKind.POOL
    )
    pool = models.ForeignKey("routing.Pool", on_delete=models.PROTECT, null=True, blank=True)
    rep = models.ForeignKey("reps.Rep", on_delete=models.PROTECT, null=True, blank=True)
    territory_role = models.CharField(max_length=10, choices=TerritoryRole.choices, blank=True)
    holding_queue = models.ForeignKey(
        "routing.HoldingQueue", on_delete=models.PROTECT, null=True, blank=True
    )
    nurture_track = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    max_age_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="How long ago they may have had the person, in days."
    )
    lead_field = models.CharField(
        max_length=100, blank=True, help_text="Attribute that holds a user name or e-mail address."
    )
    required_skill = models.ForeignKey(
        "reps.Skill", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    required_level = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="The lowest level of the skill that will do, 1 (some) to 5 (expert).",
    )

    class Meta:
        ordering = ["rule", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(required_level__gte=1, required_level__lte=5),
                name="rule_choice_level_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(kind=DestinationKind.POOL, pool__isnull=False)
                | Q(kind=DestinationKind.REP, rep__isnull=False)
                | (Q(kind=DestinationKind.TERRITORY_OWNER) & ~Q(territory_role=""))
                | Q(kind=DestinationKind.ACCOUNT_OWNER)
                | Q(kind=DestinationKind.PREVIOUS_OWNER)
                | (Q(kind=DestinationKind.LEAD_FIELD) & ~Q(lead_field=""))
                | Q(kind=DestinationKind.HOLDING_QUEUE, holding_queue__isnull=False)
                | (Q(kind=DestinationKind.NURTURE) & ~Q(nurture_track=""))
                | (Q(kind=DestinationKind.REJECT) & ~Q(reason="")),
                name="rule_choice_names_its_target",
            ),
        ]

    def __str__(self) -> str:
        target = self.pool or self.rep or self.holding_queue or self.nurture_track or self.reason
        return f"{self.get_kind_display()} {target or self.get_territory_role_display()}".strip()
