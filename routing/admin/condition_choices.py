"""What the condition editor offers: attributes, their operators, and values to choose from."""

from functools import lru_cache
from typing import Any

from babel import Locale

from leadrouter.common.admin_choices import country_pairs
from leads.models import Endpoint, Source, Stage
from reps.models import Rep
from routing.engine.attributes import JOB_FUNCTIONS, SENIORITIES, Attribute
from routing.engine.normal import AttributeType
from routing.engine.operators import Operator
from routing.engine.values import get_shape
from routing.models import Territory
from routing.selectors.attributes import get_draft_registry
from routing.selectors.words import WEEKDAYS

Pairs = list[tuple[str, str]]

OPERATOR_LABELS = {
    Operator.EQUALS: ("is", "is not"),
    Operator.IN: ("is one of", "is none of"),
    Operator.CONTAINS: ("contains", "does not contain"),
    Operator.CONTAINS_ALL: ("contains all of", "does not contain all of"),
    Operator.STARTS_WITH: ("starts with", "does not start with"),
    Operator.BETWEEN: ("is between", "is not between"),
    Operator.AT_LEAST: ("is at least", "is not at least"),
    Operator.AT_MOST: ("is at most", "is not at most"),
    Operator.IS_KNOWN: ("is known", ""),
    Operator.IS_UNKNOWN: ("is unknown", ""),
    Operator.MATCHES_DOMAIN: ("belongs to", "does not belong to"),
    Operator.WITHIN_POSTAL_RANGE: ("is within", "is not within"),
}
GROUPS = {
    "Place": ("country", "subdivision", "postal_code", "city", "territory", "phone_country"),
    "Company": (
        "company", "company_domain", "industry", "employees", "is_named_account", "account_owner",
        "parent_account_owner",
        "account_segment", "open_deals",
    ),
    "Person": (
        "job_title", "seniority", "job_function", "language", "email_domain", "is_free_mail", "quality",
    ),
    "What they want": ("products", "message", "score", "grade", "stage", "interactions"),
    "Where from": (
        "source", "source_kind", "campaign", "channel", "channel_group", "first_channel_group",
        "touch_source", "touch_medium", "first_touch_source", "first_touch_medium",
    ),
    "When": ("arrival_weekday", "arrival_hour"),
}  # fmt: skip


def make_editor_data() -> dict[str, Any]:
    """Everything the editor's script needs, as JSON. Queries: 4, more after a change."""
    lists: dict[str, Pairs] = {
        "countries": list(country_pairs()),
        "languages": list(_language_pairs()),
        "sources": list(Source.objects.values_list("slug", "name")),
        "source_kinds": [(value, str(label)) for value, label in Source.Kind.choices],
        "channels": [(value, str(label)) for value, label in Endpoint.Channel.choices],
        "stages": [(value, str(label)) for value, label in Stage.choices],
        "territories": list(Territory.objects.filter(is_active=True).values_list("slug", "name")),
        "reps": list(Rep.objects.active().values_list("slug", "name")),
        "weekdays": list(WEEKDAYS.items()),
        "seniorities": _named(SENIORITIES),
        "functions": _named(JOB_FUNCTIONS),
    }
    registry = get_draft_registry()
    lists |= {
        str(one.name): [(choice, choice) for choice in one.choices]
        for one in registry.values()
        if one.choices and one.name not in _LISTS
    }
    return {"attributes": [_describe(one) for one in registry.values()], "lists": lists}


_LISTS = {
    "country": "countries",
    "phone_country": "countries",
    "language": "languages",
    "source": "sources",
    "source_kind": "source_kinds",
    "channel": "channels",
    "stage": "stages",
    "territory": "territories",
    "account_owner": "reps",
    "parent_account_owner": "reps",
    "arrival_weekday": "weekdays",
    "seniority": "seniorities",
    "job_function": "functions",
}


def _named(codes: tuple[str, ...]) -> Pairs:
    """“VICE_PRESIDENT” as people write it; codes of two letters are said as such."""
    return [
        (code, code if len(code) <= 2 else code.replace("_", " ").capitalize()) for code in codes
    ]


def _describe(attribute: Attribute) -> dict[str, Any]:
    return {
        "name": str(attribute.name),
        "label": attribute.label,
        "group": _find_group(attribute.name),
        "unit": attribute.unit,
        "help": attribute.help,
        "list": _LISTS.get(attribute.name, str(attribute.name) if attribute.choices else None),
        "operators": [
            {
                "name": operator.value,
                "label": _labels(attribute, operator)[0],
                "negated": _labels(attribute, operator)[1],
                "shape": get_shape(attribute, operator).value,
            }
            for operator in attribute.operators
        ],
    }


def _find_group(name: str) -> str:
    own = {"custom": "Custom fields", "answer": "Answers"}.get(name.partition(".")[0], "Other")
    return next((group for group, names in GROUPS.items() if name in names), own)


def _labels(attribute: Attribute, operator: Operator) -> tuple[str, str]:
    """How a comparison reads, and how its opposite does; "" where the opposite is an operator itself."""
    if operator is Operator.CONTAINS and attribute.type is AttributeType.SET:
        return "contains any of", "contains none of"
    return OPERATOR_LABELS[operator]


@lru_cache(maxsize=1)
def _language_pairs() -> tuple[tuple[str, str], ...]:
    names = Locale("en").languages
    pairs = ((code, f"{name} ({code})") for code, name in names.items() if len(code) == 2)
    return tuple(sorted(pairs, key=lambda pair: pair[1]))
