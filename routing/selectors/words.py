"""What people call the codes that rules and facts hold: sources, territories, reps, kinds."""

from types import MappingProxyType

from leadrouter.common.organisation import Changes, Remembered, get_stamps
from leads.models import Endpoint, Source, Stage
from reps.models import Rep
from routing.engine.conditions.nodes import Condition, Test, iter_tests
from routing.engine.conditions.wording import Words, get_label
from routing.engine.normal import fold_text
from routing.engine.operators import Operator, as_tuple
from routing.models import Territory

WEEKDAYS = {
    "MON": "Monday", "TUE": "Tuesday", "WED": "Wednesday", "THU": "Thursday", "FRI": "Friday",
    "SAT": "Saturday", "SUN": "Sunday",
}  # fmt: skip
# Values that exist or do not: a test for one that does not can never be true.
CLOSED = ("territory", "source", "account_owner", "parent_account_owner", "source_kind", "channel")
_WHOLE = {Operator.EQUALS, Operator.IN, Operator.CONTAINS, Operator.CONTAINS_ALL}


def _fold(pairs: object) -> MappingProxyType[str, str]:
    return MappingProxyType({fold_text(str(code)): str(name) for code, name in pairs})  # type: ignore[attr-defined]


def _read() -> Words:
    return {
        "source": _fold(Source.objects.values_list("slug", "name")),
        "territory": _fold(Territory.objects.values_list("slug", "name")),
        "account_owner": (reps := _fold(Rep.objects.values_list("slug", "name"))),
        "parent_account_owner": reps,
        "source_kind": _fold(Source.Kind.choices),
        "channel": _fold(Endpoint.Channel.choices),
        "stage": _fold(Stage.choices),
        "arrival_weekday": _fold(WEEKDAYS.items()),
    }


_words = Remembered(_read)


def get_words() -> Words:
    """Returns the names of codes by attribute. Queries: 1, three more after a change."""
    stamps = get_stamps()
    return _words.at(
        tuple(stamps.get(kind) for kind in (Changes.SOURCES, Changes.TERRITORIES, Changes.PEOPLE))
    )


def find_strangers(condition: Condition, words: Words) -> list[str]:
    """Returns a sentence for each value of a closed list that nothing is called by."""
    return [
        f"there is no {get_label(test.attribute)} “{value}”"
        for test in iter_tests(condition)
        if test.attribute in CLOSED and test.operator in _WHOLE
        for value in _list_strangers(test, words)
    ]


def _list_strangers(test: Test, words: Words) -> list[str]:
    known = words[test.attribute]
    return [str(value) for value in as_tuple(test.value) if fold_text(str(value)) not in known]
