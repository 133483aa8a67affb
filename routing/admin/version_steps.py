"""From a draft to the rules everybody follows, and back."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from leadrouter.common.admin_steps import Step
from routing.engine.conditions import ConditionError
from routing.models import RuleSetVersion, VersionState
from routing.selectors.proofs import PROVED, prove_version
from routing.services.publishing import check_version, create_draft, roll_back


def find_out(version: RuleSetVersion) -> dict[str, Any]:
    """What is wrong with a version and what is proved about it, for the page."""
    problems = check_version(version=version)
    try:
        proofs = prove_version(version, timezone.now())
    except ConditionError:  # said among the problems
        return {"problems": problems}
    return {"problems": [one for one in problems if one.code not in PROVED], "proofs": proofs}


class Check(Step):
    """Shows what is wrong with a draft, or with what is published by now."""

    slug = "check"
    label = "Check"
    icon = "fact_check"
    template = "admin/routing/rulesetversion/check.html"

    def get_context(self, request: HttpRequest, obj: RuleSetVersion) -> dict[str, Any]:
        return {**find_out(obj), "is_only_check": True}


class RollBack(Step):
    """Publishes an older version again."""

    slug = "roll-back"
    label = "Roll back to this version"
    icon = "history"
    tone = "primary"

    def is_offered(self, obj: RuleSetVersion) -> bool:
        return obj.state == VersionState.RETIRED

    def explain(self, obj: RuleSetVersion) -> str:
        return (
            f"The rules of version {obj.number} are published again, as a new version. What is "
            "published now is retired and stays in the history."
        )

    def run(
        self, *, request: HttpRequest, obj: RuleSetVersion, data: dict[str, Any], now: datetime
    ) -> str:
        self.published = roll_back(version=obj, user=request.user, now=now)
        return f"Version {self.published.number} is published, with the rules of {obj.number}."

    def next_url(self, obj: RuleSetVersion) -> str:
        return reverse("admin:routing_rulesetversion_change", args=[self.published.pk])


class DraftFrom(Step):
    """A draft that starts from these rules."""

    slug = "new-draft"
    label = "Create draft"
    icon = "edit_note"

    def is_offered(self, obj: RuleSetVersion) -> bool:
        drafts = obj.rule_set.versions.filter(state=VersionState.DRAFT)
        return obj.state != VersionState.DRAFT and not drafts.exists()

    def explain(self, obj: RuleSetVersion) -> str:
        return f"A copy of version {obj.number} that you can change. Nothing changes for leads yet."

    def run(
        self, *, request: HttpRequest, obj: RuleSetVersion, data: dict[str, Any], now: datetime
    ) -> str:
        self.draft = create_draft(rule_set=obj.rule_set, user=request.user, now=now, copy_of=obj)
        return f"Version {self.draft.number} is your draft."

    def next_url(self, obj: RuleSetVersion) -> str:
        return reverse("admin:routing_rulesetversion_change", args=[self.draft.pk])
