"""The registry of everything a rule can ask about a lead.

To add a built-in attribute: add it here, and give it a value in `routing/selectors/facts.py`. The
condition editor, the published schema and the explanations follow from this registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from routing.engine.facts import WEEKDAYS
from routing.engine.normal import AttributeType
from routing.engine.operators import Operator

__all__ = [
    "ATTRIBUTES",
    "Attribute",
    "AttributeType",
    "CustomName",
    "Registry",
    "UnknownAttributeError",
    "find_attribute",
    "get_attribute",
    "make_custom_attribute",
    "make_registry",
]

_KNOWN = (Operator.IS_KNOWN, Operator.IS_UNKNOWN)
_CHOICE = (Operator.EQUALS, Operator.IN, *_KNOWN)
_TEXT = (Operator.EQUALS, Operator.IN, Operator.CONTAINS, Operator.STARTS_WITH, *_KNOWN)
_NUMBER = (Operator.EQUALS, Operator.AT_LEAST, Operator.AT_MOST, Operator.BETWEEN, *_KNOWN)

OPERATORS_BY_TYPE: dict[AttributeType, tuple[Operator, ...]] = {
    AttributeType.TEXT: _TEXT,
    AttributeType.CHOICE: _CHOICE,
    AttributeType.NUMBER: _NUMBER,
    AttributeType.BOOLEAN: (Operator.EQUALS, *_KNOWN),
    AttributeType.SET: (Operator.CONTAINS, Operator.CONTAINS_ALL, *_KNOWN),
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """`label` reads well inside a sentence. `choices` is None where any text may be compared with.

    `pattern` (a regular expression for the whole value) guards EQUALS and IN against values that
    can never occur, such as USA for a two-letter country; `minimum` and `maximum` do so for
    numbers. `is_whole` numbers have no fractions; what `is_always_known` no lead lacks. The proofs
    rely on both.
    """

    name: str
    label: str
    type: AttributeType
    unit: str = ""
    operators: tuple[Operator, ...] = ()
    choices: tuple[str, ...] | None = None
    help: str = ""
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    is_whole: bool = False
    is_always_known: bool = False


class CustomName(str):
    """The name of an attribute that an organisation defined itself; it knows what it names.

    So whoever has a condition in hand needs no registry to evaluate, index, prove or word it, and
    one of an old version is read by what its fields were.
    """

    __slots__ = ("attribute",)
    attribute: Attribute


Registry = Mapping[str, Attribute]
"""Attributes by name: what `parse_condition` accepts."""


def make_custom_attribute(
    name: str,
    label: str,
    type_: AttributeType,
    *,
    unit: str = "",
    text: str = "",
    choices: tuple[str, ...] | None = None,
) -> Attribute:
    """An attribute of the organisation's own, with the operators of its type."""
    own = CustomName(name)
    operators = OPERATORS_BY_TYPE[type_]
    own.attribute = Attribute(own, label, type_, unit, operators, choices, text)
    return own.attribute


def make_registry(custom: Iterable[Attribute]) -> Registry:
    """The built-in attributes, which nothing can replace, and these."""
    return {str(one.name): one for one in custom} | ATTRIBUTES


class UnknownAttributeError(KeyError):
    """No attribute has this name."""


def _make(name: str, label: str, kind: AttributeType, text: str, **more: object) -> Attribute:
    operators = more.pop("operators", OPERATORS_BY_TYPE[kind])
    return Attribute(name, label, kind, help=text, operators=operators, **more)  # type: ignore[arg-type]


STAGES = (
    "NEW",
    "MARKETING_QUALIFIED",
    "SALES_ACCEPTED",
    "SALES_QUALIFIED",
    "WON",
    "LOST",
    "NURTURING",
    "DISQUALIFIED",
)

# As `leads.domain.titles` reads them; the engine knows nothing of leads.
SENIORITIES = ("OWNER", "EXECUTIVE", "VICE_PRESIDENT", "DIRECTOR", "MANAGER", "SPECIALIST", "ENTRY")
JOB_FUNCTIONS = (
    "SALES", "MARKETING", "FINANCE", "IT", "ENGINEERING", "OPERATIONS", "PURCHASING", "HR", "LEGAL",
    "SUPPORT", "PRODUCT", "GENERAL_MANAGEMENT",
)  # fmt: skip
GRADES = tuple(f"{fit}{engagement}" for fit in "ABCD" for engagement in "1234")

_T = AttributeType
_DOMAIN = (Operator.EQUALS, Operator.IN, Operator.MATCHES_DOMAIN, *_KNOWN)
_CODED = (Operator.EQUALS, Operator.IN, Operator.STARTS_WITH, *_KNOWN)

_LIST = (
    _make(
        "country", "country", _T.CHOICE, "Two-letter ISO code, such as US.", pattern="[A-Za-z]{2}"
    ),
    _make(
        "subdivision",
        "state or province",
        _T.CHOICE,
        "ISO 3166-2 code with its country, such as US-CA.",
        operators=_CODED,
        pattern="[A-Za-z]{2}-[A-Za-z0-9]{1,3}",
    ),
    _make(
        "postal_code",
        "postal code",
        _T.TEXT,
        "As written in its country; ranges need two codes of equal length.",
        operators=(*_CODED[:3], Operator.WITHIN_POSTAL_RANGE, *_KNOWN),
    ),
    _make("city", "city", _T.TEXT, "Town or city."),
    _make("industry", "industry", _T.TEXT, "Industry of the company."),
    _make(
        "employees",
        "employees",
        _T.NUMBER,
        "Size of the company.",
        unit="people",
        minimum=0,
        is_whole=True,
    ),
    _make("products", "product interest", _T.SET, "Products the person asked about."),
    _make(
        "source",
        "source",
        _T.CHOICE,
        "Short name (slug) of the source that sent the lead.",
        is_always_known=True,
    ),
    _make(
        "source_kind",
        "kind of source",
        _T.CHOICE,
        "Such as a campaign, an event or a partner.",
        is_always_known=True,
    ),
    _make("campaign", "campaign", _T.TEXT, "Campaign the lead came from."),
    _make(
        "channel",
        "channel",
        _T.CHOICE,
        "How the lead reached us, such as form, API or import.",
        is_always_known=True,
    ),
    _make(
        "channel_group",
        "channel group",
        _T.TEXT,
        "Of the visit that sent the lead now, such as Paid Search.",
    ),
    _make("first_channel_group", "first channel group", _T.TEXT, "Of the first visit ever."),
    _make(
        "touch_source", "source of the visit", _T.TEXT, "Such as google, by parameters or referrer."
    ),
    _make("touch_medium", "medium of the visit", _T.TEXT, "Such as cpc or organic."),
    _make("first_touch_source", "source of the first visit", _T.TEXT, "Never overwritten."),
    _make("first_touch_medium", "medium of the first visit", _T.TEXT, "Never overwritten."),
    _make(
        "email_domain",
        "e-mail domain",
        _T.TEXT,
        "What follows the @; example.com includes sub.example.com with “matches domain”.",
        operators=_DOMAIN,
    ),
    _make(
        "is_free_mail", "free mail address", _T.BOOLEAN, "The address is at a free mail provider."
    ),
    _make("language", "language", _T.CHOICE, "Two- or three-letter language code, such as en."),
    _make("job_title", "job title", _T.TEXT, "As the person gave it."),
    _make("seniority", "seniority", _T.CHOICE, "By the job title.", choices=SENIORITIES),
    _make("job_function", "function", _T.CHOICE, "By the job title.", choices=JOB_FUNCTIONS),
    _make(
        "quality",
        "data quality",
        _T.NUMBER,
        "How well the person can be reached and is known, 0 to 100.",
        unit="points",
        minimum=0,
        maximum=100,
        is_whole=True,
    ),
    _make("company", "company", _T.TEXT, "Name of the company."),
    _make(
        "company_domain",
        "company domain",
        _T.TEXT,
        "Internet domain of the company.",
        operators=_DOMAIN,
    ),
    _make(
        "is_named_account",
        "named account",
        _T.BOOLEAN,
        "The company is on the named-account list.",
        is_always_known=True,
    ),
    _make(
        "account_owner", "account owner", _T.CHOICE, "User name of the rep who owns the account."
    ),
    _make(
        "parent_account_owner",
        "owner of the parent account",
        _T.CHOICE,
        "User name of the rep who owns the parent of the account.",
    ),
    _make("account_segment", "account segment", _T.TEXT, "Segment of the account."),
    _make(
        "open_deals",
        "open deals of the account",
        _T.NUMBER,
        "Deals being worked on with the account.",
        unit="deals",
        minimum=0,
        is_whole=True,
    ),
    _make("score", "score", _T.NUMBER, "Current lead score.", unit="points", is_whole=True),
    _make(
        "grade",
        "grade",
        _T.CHOICE,
        "Fit from A to D, then engagement from 1 to 4, such as A1.",
        operators=_CODED,
        choices=GRADES,
    ),
    _make("stage", "stage", _T.CHOICE, "Stage of the lead.", choices=STAGES, is_always_known=True),
    _make(
        "territory",
        "territory",
        _T.SET,
        "Short names (slugs) of the matched territory and of all territories above it.",
    ),
    _make("message", "message", _T.TEXT, "What the person wrote."),
    _make(
        "phone_country",
        "phone country",
        _T.CHOICE,
        "Two-letter ISO code of the phone number.",
        pattern="[A-Za-z]{2}",
    ),
    _make(
        "arrival_weekday",
        "weekday of arrival",
        _T.CHOICE,
        "In the rule set's time zone.",
        choices=WEEKDAYS,
        is_always_known=True,
    ),
    _make(
        "arrival_hour",
        "hour of arrival",
        _T.NUMBER,
        "0 to 23, in the rule set's time zone.",
        unit="o'clock",
        minimum=0,
        maximum=23,
        is_whole=True,
        is_always_known=True,
    ),
    _make(
        "interactions",
        "number of interactions",
        _T.NUMBER,
        "How often this person has been in touch.",
        unit="interactions",
        minimum=0,
        is_whole=True,
        is_always_known=True,
    ),
)

ATTRIBUTES: dict[str, Attribute] = {attribute.name: attribute for attribute in _LIST}


def find_attribute(name: str) -> Attribute | None:
    """What a name in a parsed condition means; None for a plain name that is not built in."""
    return name.attribute if isinstance(name, CustomName) else ATTRIBUTES.get(name)


def get_attribute(name: str) -> Attribute:
    """As `find_attribute`. Raises: UnknownAttributeError."""
    attribute = find_attribute(name)
    if attribute is None:
        raise UnknownAttributeError(name)
    return attribute
