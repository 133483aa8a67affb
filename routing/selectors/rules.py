"""Rules and versions as people look at them."""

from django.db.models import QuerySet

from routing.models import RoutingRule, RuleSet, RuleSetVersion, VersionState


def lock_rule_sets() -> list[RuleSet]:
    """Returns every rule set in id order, row-locked. Queries: 2."""
    ids = list(RuleSet.objects.order_by("pk").values_list("pk", flat=True))
    return list(RuleSet.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def list_rules(version: RuleSetVersion) -> QuerySet[RoutingRule]:
    """Returns all rules of a version in order, with their choices and targets. Queries: 2."""
    rules = RoutingRule.objects.filter(version=version).order_by("position", "id")
    return rules.prefetch_related(
        "choices__pool", "choices__rep", "choices__holding_queue", "choices__required_skill"
    )


def find_current_version() -> RuleSetVersion | None:
    """Returns the live rule set's draft, else its published version, else its newest."""
    versions = RuleSetVersion.objects.filter(rule_set__is_live=True).select_related("rule_set")
    by_state = {version.state: version for version in versions.order_by("number")}
    for state in (VersionState.DRAFT, VersionState.PUBLISHED, VersionState.RETIRED):
        if state in by_state:
            return by_state[state]
    return None


def list_testable_versions() -> QuerySet[RuleSetVersion]:
    """Returns drafts and published versions, those of the live rule set first."""
    versions = RuleSetVersion.objects.exclude(state=VersionState.RETIRED)
    return versions.select_related("rule_set").order_by("-rule_set__is_live", "-number")
