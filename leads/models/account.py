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
    external_id = models.CharField(
        max_length=100, blank=True, help_text="What another system, such as a CRM, calls it."
    )
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="subsidiaries"
    )
    phone_e164 = models.CharField("phone", max_length=20, blank=True, help_text="+49301234567")
    street = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=200, blank=True)
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
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="account_once_per_external_id",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")),
                name="account_not_its_own_parent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["phone_e164"], name="account_by_phone", condition=~Q(phone_e164="")
            ),
            models.Index(
                fields=["postal_code"], name="account_by_postal_code", condition=~Q(street="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AccountAlias(models.Model):
    """Another name (as its key) or web domain of a company."""

    class Kind(models.TextChoices):
        NAME = "NAME", "Name"
        DOMAIN = "DOMAIN", "Domain"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="aliases")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    value = models.CharField(max_length=253)

    class Meta:
        ordering = ["kind", "value"]
        verbose_name_plural = "account aliases"
        constraints = [
            models.UniqueConstraint(fields=["value", "kind"], name="alias_of_one_account"),
            models.CheckConstraint(condition=~Q(value=""), name="alias_says_something"),
        ]

    def __str__(self) -> str:
        return self.value
