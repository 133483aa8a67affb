"""Drafts, checks, publishing and rolling back. A published version never changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from leadrouter.common.errors import InvalidInput
from routing.engine.compiling import check_rules_basics
from routing.engine.conditions import ConditionError
from routing.engine.rules import Rule
from routing.models import (
    DestinationKind,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    VersionState,
)
from routing.selectors.checksums import CHOICE_COLUMNS, RULE_COLUMNS, checksum
from routing.selectors.plans import list_engine_rules
from routing.selectors.words import find_strangers, get_words
from routing.services.parking import wake_parked
from routing.services.refusals import PlanRefused


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One thing a check found; `is_blocking` ones keep a version from being published. `code` is
    that of `RuleProblem`, if it comes from there."""

    message: str
    rule_id: int | None = None
    is_blocking: bool = True
    code: str = ""


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


def check_version(*, version: RuleSetVersion) -> list[PlanProblem]:
    """Returns what keeps the version from being published, then what deserves a second look."""
    try:
        rules = list_engine_rules(version)
    except ConditionError as error:
        return [PlanProblem(f"A condition cannot be read: {error}")]
    found = [
        PlanProblem(p.message, p.rule_id, _is_blocking(p.code), p.code)
        for p in check_rules_basics(rules)
    ]
    found += _check_values(rules)
    found += _check_people(version)
    return sorted(found, key=lambda problem: not problem.is_blocking)


def _check_values(rules: list[Rule]) -> list[PlanProblem]:
    """Names tests for sources, territories or reps that do not exist: they can never be true."""
    words = get_words()
    return [
        PlanProblem(f"“{rule.name}”: {sentence}.", rule.id, is_blocking=False)
        for rule in rules
        for sentence in find_strangers(rule.condition, words)
    ]


def _is_blocking(code: str) -> bool:
    return code not in {"UNREACHABLE_RULE", "UNREACHABLE_DESTINATION", "NEVER_TRUE"}


def _check_people(version: RuleSetVersion) -> list[PlanProblem]:
    """Names what the rules point at and nobody is behind: inactive reps, closed or empty pools."""
    choices = RuleChoice.objects.filter(rule__version=version, rule__is_enabled=True)
    rows = choices.select_related("rule", "pool", "rep", "holding_queue").prefetch_related(
        "pool__members__rep"
    )
    return [
        PlanProblem(f"“{choice.rule.name}”: {sentence}", choice.rule_id, is_blocking=False)
        for choice in rows
        if (sentence := _find_nobody(choice))
    ]


def _find_nobody(choice: RuleChoice) -> str:
    if choice.rep and not choice.rep.is_active:
        return f"{choice.rep.name} is not active."
    if choice.holding_queue and not choice.holding_queue.is_active:
        return f"the queue “{choice.holding_queue.name}” is closed."
    if choice.kind == DestinationKind.POOL and choice.pool:
        members = [m for m in choice.pool.members.all() if m.is_active and m.rep.is_active]
        if not choice.pool.is_active:
            return f"the pool “{choice.pool.name}” is closed."
        if not members:
            return f"the pool “{choice.pool.name}” has no active members."
    return ""


@transaction.atomic
def publish_version(
    *, version: RuleSetVersion, user: Any, note: str = "", now: datetime
) -> RuleSetVersion:
    """Makes the draft the published version and retires the one before it, at the same moment.

    Locks: the rule set. Raises: InvalidInput when it is no draft any more, PlanRefused.
    """
    rule_set = lock_rule_set(version.rule_set_id)
    version = RuleSetVersion.objects.select_related("rule_set").get(pk=version.pk)
    assert_draft(version)
    blocking = [p.message for p in check_version(version=version) if p.is_blocking]
    if blocking:
        raise PlanRefused(
            f"Version {version.number} cannot be published: {blocking[0]}", problems=blocking
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
