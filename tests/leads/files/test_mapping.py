from __future__ import annotations

import pytest

from leads.files.mapping import apply_mapping, validate_mapping

HEADERS = ("Name", "E-mail", "Shoe size", "Row")


def codes(mapping: dict[int, str]) -> list[str]:
    return [problem.code for problem in validate_mapping(mapping, HEADERS)]


@pytest.mark.parametrize("field", ["email", "phone"])
def test_an_email_or_a_phone_is_enough(field: str) -> None:
    assert codes({1: field}) == []


def test_a_mapping_without_email_and_phone_is_a_problem_of_the_whole() -> None:
    (problem,) = validate_mapping({0: "full_name"}, HEADERS)
    assert (problem.column, problem.code) == (None, "needs_email_or_phone")


def test_a_field_chosen_twice_names_both_columns() -> None:
    (problem,) = validate_mapping({0: "email", 1: "email"}, HEADERS)
    assert (problem.column, problem.code) == (1, "field_twice")
    assert "“Name” and “E-mail”" in problem.message.replace("both ", "")


def test_unknown_columns_and_fields_are_each_named() -> None:
    assert codes({-1: "phone", 0: "shoe_size", 1: "email", 9: "city"}) == [
        "no_such_column",
        "no_such_field",
        "no_such_column",
    ]


def test_a_row_is_split_into_fields_and_the_rest_by_header() -> None:
    row = ("Ann", "a@acme.test", "38", "7", "beyond")
    mapped = apply_mapping({0: "full_name", 1: "email"}, HEADERS, row)
    assert mapped.fields == {"full_name": "Ann", "email": "a@acme.test"}
    assert mapped.extra == {"Shoe size": "38", "Column 5": "beyond"}


def test_empty_cells_are_neither_fields_nor_extra() -> None:
    mapped = apply_mapping({0: "full_name", 1: "email"}, HEADERS, (" ", "", "\t", ""))
    assert mapped == ({}, {})


def test_a_short_row_has_fewer_fields() -> None:
    assert apply_mapping({0: "full_name", 1: "email"}, HEADERS, ("Ann",)).fields == {
        "full_name": "Ann"
    }
