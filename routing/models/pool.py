"""Pools of reps who share a stream of leads, and their ledger of turns."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from leadrouter.common.models import Timestamped
from routing.engine.overflow import find_circle


class Strategy(models.TextChoices):
    ROTATION = "ROTATION", "Equal turns"
    WEIGHTED = "WEIGHTED", "Turns by weight"


class Pool(Timestamped):
    """Reps who share a stream of leads in fair turns."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    strategy = models.CharField(max_length=20, choices=Strategy.choices, default=Strategy.WEIGHTED)
    ignores_hours = models.BooleanField(
        default=False, help_text="Leads are given also outside working hours."
    )
    is_sticky = models.BooleanField(
        "known owner first",
        default=True,
        help_text="A returning person, or a colleague of one, goes to the rep they know.",
    )
    manual_counts = models.BooleanField(
        "manual assignments take a turn",
        default=False,
        help_text="Whether a manager's own assignment moves the rotation.",
    )
    required_skills = models.ManyToManyField("reps.Skill", blank=True, related_name="pools")
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
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses an overflow that leads back to this pool. Queries: 2 at most."""
        super().clean()
        if self.pk is None or self.overflow_id is None:
            return
        handing_on = Pool.objects.exclude(overflow=None).values_list("pk", "overflow_id")
        if circle := find_circle(self.pk, dict(handing_on) | {self.pk: self.overflow_id}):
            names = dict(Pool.objects.filter(pk__in=circle).values_list("pk", "name"))
            way = " → ".join(names[pool_id] for pool_id in circle)
            raise ValidationError({"overflow": f"The pools would hand on in a circle: {way}."})


class PoolMember(models.Model):
    """A rep in a pool: their weight and the balance of their turns, in millionths of a turn."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members")
    rep = models.ForeignKey("reps.Rep", on_delete=models.PROTECT, related_name="memberships")
    weight = models.PositiveSmallIntegerField(
        default=1, help_text="A rep of weight 2 gets twice the leads of a rep of weight 1."
    )
    is_active = models.BooleanField(default=True)
    balance_microturns = models.BigIntegerField(default=0, editable=False)
    last_turn = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["pool", "rep__name"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "rep"], name="pool_member_once"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100), name="pool_member_weight_1_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep} in {self.pool}"


class TurnEntry(models.Model):
    """One turn of a pool: who was picked, and what everybody was credited and debited.

    `deltas` is {"<rep id>": microturns}; the values of one entry sum to zero.
    """

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveBigIntegerField()
    decision = models.ForeignKey(
        "routing.Decision", on_delete=models.PROTECT, related_name="turns", null=True
    )
    rep = models.ForeignKey(
        "reps.Rep", on_delete=models.PROTECT, related_name="turns", null=True, blank=True
    )
    deltas = models.JSONField()
    reason = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["pool", "-number"]
        verbose_name_plural = "turn entries"
        constraints = [
            models.UniqueConstraint(fields=["pool", "number"], name="turn_once_per_pool_and_number")
        ]

    def __str__(self) -> str:
        return f"{self.pool} turn {self.number}"
