"""Writes the rules of a document: always into a draft, which is then published if asked for."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max

from leadrouter.common.errors import DomainError
from routing.configuration.columns import Entry
from routing.configuration.exporting import TARGETS, normal_condition, version_entry
from routing.configuration.hours import read_window, write_window
from routing.configuration.writing import Writing
from routing.engine.windows import EVERY_DAY
from routing.models import RoutingRule, RuleChoice, RuleSet, RuleSetVersion, VersionState
from routing.selectors.attributes import get_registry
from routing.services.publishing import publish_version

KINDS = {name: (kind, column) for kind, (name, column) in TARGETS.items()}
SECTION_OF = {"pool": "pools", "rep": "reps", "holding_queue": "holding_queues"}


def write_rules(writing: Writing, entry: Entry, *, is_publishing: bool, is_replacing: bool) -> str:
    """Brings the versions of one rule set to what its entry says; returns a note for the reader.

    Published rules that differ become the draft, or are published. The draft of an entry is
    written once its published rules are in force, as a rule set has one draft at a time.
    """
    row = writing.rows("rule_sets").get(entry["slug"])
    if row is None:
        return ""
    in_force = _find(row, VersionState.PUBLISHED)
    wanted = _normal(writing, entry, "published", in_force)
    planned = _normal(writing, entry, "draft", in_force)
    if writing.problems:
        return ""
    note = ""
    if wanted is not None and wanted["rules"] != _rules(version_entry(in_force)):
        draft = _write_draft(writing, row, wanted, is_replacing)
        if draft is None or not is_publishing:
            return "" if draft is None else _explain(row, draft, planned)
        _publish(writing, row, draft)
    if planned is not None and not writing.problems:
        _write_draft(writing, row, planned, is_replacing)
    return note


def _explain(row: RuleSet, draft: RuleSetVersion, planned: Entry | None) -> str:
    note = f"The rules of “{row.slug}” are draft {draft.number}; --publish puts them in force."
    if planned is not None:
        note += " The file's own draft waits until then."
    return note


def _find(row: RuleSet, state: str) -> RuleSetVersion | None:
    return row.versions.filter(state=state).first()


def _rules(entry: Entry | None) -> Any:
    return None if entry is None else entry["rules"]


def _normal(
    writing: Writing, entry: Entry, name: str, in_force: RuleSetVersion | None
) -> Entry | None:
    """Returns a version as `version_entry` would write it: keys found or made, moments in UTC."""
    if name not in entry:
        return None
    by_name = {rule.name: str(rule.key) for rule in in_force.rules.all()} if in_force else {}
    path = f"rule_sets[{entry['slug']}].{name}.rules"
    rules, seen = [], set()
    for rule in entry[name]["rules"]:
        key = rule.get("key") or by_name.get(rule["name"]) or str(uuid.uuid4())
        if key in seen:
            writing.refuse(f"{path}[{rule['name']}]", "Two rules have this key or name.")
        seen.add(key)
        rules.append(_normal_rule(writing, rule, key, f"{path}[{rule['name']}]"))
    return {"note": entry[name].get("note", ""), "rules": rules}


def _normal_rule(writing: Writing, rule: Entry, key: str, path: str) -> Entry:
    normal: Entry = {"name": rule["name"], "key": key}
    for name in ("starts_at", "ends_at"):
        if name in rule:
            normal[name] = _moment(writing, rule[name], f"{path}.{name}")
    if window := _window(rule):
        normal["window"] = window
    if not rule.get("is_enabled", True):
        normal["is_enabled"] = False
    for number, choice in enumerate(rule["then"]):
        _check_targets(writing, choice, f"{path}.then[{number}]")
    return normal | {"when": normal_condition(rule["when"], get_registry()), "then": rule["then"]}


def _moment(writing: Writing, text: str, path: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        writing.refuse(
            path, f"“{text}” is not a moment with an offset, like 2026-01-31T09:00+01:00."
        )
        return text
    return moment.astimezone(UTC).isoformat()


def _window(rule: Entry) -> Entry:
    return write_window(read_window(rule.get("window", {})))


def _check_targets(writing: Writing, choice: Entry, path: str) -> None:
    for name, section in {**SECTION_OF, "skill": "skills"}.items():
        if name in choice:
            writing.resolve(section, choice[name], f"{path}.{name}")


def _write_draft(
    writing: Writing, row: RuleSet, wanted: Entry, is_replacing: bool
) -> RuleSetVersion | None:
    """Returns the draft with these rules, made or changed as needed; None after a refusal."""
    draft = _find(row, VersionState.DRAFT)
    if draft is not None and version_entry(draft) == wanted:
        return draft
    if draft is not None and not is_replacing and not _is_untouched(row, draft, wanted):
        writing.refuse(
            f"rule_sets[{row.slug}]",
            f"Somebody is working on draft {draft.number}, which this would overwrite. Publish or "
            "delete it first, or give --replace-drafts.",
        )
        return None
    if draft is None:
        newest = row.versions.aggregate(newest=Max("number"))["newest"] or 0
        draft = RuleSetVersion(
            rule_set=row, number=newest + 1, created_at=writing.now, created_by=writing.user
        )
    draft.note = wanted["note"]
    draft.save()
    draft.rules.all().delete()
    for position, rule in enumerate(wanted["rules"], start=1):
        _create_rule(writing, draft, position, rule)
    return draft


def _is_untouched(row: RuleSet, draft: RuleSetVersion, wanted: Entry) -> bool:
    """True for a draft that says what is in force or wanted already: nobody's work is lost."""
    rules = _rules(version_entry(draft))
    published = _find(row, VersionState.PUBLISHED)
    return rules == wanted["rules"] or rules == _rules(version_entry(published))


def _create_rule(writing: Writing, draft: RuleSetVersion, position: int, rule: Entry) -> None:
    row = RoutingRule.objects.create(
        version=draft,
        position=position,
        name=rule["name"],
        key=uuid.UUID(rule["key"]),
        condition=rule["when"],
        starts_at=_instant(rule.get("starts_at")),
        ends_at=_instant(rule.get("ends_at")),
        **_window_columns(rule),
        is_enabled=rule.get("is_enabled", True),
    )
    RuleChoice.objects.bulk_create(
        RuleChoice(rule=row, order=order, **_choice_columns(writing, choice))
        for order, choice in enumerate(rule["then"], start=1)
    )


def _window_columns(rule: Entry) -> dict[str, Any]:
    window = read_window(rule.get("window", {}))
    if window is None:
        return {}
    columns: dict[str, Any] = {}
    if window.weekdays != EVERY_DAY:
        columns["weekdays"] = sorted(window.weekdays)
    if window.has_hours:
        columns |= {"hours_from": window.starts_at, "hours_to": window.ends_at}
    return columns


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _choice_columns(writing: Writing, choice: Entry) -> dict[str, Any]:
    (name,) = choice.keys() & KINDS.keys()
    kind, column = KINDS[name]
    values: dict[str, Any] = {"kind": kind}
    if column:
        section = SECTION_OF.get(name)
        values[column] = writing.rows(section)[choice[name]] if section else choice[name]
    if "max_age_days" in choice:
        values["max_age_days"] = choice["max_age_days"]
    if "skill" in choice:
        values["required_skill"] = writing.rows("skills")[choice["skill"]]
        values["required_level"] = choice.get("skill_level", 1)
    return values


def _publish(writing: Writing, row: RuleSet, draft: RuleSetVersion) -> None:
    try:
        publish_version(version=draft, user=writing.user, note=draft.note, now=writing.now)
    except DomainError as error:
        for sentence in error.detail.get("problems") or [error.message]:
            writing.refuse(f"rule_sets[{row.slug}].published", str(sentence))
