"""manage.py check_rules: what is wrong with the rules, and what is proved about every lead."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from routing.engine.conditions import ConditionError
from routing.engine.facts import facts_to_json
from routing.engine.proving.wording import Code, Statement
from routing.models import RuleSetVersion, VersionState
from routing.selectors.proofs import PROVED, Proofs, prove_version
from routing.selectors.rules import find_current_version
from routing.services.publishing import PlanProblem, check_version

FAILING = {Code.UNREACHABLE, Code.CONTRADICTION, Code.DEAD_ALTERNATIVE, Code.UNDECIDED}


class Command(BaseCommand):
    help = (
        "Checks a version of the rules and proves, for every lead there could be, which rules are "
        "reached, what falls to the catch-all and where territories overlap. Exit code 1 when it "
        "could not be published or a rule or an alternative can never take a lead."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rule-set", metavar="SLUG", help="Default: the live one.")
        parser.add_argument(
            "--version-number",
            type=int,
            metavar="N",
            help="Default: the draft, else the published.",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *_: Any, **options: Any) -> None:
        version = _find_version(options["rule_set"], options["version_number"])
        problems = check_version(version=version)
        try:
            proofs = prove_version(version, timezone.now())
        except ConditionError:  # said among the problems
            proofs = Proofs([], [], [])
        statements = [*proofs.about_rules, *proofs.gaps, *proofs.about_territories]
        problems = [one for one in problems if one.code not in PROVED]
        if options["format"] == "json":
            self.stdout.write(_to_json(version, problems, statements))
        else:
            self._print(version, problems, statements, has_more=proofs.has_more)
        if any(one.is_blocking for one in problems) or any(s.code in FAILING for s in statements):
            raise SystemExit(1)

    def _print(
        self,
        version: RuleSetVersion,
        problems: list[PlanProblem],
        statements: list[Statement],
        *,
        has_more: bool,
    ) -> None:
        self.stdout.write(f"{version} ({version.get_state_display().lower()})")
        for problem in problems:
            word = self.style.ERROR("must be fixed") if problem.is_blocking else "look twice"
            self.stdout.write(f"{word:>16}  {problem.message}")
        for one in statements:
            self.stdout.write(f"{one.code.replace('_', ' ').lower():>16}  {one.sentence}")
        if has_more:
            self.stdout.write("More territories overlap than are listed.")
        if not problems and not statements:
            self.stdout.write("Nothing is wrong with these rules.")


def _find_version(slug: str | None, number: int | None) -> RuleSetVersion:
    if slug is None and number is None:
        version = find_current_version()
        if version is None:
            raise CommandError("There are no rules yet.")
        return version
    rows = RuleSetVersion.objects.select_related("rule_set").order_by("-number")
    rows = rows.filter(rule_set__slug=slug) if slug else rows.filter(rule_set__is_live=True)
    kept = rows.exclude(state=VersionState.RETIRED)
    version = (kept if number is None else rows.filter(number=number)).first()
    if version is None:
        which = f"version {number}" if number is not None else "draft or published version"
        raise CommandError(f"There is no {which} of {f'“{slug}”' if slug else 'the live rules'}.")
    return version


def _to_json(
    version: RuleSetVersion, problems: list[PlanProblem], statements: list[Statement]
) -> str:
    return json.dumps(
        {
            "rule_set": version.rule_set.slug,
            "version": version.number,
            "problems": [asdict(one) for one in problems],
            "proved": [
                {
                    "code": one.code,
                    "sentence": one.sentence,
                    "rule_id": one.rule_id,
                    "paths": one.paths,
                    "witness": None if one.witness is None else facts_to_json(one.witness),
                    "at": one.at.isoformat() if one.at else None,
                }
                for one in statements
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
