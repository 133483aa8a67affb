import pytest

from routing.engine.conditions import Test, holds
from routing.engine.operators import Operator
from routing.engine.postal import find_range_fault


@pytest.mark.parametrize(
    ("code", "low", "high", "is_inside"),
    [
        ("10115", "10000", "19999", True),
        ("10000", "10000", "19999", True),
        ("19999", "10000", "19999", True),
        ("20000", "10000", "19999", False),
        ("10001-1234", "10000", "19999", True),
        ("110001", "10000", "19999", False),
        ("1011", "10000", "19999", False),
        ("114 55", "10000", "19999", True),
        ("01067", "01000", "01999", True),
        ("K1A 0B1", "K1A", "K9Z", True),
        ("k2b", "K1A", "K9Z", True),
        ("L1A 0B1", "K1A", "K9Z", False),
        ("K", "K1A", "K9Z", False),
        ("१०११५", "10000", "19999", False),
    ],
)
def test_postal_ranges_follow_the_way_codes_are_written(code, low, high, is_inside):
    test = Test("postal_code", Operator.WITHIN_POSTAL_RANGE, (low, high))
    assert holds(test, {"postal_code": code}) is is_inside


def test_postal_ranges_of_different_lengths_or_backwards_are_faulty():
    assert "differ in length" in find_range_fault("1000", "19999")
    assert "comes after" in find_range_fault("2", "1")
    assert find_range_fault("", " ")
    assert find_range_fault("sw1a 1aa", "SW1A1ZZ") is None


@pytest.mark.parametrize(
    ("domain", "is_match"),
    [
        ("example.com", True),
        ("sub.example.com", True),
        ("a.b.EXAMPLE.com", True),
        ("notexample.com", False),
        ("example.com.evil.org", False),
        ("com", False),
        ("", False),
    ],
)
def test_a_domain_matches_itself_and_what_is_below_it(domain, is_match):
    for value in ("Example.com", ("other.org", "example.com")):
        test = Test("email_domain", Operator.MATCHES_DOMAIN, value)
        assert holds(test, {"email_domain": domain}) is is_match


@pytest.mark.parametrize(
    ("test", "facts"),
    [
        (Test("city", Operator.EQUALS, "STRASSE"), {"city": " straße "}),
        (Test("city", Operator.EQUALS, "Köln"), {"city": "Ko\u0308ln"}),
        (Test("message", Operator.CONTAINS, "PriCing"), {"message": "About your pricing, please"}),
        (Test("message", Operator.CONTAINS, ("x", "price")), {"message": "Price?"}),
        (Test("products", Operator.CONTAINS, "crm"), {"products": frozenset({"CRM", "ERP"})}),
        (
            Test("products", Operator.CONTAINS_ALL, ("erp", "crm")),
            {"products": frozenset({"CRM", "ERP"})},
        ),
        (Test("postal_code", Operator.STARTS_WITH, ("94", "95")), {"postal_code": "95014"}),
        (Test("subdivision", Operator.STARTS_WITH, "us-"), {"subdivision": "US-CA"}),
        (Test("employees", Operator.BETWEEN, (1, 5)), {"employees": 5}),
    ],
)
def test_comparisons_ignore_case_and_ways_of_writing_letters(test, facts):
    assert holds(test, facts)


def test_true_is_not_the_number_one_and_not_the_other_way_round():
    assert not holds(Test("employees", Operator.EQUALS, 1), {"employees": True})
    assert not holds(Test("is_free_mail", Operator.EQUALS, True), {"is_free_mail": 1})


def test_contains_all_needs_all():
    test = Test("products", Operator.CONTAINS_ALL, ("erp", "crm"))
    assert not holds(test, {"products": frozenset({"crm"})})
