"""The order of the rules in a draft. Positions are 1, 2, 3 … without gaps."""

from collections.abc import Sequence

from django.db import transaction

from leadrouter.common.errors import InvalidInput
from routing.models import RoutingRule, RuleSetVersion
from routing.services.publishing import assert_draft, lock_rule_set


@transaction.atomic
def order_rules(*, version: RuleSetVersion, rule_ids: Sequence[int]) -> None:
    """Puts the rules of a draft into this order. Locks: the rule set.

    Raises: InvalidInput when it is no draft any more or the ids are not exactly its rules.
    """
    _lock_draft(version)
    rules = {rule.pk: rule for rule in RoutingRule.objects.filter(version=version)}
    if sorted(rule_ids) != sorted(rules):
        raise InvalidInput("Somebody changed the rules meanwhile. Look at them again.")
    _write_positions([rules[pk] for pk in rule_ids])


@transaction.atomic
def move_rule(*, rule: RoutingRule, step: int) -> None:
    """Moves a rule of a draft up (step −1) or down (step 1); at either end nothing changes.

    Locks: the rule set. Raises: InvalidInput when it is no draft any more.
    """
    _lock_draft(rule.version)
    ordered = list(RoutingRule.objects.filter(version_id=rule.version_id))
    here = next(place for place, row in enumerate(ordered) if row.pk == rule.pk)
    there = min(max(here + step, 0), len(ordered) - 1)
    ordered.insert(there, ordered.pop(here))
    _write_positions(ordered)


@transaction.atomic
def move_rule_to_end(*, rule: RoutingRule, is_top: bool) -> None:
    """Moves a rule of a draft to the top, or to the bottom: there before the catch-all, if any.

    Locks: the rule set. Raises: InvalidInput when it is no draft any more.
    """
    _lock_draft(rule.version)
    rows = RoutingRule.objects.filter(version_id=rule.version_id)
    ordered = [row for row in rows if row.pk != rule.pk]
    here = next(row for row in rows if row.pk == rule.pk)
    ordered.insert(0 if is_top else _find_bottom(ordered, here), here)
    _write_positions(ordered)


@transaction.atomic
def add_rule(*, rule: RoutingRule) -> RoutingRule:
    """Saves a new rule of a draft as the last one before the catch-all.

    Locks: the rule set. Raises: InvalidInput when it is no draft any more.
    """
    _lock_draft(rule.version)
    ordered = list(RoutingRule.objects.filter(version_id=rule.version_id))
    rule.position = len(ordered) + 1
    rule.save()
    ordered.insert(_find_bottom(ordered, rule), rule)
    _write_positions(ordered)
    return rule


@transaction.atomic
def remove_rule(*, rule: RoutingRule) -> None:
    """Deletes a rule of a draft and closes the gap. Raises: InvalidInput when it is no draft any more."""
    _lock_draft(rule.version)
    version_id = rule.version_id
    rule.delete()
    _write_positions(list(RoutingRule.objects.filter(version_id=version_id)))


def _find_bottom(others: list[RoutingRule], rule: RoutingRule) -> int:
    """The last place among the others that keeps their catch-all last."""
    has_catch_all = bool(others) and _takes_everything(others[-1])
    before_last = has_catch_all and not _takes_everything(rule)
    return len(others) - 1 if before_last else len(others)


def _takes_everything(rule: RoutingRule) -> bool:
    limits = (rule.starts_at, rule.ends_at, rule.weekly_window)
    return rule.condition == {"all": []} and not any(limits)


def _lock_draft(version: RuleSetVersion) -> None:
    lock_rule_set(version.rule_set_id)
    assert_draft(RuleSetVersion.objects.get(pk=version.pk))


def _write_positions(ordered: list[RoutingRule]) -> None:
    moved = []
    for position, rule in enumerate(ordered, start=1):
        if rule.position != position:
            rule.position = position
            moved.append(rule)
    RoutingRule.objects.bulk_update(moved, ["position"])
