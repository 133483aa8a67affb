from datetime import UTC, datetime

import pytest

from leads.domain.moments import read_moment
from leads.domain.notes import Notes
from leads.domain.values import read_consent, read_employees, read_products


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ("200", 200), ("200.0", 200), ("1,000+", 1000), ("10.000", 10_000), ("1 000", 1000),
        ("51-200", 51), ("51 – 200", 51), ("1-10 employees", 1), ("2 to 10", 2),
        ("10001+", 10_001), ("1.5k", 1500), ("1-5k", 1000), ("2M", 2_000_000), ("~ 300", 300),
        (">500", 500), ("<50", 1),
        ("Nov-50", 11), ("10-Jan", 1), ("self-employed", 1), ("1.000.000", 1_000_000), ("0", 0),
    ],
)  # fmt: skip
def test_a_head_count_is_the_lower_bound_of_what_was_written(raw: str, count: int) -> None:
    notes = Notes()
    assert read_employees(raw, notes) == count
    assert notes.warnings == []
    assert [c.before for c in notes.changes] == ([] if raw == str(count) else [raw])


@pytest.mark.parametrize(
    "raw", ["lots", "-5", "1,5", "99999999999", "10000001", "²", "1e9", "9" * 190]
)
def test_a_head_count_that_is_no_number_stays_unknown_with_a_doubt(raw: str) -> None:
    notes = Notes()
    assert read_employees(raw, notes) is None
    assert [warning.code for warning in notes.warnings] == ["employees_unread"]


def test_products_are_split_and_each_named_once() -> None:
    assert read_products(" CRM; CPQ|crm/ Billing ,,\n", Notes()) == ("CRM", "CPQ", "Billing")
    assert read_products(" N/A ", Notes()) == ()


@pytest.mark.parametrize("raw", ["Yes", "TRUE", "1", "Ja", "oui", "sí", "da", "はい", "opt-in"])
def test_a_yes_in_many_languages_is_consent(raw: str) -> None:
    assert read_consent(raw, Notes()) is True


@pytest.mark.parametrize("raw", ["no", "false", "0", "Nein", "non", "нет", "opt-out"])
def test_a_no_in_many_languages_is_none(raw: str) -> None:
    assert read_consent(raw, Notes()) is False


@pytest.mark.parametrize("raw", ["x", "maybe", "2", "ok", "see notes"])
def test_consent_is_never_inferred(raw: str) -> None:
    notes = Notes()
    assert read_consent(raw, notes) is None
    assert [warning.code for warning in notes.warnings] == ["consent_unread"]


def test_an_empty_consent_is_not_asked() -> None:
    notes = Notes()
    assert read_consent(" ", notes) is None
    assert notes.warnings == []


@pytest.mark.parametrize(
    "raw",
    ["2026-01-15T14:30:00Z", "2026-01-15T15:30:00+01:00", "2026-01-15 14:30",
     "2026-01-15 14:30 UTC",
     "15.01.2026 14:30", "15/01/2026 14:30", "01/15/2026 2:30 PM",
     "1/15/26 2:30pm",
     "15 Jan 2026 14:30", "January 15, 2026 2:30 PM", "2026/01/15 14:30:00", "1768487400",
     "1768487400000"],
)  # fmt: skip
def test_a_moment_is_read_as_utc(raw: str) -> None:
    notes = Notes()
    assert read_moment(raw, "DE", notes) == datetime(2026, 1, 15, 14, 30, tzinfo=UTC)
    assert notes.warnings == []


@pytest.mark.parametrize(("country", "month"), [("DE", 4), ("", 4), ("US", 3)])
def test_an_ambiguous_date_is_read_by_country_and_doubted(country: str, month: int) -> None:
    notes = Notes()
    moment = read_moment("03/04/2026", country, notes)
    assert moment is not None
    assert moment.month == month
    assert [warning.code for warning in notes.warnings] == ["date_ambiguous"]


@pytest.mark.parametrize(
    "raw", ["soon", "31/31/2026", "2026-13-01", "0001-01-01T00:00:00+14:00", "45292",
            "9999999999999",
     "9999-12-31T23:59:59-14:00", "15.01.2026 noon"],
)  # fmt: skip
def test_a_moment_that_cannot_be_read_stays_unknown_with_a_doubt(raw: str) -> None:
    notes = Notes()
    assert read_moment(raw, "", notes) is None
    assert [warning.code for warning in notes.warnings] == ["occurred_at_unread"]
