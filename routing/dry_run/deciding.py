"""Reads a file as an import would and decides about its rows as live routing would."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadrouter.common.errors import InvalidInput
from leads.domain.cleansing import inspect
from leads.files.columns import guess_mapping
from leads.files.mapping import apply_mapping, mapping_of, validate_mapping
from leads.files.readers import Table
from leads.models import Endpoint, Lead, Source
from leads.selectors.custom_fields import get_field_labels
from routing.engine.explaining import sentences
from routing.models import HoldingQueue, RoutingRule
from routing.selectors.explaining import find_names
from routing.selectors.plans import get_live_plan
from routing.services.previewing import Preview, preview_routing

SAMPLE_ROWS = 50


@dataclass(frozen=True, slots=True)
class RowDecision:
    """One row. `outcome` is that of a decision, or REFUSED, KNOWN (in the database) or REPEATED."""

    row: int
    name: str
    email: str
    outcome: str
    rule: str = ""
    went_to: str = ""
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def choose_mapping(table: Table, named: Mapping[str, str]) -> dict[int, str]:
    """Returns {column index: field}: what the headers suggest, and `named` (header → field) over it.

    Raises: InvalidInput, with the headers there are.
    """
    sample = [cells for (_, cells), _ in zip(table.rows(), range(SAMPLE_ROWS), strict=False)]
    mapping = mapping_of(guess_mapping(table.headers, sample))
    for header, target in named.items():
        if header not in table.headers:
            known = ", ".join(f"“{name}”" for name in table.headers)
            raise InvalidInput(f"The file has no column “{header}”. It has {known}.")
        mapping = {index: name for index, name in mapping.items() if name != target}
        mapping[table.headers.index(header)] = target
    if problems := validate_mapping(mapping, table.headers, get_field_labels()):
        raise InvalidInput(" ".join(problem.message for problem in problems))
    return mapping


def decide_rows(
    *, table: Table, mapping: Mapping[int, str], source: Source, now: datetime
) -> list[RowDecision]:
    """Returns a decision for each row of the file, in its order; turns count from row to row.

    Raises: InvalidInput when no rules are published.
    """
    plan = get_live_plan()
    if plan is None:
        raise InvalidInput("No rules are published, so there is nothing to decide by.")
    mapped_rows = [
        (number, apply_mapping(mapping, table.headers, cells)) for number, cells in table.rows()
    ]
    extras = {number: mapped.extra for number, mapped in mapped_rows}
    rows = [(number, mapped.fields) for number, mapped in mapped_rows]
    first = _find_first_rows(rows, source)
    fresh = [(number, fields) for number, fields in rows if number not in first]
    previews = preview_routing(
        rows=[fields for _, fields in fresh],
        source=source,
        channel=Endpoint.Channel.IMPORT,
        plan=plan,
        now=now,
        extras=[extras[number] for number, _ in fresh],
    )
    decided = {number: preview for (number, _), preview in zip(fresh, previews, strict=True)}
    words = _Words.of(previews)
    return [
        _describe(number, decided[number], words, table.damaged.get(number))
        if number in decided
        else _repeated(number, fields, first[number])
        for number, fields in rows
    ]


def _find_first_rows(
    rows: Sequence[tuple[int, Mapping[str, str]]], source: Source
) -> dict[int, int]:
    """Returns {row: earlier row of the same address}: one person becomes one lead."""
    seen: dict[tuple[str, str], int] = {}
    first: dict[int, int] = {}
    for number, fields in rows:
        draft, _problems = inspect(fields, default_country=source.default_country)
        emails = [key for key in draft.identity_keys if key[0] == "EMAIL"]
        earlier = [seen[key] for key in emails if key in seen]
        if earlier:
            first[number] = earlier[0]
        for key in emails:
            seen.setdefault(key, number)
    return first


@dataclass(frozen=True, slots=True)
class _Words:
    """Names of all that the verdicts of a file mention, read at once."""

    rules: dict[int, str]
    queues: dict[int, str]

    @classmethod
    def of(cls, previews: Sequence[Preview]) -> "_Words":
        verdicts = [preview.verdict for preview in previews if preview.verdict]
        rules = {verdict.rule_id for verdict in verdicts if verdict.rule_id}
        queues = {verdict.holding_queue_id for verdict in verdicts if verdict.holding_queue_id}
        return cls(
            dict(RoutingRule.objects.filter(pk__in=rules).values_list("pk", "name")),
            dict(HoldingQueue.objects.filter(pk__in=queues).values_list("pk", "name")),
        )


def _describe(number: int, preview: Preview, words: _Words, damage: str | None) -> RowDecision:
    draft, verdict = preview.draft, preview.verdict
    warnings = [warning.message for warning in draft.warnings]
    problems = [*([damage] if damage else []), *(problem.message for problem in preview.problems)]
    name, email = draft.full_name, draft.email
    if problems:
        return RowDecision(number, name, email, "REFUSED", reasons=problems, warnings=warnings)
    if preview.known_lead_id is not None:
        owner = Lead.objects.select_related("owner").get(pk=preview.known_lead_id).owner
        reason = "This person is a lead already" + (f", with {owner}." if owner else ".")
        return RowDecision(
            number,
            name,
            email,
            "KNOWN",
            went_to=str(owner or ""),
            reasons=[reason],
            warnings=warnings,
        )
    if verdict is None:
        return RowDecision(number, name, email, "REFUSED", reasons=["Nothing to reach them by."])
    names = find_names(verdict.trace)
    if verdict.rep_id is not None:
        target = names.rep(verdict.rep_id)
    else:
        target = words.queues.get(verdict.holding_queue_id or 0, verdict.track or "")
    return RowDecision(
        number,
        name,
        email,
        str(verdict.outcome),
        words.rules.get(verdict.rule_id or 0, ""),
        target,
        list(sentences(verdict.trace, names)),
        warnings,
    )


def _repeated(number: int, fields: Mapping[str, str], first: int) -> RowDecision:
    return RowDecision(
        number,
        fields.get("full_name", ""),
        fields.get("email", ""),
        "REPEATED",
        reasons=[f"The same person as in row {first}."],
    )


def count_outcomes(decisions: Sequence[RowDecision]) -> Iterator[str]:
    """Yields e.g. “12 ASSIGNED”, in order of first appearance."""
    for outcome in dict.fromkeys(decision.outcome for decision in decisions):
        yield f"{sum(one.outcome == outcome for one in decisions)} {outcome}"
