"""Facts as words: “Website” and “Sunday” instead of codes, countries by name and code."""

from leadrouter.common.admin_choices import country_pairs
from leads.models import Endpoint, Source, Stage
from routing.engine.conditions.wording import show_value
from routing.engine.facts import FactValue
from routing.selectors.words import WEEKDAYS


def _labels(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {str(code).casefold(): str(label) for code, label in pairs}


_WORDS = {
    "source_kind": _labels(list(Source.Kind.choices)),
    "channel": _labels(list(Endpoint.Channel.choices)),
    "stage": _labels(list(Stage.choices)),
    "arrival_weekday": _labels(list(WEEKDAYS.items())),
}
_COUNTRIES = {"country", "phone_country"}


def say_fact(name: str, value: FactValue) -> str:
    """One fact of a lead; a code without a word stays as it is."""
    if not isinstance(value, str):
        return show_value(value)
    words = _labels(list(country_pairs())) if name in _COUNTRIES else _WORDS.get(name, {})
    return words.get(value.casefold()) or show_value(value)
