"""Abstract parts that models of every app share."""

from django.db import models


class Timestamped(models.Model):
    """Rows that say when they were made and last changed."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True
