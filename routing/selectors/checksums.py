"""The fingerprint of a version's rules, taken when it is published and compared ever after."""

import hashlib
import json

from routing.models import RuleSetVersion

CHOICE_COLUMNS = (
    "order", "kind", "pool_id", "rep_id", "territory_role", "holding_queue_id", "nurture_track",
    "reason", "required_skill_id",
)  # fmt: skip
RULE_COLUMNS = ("key", "position", "name", "condition", "starts_at", "ends_at", "is_enabled")


def checksum(version: RuleSetVersion) -> str:
    """Returns the SHA-256 of the version's rules in a canonical form, to prove they never changed."""
    content = [
        {
            "rule": {
                name: str(getattr(rule, name)) for name in RULE_COLUMNS if name != "condition"
            },
            "condition": rule.condition,
            "choices": [
                {name: str(getattr(choice, name)) for name in CHOICE_COLUMNS}
                for choice in rule.choices.all()
            ],
        }
        for rule in version.rules.prefetch_related("choices")
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
