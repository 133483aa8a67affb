"""Files of territories that managers upload, and whether they were applied."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class TerritoryUpload(models.Model):
    """One uploaded file. Its bytes are kept until it is applied; `summary` is what that changed."""

    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    summary = models.JSONField(default=dict, blank=True, help_text="{new, changed, off: number}.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_by__isnull=True) | Q(applied_at__isnull=False),
                name="territory_upload_applied_when",
            )
        ]

    def __str__(self) -> str:
        return self.file_name
