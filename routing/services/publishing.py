"""Drafts, publishing and rolling back. A published version never changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from leadrouter.common.errors import InvalidInput
from routing.models import (
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    VersionState,
)
from routing.selectors.checksums import CHOICE_COLUMNS, RULE_COLUMNS, checksum
from routing.services.checking import PlanProblem, check_version
from routing.services.parking import wake_parked
from routing.services.refusals import PlanRefused, PublishConflict

__all__ = [
    "PlanProblem",
    "Seen",
    "assert_draft",
    "check_version",
    "create_draft",
    "find_published",
    "lock_rule_set",
    "publish_version",
    "roll_back",
    "say_published",
]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person had before them when they decided to publish: the id of the published version,
    and the checksum of the draft."""

    published_id: int | None
    draft_checksum: str


def lock_rule_set(rule_set_id: int) -> RuleSet:
    """Returns the rule set, row-locked: its versions change state one at a time."""
    return RuleSet.objects.select_for_update().get(pk=rule_set_id)


def assert_draft(version: RuleSetVersion) -> None:
    """Raises: InvalidInput unless the version may still change."""
    if version.state != VersionState.DRAFT:
        raise InvalidInput(
            f"Version {version.number} is {version.get_state_display().lower()} and never changes. "
            "Create a draft instead."
        )


@transaction.atomic
def create_draft(
    *, rule_set: RuleSet, user: Any, now: datetime, copy_of: RuleSetVersion | None = None
) -> RuleSetVersion:
    """Creates the draft to work on, with the rules of `copy_of` or else of the published version.

    Raises: InvalidInput when there is a draft already.
    """
    lock_rule_set(rule_set.pk)
    versions = RuleSetVersion.objects.filter(rule_set=rule_set)
    if versions.filter(state=VersionState.DRAFT).exists():
        raise InvalidInput("There is a draft already. Publish or delete it first.")
    newest = versions.aggregate(newest=Max("number"))["newest"] or 0
    origin = copy_of or versions.filter(state=VersionState.PUBLISHED).first()
    draft = RuleSetVersion.objects.create(
        rule_set=rule_set,
        number=newest + 1,
        note=f"From version {origin.number}" if origin else "",
        created_at=now,
        created_by=user,
    )
    if origin is not None:
        _copy_rules(origin, draft)
    return draft


def _copy_rules(origin: RuleSetVersion, draft: RuleSetVersion) -> None:
    for rule in origin.rules.prefetch_related("choices"):
        copy = RoutingRule.objects.create(
            version=draft, **{name: getattr(rule, name) for name in RULE_COLUMNS}
        )
        RuleChoice.objects.bulk_create(
            RuleChoice(rule=copy, **{name: getattr(choice, name) for name in CHOICE_COLUMNS})
            for choice in rule.choices.all()
        )


@transaction.atomic
def publish_version(
    *,
    version: RuleSetVersion,
    user: Any,
    note: str = "",
    now: datetime,
    seen: Seen | None = None,
) -> RuleSetVersion:
    """Makes the draft the published version and retires the one before it, at the same moment.

    With `seen`, only while both are still what the person saw.
    Locks: the rule set. Raises: PublishConflict, InvalidInput when it is no draft any more,
    PlanRefused.
    """
    rule_set = lock_rule_set(version.rule_set_id)
    version = RuleSetVersion.objects.select_related("rule_set").get(pk=version.pk)
    if seen is not None:
        _assert_unchanged(version, seen)
    assert_draft(version)
    blocking = [problem for problem in check_version(version=version) if problem.is_blocking]
    if blocking:
        raise PlanRefused(
            f"Version {version.number} cannot be published: {blocking[0].message}",
            fields={problem.path: problem.message for problem in blocking},
            problems=[problem.message for problem in blocking],
        )
    RuleSetVersion.objects.filter(rule_set=rule_set, state=VersionState.PUBLISHED).update(
        state=VersionState.RETIRED, retired_at=now
    )
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, now, user
    version.note = note or version.note
    version.checksum = checksum(version)
    version.save()
    wake_parked(now=now)
    return version


def _assert_unchanged(version: RuleSetVersion, seen: Seen) -> None:
    """Raises: PublishConflict, saying who was faster with what."""
    published = find_published(version.rule_set_id)
    if (published.pk if published else None) != seen.published_id:
        raise PublishConflict(f"{say_published(published)} Your publishing changed nothing.")
    if version.state == VersionState.DRAFT and checksum(version) != seen.draft_checksum:
        raise PublishConflict(
            f"Version {version.number} was changed while you were looking at it. Nothing was "
            "published."
        )


def find_published(rule_set_id: int) -> RuleSetVersion | None:
    """Returns the published version of a rule set. Queries: 1."""
    return (
        RuleSetVersion.objects.filter(rule_set_id=rule_set_id, state=VersionState.PUBLISHED)
        .select_related("rule_set", "published_by")
        .first()
    )


def say_published(published: RuleSetVersion | None) -> str:
    """“Morgan Manager published version 3 while you were looking.”"""
    if published is None:
        return "Nothing is published any more."
    by = published.published_by
    who = (by.get_full_name() or by.get_username()) if by else "Somebody"
    return f"{who} published version {published.number} while you were looking."


@transaction.atomic
def roll_back(*, version: RuleSetVersion, user: Any, now: datetime) -> RuleSetVersion:
    """Publishes an older version again, as a new version with the same rules.

    Raises: InvalidInput for a draft or while another draft exists; PlanRefused when what it points
    at is gone.
    """
    if version.state != VersionState.RETIRED:
        raise InvalidInput("Only a retired version can be rolled back to.")
    copy = create_draft(rule_set=version.rule_set, user=user, now=now, copy_of=version)
    return publish_version(
        version=copy, user=user, note=f"Back to version {version.number}", now=now
    )
