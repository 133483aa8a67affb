"""What reps are good at."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from reps.models.rep import Rep


class Skill(models.Model):
    """Something a lead may need: a language, a product, an industry."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RepSkill(models.Model):
    """How well one rep has one skill, 1 (some) to 5 (expert)."""

    rep = models.ForeignKey(Rep, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="reps")
    level = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        ordering = ["skill__name"]
        constraints = [
            models.UniqueConstraint(fields=["rep", "skill"], name="rep_skill_once"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="rep_skill_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"
