"""The timeline of a lead: each touch in either direction."""

from django.conf import settings
from django.db import models


class Interaction(models.Model):
    """One touch on the timeline. Rows are added, never changed."""

    class Kind(models.TextChoices):
        FORM = "FORM", "Form sent"
        API = "API", "Sent by API"
        IMPORT = "IMPORT", "Imported from a file"
        MANUAL = "MANUAL", "Entered by hand"
        CALL = "CALL", "Call"
        EMAIL = "EMAIL", "E-mail"
        MEETING = "MEETING", "Meeting"
        CHAT = "CHAT", "Chat"
        SMS = "SMS", "Text message"
        VISIT = "VISIT", "Visit of the website"
        NOTE = "NOTE", "Note"
        STATUS = "STATUS", "Status changed"

    lead = models.ForeignKey("leads.Lead", on_delete=models.CASCADE, related_name="interactions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    occurred_at = models.DateTimeField()
    summary = models.CharField(max_length=500)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    source = models.ForeignKey(
        "leads.Source", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    intake_item = models.OneToOneField(
        "leads.IntakeItem",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="interaction",
    )

    class Meta:
        ordering = ["-occurred_at", "-id"]
        indexes = [models.Index(fields=["lead", "-occurred_at"], name="interaction_timeline")]

    def __str__(self) -> str:
        return self.summary
