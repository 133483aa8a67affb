"""What a person agreed to, in the words they saw."""

from django.db import models

from leadrouter.common.models import Timestamped


class Consent(Timestamped):
    """One answer to one wording. Never inferred, never changed; withdrawing only adds the moment."""

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="consents")
    is_given = models.BooleanField()
    text = models.TextField(blank=True)
    version = models.CharField(
        max_length=100, help_text="The sender's own, else the start of the text's SHA-256."
    )
    given_at = models.DateTimeField(help_text="When the person answered.")
    source = models.ForeignKey(
        "leads.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    intake_item = models.OneToOneField(
        "leads.IntakeItem", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ip = models.GenericIPAddressField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at", "-id"]

    def __str__(self) -> str:
        return f"{'Yes' if self.is_given else 'No'} to version {self.version}"
