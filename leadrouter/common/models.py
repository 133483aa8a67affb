"""What models of every app share, and the notes of changes to the organisation."""

from django.db import models


class Timestamped(models.Model):
    """Rows that say when they were made and last changed."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class OrganisationChange(models.Model):
    """A note that something of a kind changed. Only triggers write here (`organisation.py`)."""

    kind = models.CharField(max_length=20)
    token = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
