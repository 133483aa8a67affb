from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.quality import quality_parts, quality_score
from leads.domain.titles import FUNCTIONS, SENIORITIES, read_title


@pytest.mark.parametrize(
    ("title", "seniority", "function"),
    [
        ("CEO", "EXECUTIVE", "GENERAL_MANAGEMENT"),
        ("Chief Financial Officer", "EXECUTIVE", "FINANCE"),
        ("Founder & CEO", "OWNER", "GENERAL_MANAGEMENT"),
        ("VP of Sales", "VICE_PRESIDENT", "SALES"),
        ("Senior Vice President Marketing", "VICE_PRESIDENT", "MARKETING"),
        ("Head of IT", "DIRECTOR", "IT"),
        ("Director, Human Resources", "DIRECTOR", "HR"),
        ("Marketing Manager", "MANAGER", "MARKETING"),
        ("Product Manager", "MANAGER", "PRODUCT"),
        ("Senior Software Engineer", "SPECIALIST", "ENGINEERING"),
        ("Account Executive", "SPECIALIST", "SALES"),
        ("Assistant to the CEO", "SPECIALIST", "GENERAL_MANAGEMENT"),
        ("Marketing Intern", "ENTRY", "MARKETING"),
        ("Einkaufsleiter", "", "PURCHASING"),
        ("Leiter Einkauf", "MANAGER", "PURCHASING"),
        ("Geschäftsführerin", "EXECUTIVE", "GENERAL_MANAGEMENT"),
        ("Directrice Marketing", "DIRECTOR", "MARKETING"),
        ("Director General", "EXECUTIVE", "GENERAL_MANAGEMENT"),
        ("", "", ""),
        ("Wizard", "", ""),
        ("Ceoland", "", ""),
    ],
)
def test_a_title_says_seniority_and_function_or_nothing(
    title: str, seniority: str, function: str
) -> None:
    assert read_title(title) == (seniority, function)


@given(st.text(max_size=60))
def test_any_title_gives_known_values(title: str) -> None:
    seniority, function = read_title(title)
    assert seniority in ("", *SENIORITIES)
    assert function in ("", *FUNCTIONS)


WHOLE: dict[str, Any] = {
    "email": "ada@example.com", "email_domain": "example.com", "phone": "+1", "phone_e164": "+1",
    "first_name": "Ada", "last_name": "L", "company_name": "Ex", "company_domain": "example.com",
    "job_title": "CEO", "seniority": "EXECUTIVE", "job_function": "GENERAL_MANAGEMENT",
    "country": "GB", "city": "London", "products": ["x"], "message": "Hi",
}  # fmt: skip


def test_a_lead_of_whom_all_is_known_has_a_hundred_points_and_an_empty_one_none() -> None:
    assert quality_score(WHOLE) == sum(part.most for part in quality_parts(WHOLE)) == 100
    assert quality_score({}) == 0


@given(st.sets(st.sampled_from(sorted(WHOLE))))
def test_parts_add_up_and_knowing_less_never_gives_more(missing: set[str]) -> None:
    values = {name: value for name, value in WHOLE.items() if name not in missing}
    parts = quality_parts(values)
    assert quality_score(values) == sum(part.points for part in parts) <= 100
    assert all(0 <= part.points <= part.most and part.why for part in parts)


def test_a_throw_away_address_is_worth_less_than_a_free_one() -> None:
    free = quality_score(WHOLE | {"is_free_mail": True})
    assert quality_score(WHOLE | {"is_disposable": True}) < free < 100
