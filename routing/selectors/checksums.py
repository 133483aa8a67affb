"""The fingerprint of a version's rules, taken when it is published and compared ever after."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from routing.models import RuleSetVersion

CHOICE_COLUMNS = (
    "order", "kind", "pool_id", "rep_id", "territory_role", "holding_queue_id", "nurture_track",
    "reason", "required_skill_id", "max_age_days", "lead_field", "required_level",
)  # fmt: skip
RULE_COLUMNS = (
    "key", "position", "name", "condition", "starts_at", "ends_at", "is_enabled", "weekdays",
    "hours_from", "hours_to",
)  # fmt: skip
# Columns that came later, with their defaults: left out while they have them, so that the
# checksum of a version published before stays what it was.
LATER: dict[str, Any] = {
    "weekdays": [],
    "hours_from": None,
    "hours_to": None,
    "max_age_days": None,
    "lead_field": "",
    "required_level": 1,
}


def checksum(version: RuleSetVersion) -> str:
    """Returns the SHA-256 of the version's rules in a canonical form, to prove they never changed."""
    content = [
        {
            "rule": _columns(rule, [name for name in RULE_COLUMNS if name != "condition"]),
            "condition": rule.condition,
            "choices": [_columns(choice, CHOICE_COLUMNS) for choice in rule.choices.all()],
        }
        for rule in version.rules.prefetch_related("choices")
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _columns(row: Model, names: Iterable[str]) -> dict[str, str]:
    values = {name: getattr(row, name) for name in names}
    return {
        name: str(value)
        for name, value in values.items()
        if name not in LATER or value != LATER[name]
    }
