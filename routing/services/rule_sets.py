"""Making rule sets, and saying which one is live."""

from datetime import datetime

from django.db import transaction

from routing.models import RuleSet
from routing.services.parking import wake_parked


@transaction.atomic
def create_rule_set(*, rule_set: RuleSet, now: datetime) -> RuleSet:
    """Saves a new rule set; the first one of an organisation is live at once."""
    rule_set.is_live = not RuleSet.objects.filter(is_live=True).exists()
    rule_set.save()
    return rule_set


@transaction.atomic
def make_live(*, rule_set: RuleSet, now: datetime) -> None:
    """Routes by this rule set from now on instead of the one that was live. Locks: live rule sets."""
    RuleSet.objects.filter(is_live=True).exclude(pk=rule_set.pk).update(
        is_live=False, updated_at=now
    )
    RuleSet.objects.filter(pk=rule_set.pk).update(is_live=True, updated_at=now)
    rule_set.refresh_from_db()
    wake_parked(now=now)
