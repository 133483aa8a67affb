"""Who may be the same person: keys to find them, pairs to decide about, merges that can be undone."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from leadrouter.common.models import Timestamped


class LeadKey(models.Model):
    """One key under which a lead is filed for matching (`leads/domain/blocking.py`).

    The keys of a million leads are eight million rows, so there is nothing but the two numbers. A key
    that no longer fits its lead is harmless: whoever is found by it is compared all the same.
    """

    pk = models.CompositePrimaryKey("key", "lead_id")
    key = models.BigIntegerField()
    lead_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key:x}"


class MatchingSettings(Timestamped):
    """From how much evidence on two leads are one. A single row; without it the defaults hold."""

    is_active = models.BooleanField(
        "compare arriving leads",
        default=True,
        help_text="Off: only an equal e-mail address or phone number makes two leads one.",
    )
    certain_from = models.FloatField(
        default=29.0, help_text="Bits of evidence from which on two leads are merged at once."
    )
    likely_from = models.FloatField(
        default=17.0, help_text="Bits from which on a pair is put into the review queue."
    )

    class Meta:
        verbose_name = "matching settings"
        verbose_name_plural = "matching settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="matching_settings_are_one"),
            models.CheckConstraint(
                condition=Q(certain_from__gte=F("likely_from")) & Q(likely_from__gte=10),
                name="matching_certain_above_likely",
            ),
        ]

    def __str__(self) -> str:
        return "Matching settings"

    def clean(self) -> None:
        if self.likely_from is not None and self.likely_from < 10:
            raise ValidationError(
                {"likely_from": "Below 10 bits a common name alone would fill the queue."}
            )
        if None not in (self.certain_from, self.likely_from) and (
            self.certain_from < self.likely_from
        ):
            raise ValidationError(
                {"certain_from": "What is merged at once must ask for more than what is reviewed."}
            )


class DuplicatePair(models.Model):
    """Two leads that may be one person. What was decided is remembered, so it is asked only once."""

    class State(models.TextChoices):
        OPEN = "OPEN", "To be reviewed"
        MERGED = "MERGED", "Merged"
        APART = "APART", "Kept apart"

    one = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="pairs_as_one")
    other = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="pairs_as_other")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    points = models.FloatField(help_text="Bits of evidence that they are one.")
    evidence = models.JSONField(
        default=list, help_text='[{"field": …, "sentence": …, "weight": …}], heaviest first.'
    )
    found_at = models.DateTimeField()
    postponed_at = models.DateTimeField(
        null=True, blank=True, help_text="Put to the end of the queue at this moment."
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "possible duplicate"
        ordering = ["-points", "id"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_in_order"),
            models.CheckConstraint(
                condition=Q(state="OPEN", decided_at__isnull=True)
                | (~Q(state="OPEN") & Q(decided_at__isnull=False)),
                name="pair_decided_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["postponed_at", "-points", "id"],
                name="pair_to_review",
                condition=Q(state="OPEN"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}"


class LeadMerge(models.Model):
    """One merge: who, why, on what evidence, and what is needed to undo it.

    `snapshot` is {"kept": {field: [before, after]}, "merged": {field: before}, "moved": {model:
    [ids]}, "routing": {...}}.
    """

    kept = models.ForeignKey("leads.Lead", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey("leads.Lead", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200)
    points = models.FloatField(null=True, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    snapshot = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undo_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "merge"
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"
