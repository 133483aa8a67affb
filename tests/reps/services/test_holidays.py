"""Public holidays in the calendar."""

from datetime import date

import pytest

from leadrouter.common.errors import InvalidInput
from reps.models import Holiday
from reps.services.holidays import load_holidays

pytestmark = pytest.mark.django_db


def test_a_year_of_holidays_is_added_once_and_changed_names_stay() -> None:
    Holiday.objects.create(country="DE", on=date(2026, 10, 3), name="Ours")
    added = load_holidays(country="de", year=2026)

    assert added == Holiday.objects.count() - 1
    assert Holiday.objects.get(on=date(2026, 10, 3)).name == "Ours"
    assert load_holidays(country="DE", year=2026) == 0


def test_an_unknown_country_is_refused_and_nothing_written() -> None:
    with pytest.raises(InvalidInput, match="“XX”"):
        load_holidays(country="XX", year=2026)
    assert not Holiday.objects.exists()
