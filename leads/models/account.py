"""The companies leads work for."""

from django.db import models
from django.db.models import Q

from leadrouter.common.models import Timestamped


class Account(Timestamped):
    """A company, known by its registrable web domain when it has one."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(
        max_length=200, blank=True, db_index=True, help_text="Without legal form, lower case."
    )
    domain = models.CharField(max_length=253, blank=True)
    country = models.CharField(max_length=2, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    segment = models.CharField(
        max_length=50, blank=True, help_text="Such as enterprise or small business."
    )
    open_deals = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many deals are being worked on. Empty: unknown."
    )
    owner = models.ForeignKey(
        "reps.Rep", on_delete=models.SET_NULL, null=True, blank=True, related_name="accounts"
    )
    is_named = models.BooleanField(
        "named account", default=False, help_text="On the list of accounts sales goes after."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["domain"], condition=~Q(domain=""), name="account_once_per_domain"
            )
        ]

    def __str__(self) -> str:
        return self.name
