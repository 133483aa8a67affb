"""Why a lead went where it went, in sentences."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from zoneinfo import ZoneInfo

from reps.models import Rep
from routing.engine.explaining import Names, RuleLine, explain_rules, sentences
from routing.engine.explaining import why_me as say_why_me
from routing.engine.facts import Facts, facts_from_json
from routing.engine.rules import DestinationKind, Rule
from routing.engine.trace import Trace
from routing.models import (
    Assignment,
    Decision,
    DecisionKind,
    HoldingQueue,
    Pool,
    RoutingRule,
    RuleSetVersion,
    Territory,
    VersionState,
)
from routing.selectors.attributes import get_attribute_labels
from routing.selectors.plans import list_conditions
from routing.selectors.words import get_words

LARGE = 200
"""Rules of a version that is worth keeping."""
MOST_KEPT = 4
_kept: OrderedDict[tuple[object, ...], list[Rule]] = OrderedDict()
_keeping = Lock()


@dataclass(frozen=True, slots=True)
class Explanation:
    """`headline` in one sentence; `lines` as the decision went; every rule with its first failure."""

    headline: str
    lines: list[str] = field(default_factory=list)
    rule_lines: list[RuleLine] = field(default_factory=list)
    facts: Facts = field(default_factory=dict)


def explain_decision(decision: Decision) -> Explanation:
    """Explains from the stored facts and the immutable version: the same answer at any later time.

    `decision` with rep, pool, holding_queue, decided_by and version__rule_set loaded.
    """
    if decision.kind != DecisionKind.RULES:
        return Explanation(headline=_say_person(decision))
    facts = facts_from_json(decision.facts)
    rule_lines: list[RuleLine] = []
    if decision.version is not None:
        zone = ZoneInfo(decision.version.rule_set.timezone)
        rules = _list_rules(decision.version)
        rule_lines = explain_rules(rules, zone, facts, decision.decided_at, get_words())
    lines = []
    if decision.trace:
        trace = Trace.from_json(decision.trace)
        lines = sentences(trace, find_names(trace))
    return Explanation(_say_rules(decision), lines, rule_lines, facts)


def _list_rules(version: RuleSetVersion) -> list[Rule]:
    """The rules of a version, those that cannot be read as what nothing meets. Large versions are kept:
    reading thousands of rules takes most of an explanation, and what was published never changes."""
    key = (version.pk, version.created_at, version.checksum)
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    rules = list_conditions(version, [])
    if len(rules) >= LARGE and version.state != VersionState.DRAFT:
        with _keeping:
            _kept[key] = rules
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return rules


def find_names(trace: Trace) -> Names:
    """Returns the names of everything a trace mentions. Queries: 5 at most."""
    rep_ids = {fate.rep_id for choice in trace.choices for fate in choice.candidates}
    targets: dict[str, set[int]] = {
        "POOL": set(), "OVERFLOW": set(), "HOLDING_QUEUE": set(), "REP": set(),
    }  # fmt: skip
    for choice in trace.choices:
        if isinstance(choice.target, int) and choice.kind in targets:
            targets[choice.kind].add(choice.target)
    return Names(
        rules=_names(RoutingRule, {trace.rule_id} if trace.rule_id else set()),
        reps=_names(Rep, rep_ids | targets["REP"]),
        pools=_names(Pool, targets["POOL"] | targets["OVERFLOW"]),
        queues=_names(HoldingQueue, targets["HOLDING_QUEUE"]),
        territories=dict(Territory.objects.filter(slug=trace.territory).values_list("slug", "name"))
        if trace.territory
        else {},
        attributes=get_attribute_labels()
        if any(choice.kind == DestinationKind.LEAD_FIELD for choice in trace.choices)
        else {},
    )


def _names(model: type, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(model.objects.filter(pk__in=ids).values_list("pk", "name"))  # type: ignore[attr-defined]


def _say_rules(decision: Decision) -> str:
    rule = f" by the rule “{decision.rule.name}”" if decision.rule else ""
    match decision.outcome:
        case "ASSIGNED":
            return f"Assigned to {decision.rep}{rule}."
        case "QUEUED":
            return f"Offered in the queue “{decision.holding_queue}”{rule}."
        case "NURTURED":
            return f"Sent to nurturing ({decision.reason}){rule}."
        case "REJECTED":
            return f"Rejected{rule}: {decision.reason}."
        case _:
            return f"Parked{rule}: {_PARKED.get(decision.reason, decision.reason)}."


_PARKED = {
    "NO_REP_AVAILABLE": "nobody could take it at that moment",
    "NO_RULE_MATCHED": "no rule matched",
    "NO_PUBLISHED_RULES": "no rules are published",
    "HOP_LIMIT": "it had moved too often within a day",
}


def _say_person(decision: Decision) -> str:
    who = decision.decided_by
    name = (who.get_full_name() or who.get_username()) if who else "Somebody"
    note = f" ({decision.reason})" if decision.reason else ""
    if decision.kind == DecisionKind.CLAIM:
        return f"{decision.rep} claimed it{note}."
    match decision.outcome:
        case "ASSIGNED":
            return f"{name} gave it to {decision.rep}{note}."
        case "QUEUED":
            return f"{name} put it into the queue “{decision.holding_queue}”{note}."
        case _:
            return f"{name} set it aside{note}."


def why_me(assignment: Assignment) -> str:
    """Tells the rep, in one paragraph, why this lead is theirs."""
    decision = assignment.decision
    if decision.kind != DecisionKind.RULES or not decision.trace:
        return _say_person(decision)
    trace = Trace.from_json(decision.trace)
    return say_why_me(trace, assignment.rep_id, find_names(trace))
