"""What can be proved about a version of the rules, in sentences."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from leads.domain.countries import country_codes
from leads.models import Source
from reps.models import Rep
from routing.engine.conditions.nodes import list_attributes
from routing.engine.proving.domains import Knowledge
from routing.engine.proving.findings import Findings
from routing.engine.proving.rules import RuleProver
from routing.engine.proving.searching import UndecidedError
from routing.engine.proving.territories import find_owner_gaps, prove_territories
from routing.engine.proving.wording import (
    Code,
    Statement,
    say_findings,
    say_never_won,
    say_overlap,
    say_owner_gap,
)
from routing.engine.rules import DestinationKind, Rule
from routing.engine.territories import Territory, TerritoryIndex
from routing.models import RuleSetVersion, TerritoryRole
from routing.selectors.attributes import get_draft_registry
from routing.selectors.plans import list_conditions, list_engine_rules, list_engine_territories
from routing.selectors.words import CLOSED, get_words

PROVED = frozenset({"UNREACHABLE_RULE", "NEVER_TRUE"})
"""Plain problems (`RuleProblem`) that the proofs say better: by which rules, and why."""
MOST_OVERLAPS = 50
MOST_BELOW = 100


@dataclass(frozen=True, slots=True)
class Proofs:
    """`gaps`: leads that no rule above the catch-all takes, which may be just what is wanted.
    `has_more`: more territories overlap than are listed."""

    about_rules: list[Statement]
    gaps: list[Statement]
    about_territories: list[Statement]
    has_more: bool = False


def prove_version(version: RuleSetVersion, now: datetime) -> Proofs:
    """Returns everything that can be proved (`rule_set` loaded). Queries: 6.

    Seconds for thousands of rules. Raises: ConditionError.
    """
    rules = list_engine_rules(version)
    territories = list_engine_territories()
    words = get_words()
    found = prove_territories(territories, find_knowledge([]), most=MOST_OVERLAPS)
    knowledge = find_knowledge(TerritoryIndex(territories).list_slugs(without=found.never_won))
    prover = RuleProver(rules, now, _zone(version), knowledge)
    about_rules = say_findings(prover.prove(), prover.rules, words)
    gaps = [one for one in about_rules if one.code is Code.GAP]
    today = now.astimezone(_zone(version)).date()
    names = {territory.slug: territory.name for territory in territories}
    about_territories = [say_overlap(one, names, words) for one in found.overlaps]
    # A territory that is wholly divided among others is as it should be.
    divided = {territory.parent_id for territory in territories}
    by_slug = {territory.slug: territory.id for territory in territories}
    about_territories += [
        say_never_won(slug, names) for slug in found.never_won if by_slug[slug] not in divided
    ]
    roles = dict(TerritoryRole.choices)
    about_territories += [
        say_owner_gap(gap, names, roles, today)
        for gap in find_owner_gaps(territories, _find_roles(rules), today)
    ]
    about_territories += _list_absent_owners(territories, names)
    return Proofs(
        [one for one in about_rules if one.code is not Code.GAP],
        gaps,
        about_territories,
        found.has_more,
    )


def prove_rule(version: RuleSetVersion, rule_id: int, now: datetime) -> list[Statement]:
    """Returns what can be proved about one rule, and about rules below that it helps to cover: fast
    enough to be said when the rule is saved.

    Of very many rules below only those are looked at that it covers alone. Raises: ConditionError.
    """
    rules = list_conditions(version)
    asks = any("territory" in list_attributes(rule.condition) for rule in rules)
    places = list_engine_territories(has_owners=False) if asks else []
    knowledge = find_knowledge(TerritoryIndex(places).list_slugs(), places)
    prover = RuleProver(rules, now, _zone(version), knowledge)
    place = next((n for n, rule in enumerate(prover.rules) if rule.id == rule_id), None)
    if place is None:
        return []
    findings = Findings()
    prover.prove_rule(place, findings)
    for below in _list_doubtful(prover, place):
        found = Findings()
        prover.prove_rule(below, found)
        findings.unreachable += [one for one in found.unreachable if rule_id in one.covered_by]
    return say_findings(findings, prover.rules, get_words())


def _list_doubtful(prover: RuleProver, place: int) -> list[int]:
    """Rules below that no lead gets to, of those that this one takes leads from."""
    try:
        return [
            below
            for below in prover.list_below(place, most=MOST_BELOW)
            if not prover.is_reached(below)
        ]
    except UndecidedError:
        return []  # the check of the whole version says which


def _zone(version: RuleSetVersion) -> ZoneInfo:
    return ZoneInfo(version.rule_set.timezone)


def find_knowledge(
    paths: Collection[frozenset[str]], places: Collection[Territory] = ()
) -> Knowledge:
    """Returns which values exist: no lead has another country, source or account owner, nor belongs to
    a territory but one of these (their slugs and those of the territories above). `places`, where
    given, tie territories to countries. Queries: 1."""
    words = get_words()
    values = {name: frozenset(words[name]) for name in CLOSED if name != "territory"}
    values |= {"country": country_codes(), "phone_country": country_codes()}
    values |= {
        name: frozenset(attribute.choices)
        for name, attribute in get_draft_registry().items()
        if attribute.choices
    }
    kinds = dict(Source.objects.values_list("slug", "kind"))
    return Knowledge(
        values=values,
        territories=paths,
        follows={"source_kind": ("source", kinds)},
        places=places,
    )


def _find_roles(rules: Sequence[Rule]) -> list[str]:
    """Roles of territory owners that any rule sends leads to."""
    return sorted(
        {
            choice.territory_role
            for rule in rules
            for choice in rule.choices
            if choice.kind is DestinationKind.TERRITORY_OWNER and choice.territory_role
        }
    )


def _list_absent_owners(territories: Sequence[Territory], names: dict[str, str]) -> list[Statement]:
    inactive = dict(Rep.objects.filter(is_active=False).values_list("pk", "name"))
    return [
        Statement(
            Code.NO_OWNER,
            f"{inactive[owner.rep_id]}, owner of the territory “{names[territory.slug]}” "
            f"({TerritoryRole(owner.role).label}), is not active.",
        )
        for territory in territories
        for owner in territory.owners
        if owner.rep_id in inactive and owner.ends_on is None
    ]
