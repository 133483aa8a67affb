"""How an organisation names where visits come from, and what its campaigns cost."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from leadrouter.common.models import Timestamped
from leads.domain.channel_rules import ChannelRule as Rule
from leads.domain.referrers import CATEGORIES


class ChannelRule(Timestamped):
    """One line of the table that decides the channel group of a touch; the first that holds does.

    All that is filled in must hold; of each list, one. Without any line the defaults decide.
    """

    position = models.PositiveIntegerField(help_text="Lower numbers are tried first.")
    key = models.CharField(
        max_length=50,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9:_-]*$", "Lower-case letters, digits, : _ -")],
        help_text="What leads remember it by. It never changes.",
    )
    channel_group = models.CharField(max_length=50, help_text="Such as Paid Search.")
    channels = models.JSONField("lead came by", default=list, blank=True)
    source_kinds = models.JSONField("kind of our source", default=list, blank=True)
    click_ids = models.JSONField("click id in the address", default=list, blank=True)
    categories = models.JSONField("source is listed under", default=list, blank=True)
    sources = models.JSONField("source is like", default=list, blank=True)
    media = models.JSONField("medium is like", default=list, blank=True)
    campaigns = models.JSONField("campaign is like", default=list, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text="Why, for colleagues.")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.key} → {self.channel_group}"

    @property
    def rule(self) -> Rule:
        """What it means to `leads.domain.channel_rules`."""
        return Rule(
            key=self.key,
            group=self.channel_group,
            channels=tuple(self.channels),
            source_kinds=tuple(self.source_kinds),
            click_ids=tuple(self.click_ids),
            categories=tuple(self.categories),
            sources=tuple(self.sources),
            media=tuple(self.media),
            campaigns=tuple(self.campaigns),
            note=self.note,
        )


class ReferrerSite(Timestamped):
    """A site that sends visitors, which our own list lacks or which the organisation sees otherwise."""

    name = models.CharField(max_length=50, help_text="The source it stands for, such as capterra.")
    category = models.CharField(max_length=10, choices=list(CATEGORIES.items()))
    address = models.CharField(
        max_length=253,
        unique=True,
        help_text="A host with all below it, or a host and a path: bing.com/shop.",
    )

    class Meta:
        ordering = ["category", "name"]

    def __str__(self) -> str:
        return self.address


class Campaign(Timestamped):
    """What was spent to be found, by which leads are known and counted."""

    name = models.CharField(max_length=200, unique=True)
    utm_campaigns = models.JSONField(
        "utm_campaign is like", default=list, blank=True, help_text="One per line; * is any text."
    )
    utm_sources = models.JSONField(
        "source is like", default=list, blank=True, help_text="Empty: any source."
    )
    starts_on = models.DateField(null=True, blank=True, help_text="Empty: since ever.")
    ends_on = models.DateField(null=True, blank=True, help_text="The last day. Empty: open.")
    cost_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True, help_text="Such as EUR.")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_it_starts",
                violation_error_message="The last day must not lie before the first.",
            ),
            models.CheckConstraint(
                condition=Q(cost_amount__isnull=True, cost_currency="")
                | (Q(cost_amount__gte=0) & ~Q(cost_currency="")),
                name="campaign_cost_has_a_currency",
                violation_error_message="A cost needs a currency, and is not below zero.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
