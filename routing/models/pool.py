"""Pools of reps who share a stream of leads."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from leadrouter.common.models import Timestamped
from routing.engine.overflow import find_circle
from routing.engine.strategies import CATCHING_UP


class Strategy(models.TextChoices):
    ROTATION = "ROTATION", "Equal turns"
    WEIGHTED = "WEIGHTED", "Turns by weight"
    LEAST_LOADED = "LEAST_LOADED", "Least open work for their limit"
    SKILL_MATCH = "SKILL_MATCH", "Best in the skills needed"
    TIERS = "TIERS", "First tier that has somebody"
    BEST_MATCH = "BEST_MATCH", "Best match by past outcomes"


class Pool(Timestamped):
    """Reps who share a stream of leads in fair turns."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    strategy = models.CharField(max_length=20, choices=Strategy.choices, default=Strategy.WEIGHTED)
    ignores_hours = models.BooleanField(
        default=False, help_text="Leads are given also outside working hours."
    )
    sticky_by_person = models.BooleanField(
        "known owner first",
        default=True,
        help_text="A returning person goes to the rep they had last.",
    )
    sticky_by_account = models.BooleanField(
        "colleagues' rep first",
        default=True,
        help_text="A new person goes to the owner of their company, or to who works for a colleague.",
    )
    sticky_days = models.PositiveIntegerField(
        "known for (days)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How long after a rep last had a person they still come first. Empty: for ever.",
    )
    value_weight = models.PositiveSmallIntegerField(
        "fairness or value",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="Best match only. 0: turns by weight. 100: whoever is worth most for the lead, "
        "down to everybody's floor.",
    )
    floor_share = models.PositiveSmallIntegerField(
        "floor (percent)",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="Best match only. The part of their fair share that everybody gets in any case.",
    )
    catch_up_turns = models.PositiveSmallIntegerField(
        "catch up (turns)",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text="Keeps up to so many turns for who is on leave, off shift or has a holiday. Back "
        "again, they get up to twice their share until that is used up. 0: nothing is kept.",
    )
    manual_counts = models.BooleanField(
        "manual assignments take a turn",
        default=False,
        help_text="Whether a manager's own assignment moves the rotation.",
    )
    required_skills = models.ManyToManyField(
        "reps.Skill", blank=True, related_name="pools", through="PoolSkill"
    )
    sla_policy = models.ForeignKey(
        "routing.SlaPolicy", on_delete=models.PROTECT, null=True, blank=True, related_name="pools"
    )
    overflow = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="overflowing",
        verbose_name="overflows into",
        help_text="The pool that is asked when nobody in this one can take a lead.",
    )
    turn_number = models.PositiveBigIntegerField(default=0, editable=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(overflow__isnull=True) | ~Q(overflow=F("id")),
                name="pool_not_its_own_overflow",
            ),
            models.CheckConstraint(
                condition=Q(value_weight__lte=100, floor_share__lte=100, catch_up_turns__lte=100),
                name="pool_shares_up_to_100",
            ),
            models.CheckConstraint(
                condition=Q(sticky_days__isnull=True) | Q(sticky_days__gte=1),
                name="pool_sticky_a_day_or_more",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses an overflow that leads back to this pool, and a wish to catch up where turns do not
        decide. Queries: 2 at most."""
        super().clean()
        if self.catch_up_turns and self.strategy not in CATCHING_UP:
            raise ValidationError(
                {
                    "catch_up_turns": "Nothing can be caught up where load, skill or tier decides "
                    "before the turns do. Write 0, or choose another way of sharing."
                }
            )
        if self.pk is None or self.overflow_id is None:
            return
        handing_on = Pool.objects.exclude(overflow=None).values_list("pk", "overflow_id")
        if circle := find_circle(self.pk, dict(handing_on) | {self.pk: self.overflow_id}):
            names = dict(Pool.objects.filter(pk__in=circle).values_list("pk", "name"))
            way = " → ".join(names[pool_id] for pool_id in circle)
            raise ValidationError({"overflow": f"The pools would hand on in a circle: {way}."})


class PoolSkill(models.Model):
    """A skill that every lead of a pool needs, at this level or higher."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="skill_levels")
    skill = models.ForeignKey("reps.Skill", on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        db_table = "routing_pool_required_skills"
        unique_together = (("pool", "skill"),)
        ordering = ["skill__name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="pool_skill_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class PoolMember(models.Model):
    """A rep in a pool: their weight and the balance of their turns, in millionths of a turn."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members")
    rep = models.ForeignKey("reps.Rep", on_delete=models.PROTECT, related_name="memberships")
    weight = models.PositiveSmallIntegerField(
        default=1, help_text="A rep of weight 2 gets twice the leads of a rep of weight 1."
    )
    tier = models.PositiveSmallIntegerField(
        default=1, help_text="Where tiers decide: 1 is asked first."
    )
    is_active = models.BooleanField(default=True)
    balance_microturns = models.BigIntegerField(default=0, editable=False)
    last_turn = models.PositiveBigIntegerField(default=0, editable=False)
    deferred_microturns = models.BigIntegerField(
        default=0, editable=False, help_text="Put by while away; paid out when back."
    )

    class Meta:
        ordering = ["pool", "rep__name"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "rep"], name="pool_member_once"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100), name="pool_member_weight_1_to_100"
            ),
            models.CheckConstraint(
                condition=Q(tier__gte=1, tier__lte=99), name="pool_member_tier_1_to_99"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep} in {self.pool}"
