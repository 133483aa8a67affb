"""Fields of leads that an organisation defines itself."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped
from leads.domain.custom_fields import FieldDefinition, FieldKind, FieldType
from leads.domain.draft import FIELDS

FIXED = {"slug": "The short name", "kind": "The kind", "type": "The type"}
NEEDS_CHOICES = "List the choices, one per line."


class CustomField(Timestamped):
    """One field. It is switched off, never deleted: old rules and decisions go on reading it."""

    class Kind(models.TextChoices):
        FIELD = "FIELD", "Field"
        ANSWER = "ANSWER", "Answer to a question"

    class Type(models.TextChoices):
        TEXT = "TEXT", "Text"
        CHOICE = "CHOICE", "One of some choices"
        NUMBER = "NUMBER", "Number"
        BOOLEAN = "BOOLEAN", "Yes or no"
        SET = "SET", "Several values"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FIELD)
    slug = models.CharField(
        "short name",
        max_length=50,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_]*$",
                "Lower-case letters, digits and underscores only, beginning with a letter.",
            )
        ],
        help_text="What the API, files and rules call it. It never changes.",
    )
    label = models.CharField(max_length=100, help_text="As it reads inside a sentence: budget.")
    type = models.CharField(
        max_length=10, choices=Type.choices, default=Type.TEXT, help_text="It never changes."
    )
    unit = models.CharField(max_length=30, blank=True, help_text="Of a number, such as EUR.")
    choices = models.JSONField(default=list, blank=True)
    help = models.CharField(max_length=200, blank=True, help_text="What it means, for colleagues.")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["label", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(type="CHOICE") | ~Q(choices=[]), name="custom_field_choice_has_choices"
            )
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Refuses what would change the meaning of values that are stored. Queries: 1 at most."""
        super().clean()
        faults: dict[str, str] = {}
        if self.slug in FIELDS:
            faults["slug"] = f"“{self.slug}” is a field that every lead has."
        if self.type == self.Type.CHOICE and not self.choices:
            faults["choices"] = NEEDS_CHOICES
        elif not _are_texts(self.choices):
            faults["choices"] = "Choices are different texts of at most 100 characters."
        if self.pk is not None:
            stored = CustomField.objects.filter(pk=self.pk).values(*FIXED).first() or {}
            faults |= {
                name: f"{word} of a field never changes; make another field instead."
                for name, word in FIXED.items()
                if stored.get(name, getattr(self, name)) != getattr(self, name)
            }
        if faults:
            raise ValidationError(faults)

    @property
    def definition(self) -> FieldDefinition:
        return FieldDefinition(
            slug=self.slug,
            label=self.label,
            type=FieldType(self.type),
            kind=FieldKind(self.kind),
            unit=self.unit,
            choices=tuple(self.choices),
            help=self.help,
            is_active=self.is_active,
        )


def _are_texts(choices: object) -> bool:
    return (
        isinstance(choices, list)
        and all(isinstance(one, str) and 0 < len(one.strip()) <= 100 for one in choices)
        and len({str(one).casefold() for one in choices}) == len(choices)
    )
