"""What a territory says survives being written into cells and read back."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from routing.territory_files import cells
from routing.territory_files.columns import recognise_column, recognise_owner_column
from routing.territory_files.values import OwnerPeriod, find_period_fault

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20
)


@given(st.lists(words.map(str.strip).filter(bool), unique=True))
def test_a_list_comes_back_whatever_its_values_hold(values: list[str]) -> None:
    assert cells.read_list(", ".join(cells.write_list(values)), str) == values


@pytest.mark.parametrize("value", ["Food, Beverage", 'a "quoted" word', "a;b", "“x”", '"', "a\nb"])
def test_separators_and_quotation_marks_inside_a_value_stay_there(value: str) -> None:
    assert cells.split_list(", ".join(cells.write_list([value, "other"]))) == [value, "other"]


def test_a_list_too_long_for_a_cell_goes_on_in_the_next() -> None:
    domains = [f"company-{number}.example" for number in range(4_000)]
    written = cells.write_list(domains)
    assert len(written) == 3
    assert all(len(cell) <= cells.MAX_CELL_CHARS for cell in written)
    assert cells.split_list(", ".join(written)) == domains


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-03-31", None, date(2026, 3, 31)),
        ("2026-03-31T00:00:00", None, date(2026, 3, 31)),
        ("2026/3/1", None, date(2026, 3, 1)),
        ("31.3.2026", None, date(2026, 3, 31)),
        ("04.03.2026", None, date(2026, 3, 4)),
        ("31/03/2026", None, date(2026, 3, 31)),
        ("3/31/2026", None, date(2026, 3, 31)),
        ("3/4/2026", True, date(2026, 4, 3)),
        ("3/4/2026", False, date(2026, 3, 4)),
        ("5/5/2026", None, date(2026, 5, 5)),
        ("open", None, None),
        ("", None, None),
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(
    text: str, order: bool | None, day: date | None
) -> None:
    assert cells.read_day(text, order) == day


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-02-30", "a day that does not exist"),
        ("31.13.2026", "a day that does not exist"),
        ("soon", "is not a day such as 2026-03-31"),
        ("3/4/2026", "may be 03 Apr or 04 Mar; write 2026-MM-DD"),
    ],
)
def test_a_day_that_is_none_or_may_be_two_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        cells.read_day(text, None)


def test_the_order_of_days_and_months_is_learned_from_the_whole_file() -> None:
    assert cells.find_day_order(["3/4/2026", "25/4/2026"]) is True
    assert cells.find_day_order(["3/4/2026", "4/25/2026"]) is False
    assert cells.find_day_order(["3/4/2026"]) is None
    assert cells.find_day_order(["13/4/2026", "4/25/2026"]) is None


@pytest.mark.parametrize(
    ("text", "is_on"),
    [("yes", True), ("", True), ("WAHR", True), ("no", False), ("FALSCH", False), ("0", False)],
)
def test_yes_and_no_are_known_in_the_words_of_excel(text: str, is_on: bool) -> None:
    assert cells.read_switch(text) is is_on


@pytest.mark.parametrize("text", ["maybe", "-1x", "1e5", "12.5", "٣x"])
def test_what_is_no_number_or_switch_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        cells.read_whole(text, 0, 100)
    with pytest.raises(ValidationError):
        cells.read_switch(text)


def test_numbers_are_read_as_spreadsheets_write_them() -> None:
    assert cells.read_whole("1,200", 0, 10_000) == 1200
    assert cells.read_whole("200.0", 0, 10_000) == 200
    assert cells.read_whole("", 0, 10) is None
    with pytest.raises(ValidationError, match="11 is not between 0 and 10"):
        cells.read_whole("11", 0, 10)


def test_owners_over_time_stand_beside_each_other() -> None:
    periods = (
        OwnerPeriod("maria", date(2025, 1, 1), date(2026, 1, 1)),
        OwnerPeriod("sam", date(2026, 1, 1)),
    )
    assert cells.write_owners(periods) == (
        "maria; sam", "2025-01-01; 2026-01-01", "2026-01-01; open",
    )  # fmt: skip
    assert cells.write_owners(periods[1:]) == ("sam", "2026-01-01", "")
    assert cells.write_owners(()) == ("", "", "")


def test_periods_that_overlap_or_end_before_they_start_are_named() -> None:
    first = OwnerPeriod("Ada", date(2030, 1, 1))
    second = OwnerPeriod("Grace", date(2030, 2, 1))
    assert "Ada and Grace both own it as AE on 01 Feb 2030" in str(
        find_period_fault([second, first], "AE")
    )
    assert find_period_fault([first._replace(ends_on=date(2030, 2, 1)), second], "AE") is None
    assert "ends before starting" in str(
        find_period_fault([first._replace(ends_on=date(2030, 1, 1))], "AE")
    )


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Slug", "slug"), ("Postal codes beginning with", "postal_prefixes"),
        ("NAMED_DOMAINS", "named_domains"), ("named_domains_2", "named_domains_2"),
        ("AE from", "ae_from"), ("manager_until", "manager_until"), ("name_2", None), ("Notes", None),
    ],
)  # fmt: skip
def test_headers_are_known_however_they_are_written(header: str, column: str | None) -> None:
    assert recognise_column(header) == column


def test_a_file_of_owners_has_headers_of_its_own() -> None:
    found = [recognise_owner_column(header) for header in ("Territory", "ROLE", "Owner", "since")]
    assert found == ["territory", "role", "rep", "from"]
