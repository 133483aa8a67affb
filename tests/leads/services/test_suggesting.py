"""Suggested corrections: found, decided in bulk, undone; and the page that says how good the data is."""

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.suggesting import FIELDS, propose
from leads.models import Interaction, Lead, LeadIdentity, Suggestion
from leads.selectors.data_quality import get_data_quality, sort_warnings
from leads.services.suggesting import (
    accept_suggestions,
    find_suggestions,
    reject_suggestions,
    undo_suggestions,
)
from tests.factories.leads import LeadFactory, SourceFactory
from tests.factories.users import UserFactory, make_manager, make_marketing

NOW = timezone.now()
BLANK = dict.fromkeys(FIELDS, "")


@pytest.mark.parametrize(
    ("values", "field", "after"),
    [
        ({"phone_country": "DE"}, "country", "DE"),
        ({"country": "US", "postal_code": "94105"}, "subdivision", "US-CA"),
        ({"first_name": "ADA"}, "first_name", "Ada"),
        ({"last_name": "de la vega"}, "last_name", "de la Vega"),
        ({"city": "BERLIN"}, "city", "Berlin"),
        ({"email": "ada@gmial.com"}, "email", "ada@gmail.com"),
    ],
)
def test_what_may_be_better_is_proposed_with_a_reason(
    values: dict[str, str], field: str, after: str
) -> None:
    (found,) = propose(BLANK | values)
    assert (found.field, found.after) == (field, after)
    assert found.why.endswith(".")


def test_what_is_well_written_is_left_alone() -> None:
    values = {"first_name": "Ada", "last_name": "McArthur", "email": "a@example.com", "city": "Bonn",
              "country": "DE", "phone_country": "FR"}  # fmt: skip
    assert propose(BLANK | values) == []


texts = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, texts)))
def test_accepting_everything_leaves_nothing_of_the_same_to_propose(values: dict[str, str]) -> None:
    first = propose(values)
    after = propose(values | {one.field: one.after for one in first})
    assert not {(one.field, one.rule) for one in first} & {(one.field, one.rule) for one in after}


def make_lead(**fields: Any) -> Lead:
    names = dict.fromkeys(("first_name", "last_name", "full_name", "city", "subdivision"), "")
    lead: Lead = LeadFactory(**{**names, "country": "DE", "phone_country": "", **fields})
    return lead


def open_ids() -> list[int]:
    return list(Suggestion.objects.filter(state="OPEN").values_list("pk", flat=True))


@pytest.mark.django_db
def test_accepting_changes_the_lead_with_history_and_undoing_puts_it_back() -> None:
    lead = make_lead(first_name="ADA", country="", phone_country="GB", quality=0)
    assert find_suggestions() == 2
    assert find_suggestions() == 0
    user = UserFactory()
    ids = open_ids()
    assert accept_suggestions(ids=ids, user=user, now=NOW).done == 2
    lead.refresh_from_db()
    assert (lead.first_name, lead.country) == ("Ada", "GB")
    assert lead.quality
    notes = Interaction.objects.filter(lead=lead, summary__startswith="Data corrected")
    assert notes.count() == 2
    assert {note.actor for note in notes} == {user}
    assert undo_suggestions(ids=ids, user=user, now=NOW).done == 2
    lead.refresh_from_db()
    assert (lead.first_name, lead.country) == ("ADA", "")
    assert find_suggestions() == 0, "what was decided once is not suggested again"


@pytest.mark.django_db
def test_a_value_that_changed_meanwhile_is_left_and_told() -> None:
    lead = make_lead(first_name="ADA")
    find_suggestions()
    Lead.objects.filter(pk=lead.pk).update(first_name="Grace")
    decided = accept_suggestions(ids=open_ids(), user=UserFactory(), now=NOW)
    assert decided.done == 0
    assert "changed meanwhile" in decided.left[0]
    lead.refresh_from_db()
    assert lead.first_name == "Grace"
    assert not Interaction.objects.filter(lead=lead).exists()


@pytest.mark.django_db
def test_a_better_address_makes_the_lead_known_by_both() -> None:
    lead = make_lead(email="ada@gmial.com")
    LeadIdentity.objects.get_or_create(lead=lead, kind="EMAIL", value="ada@gmial.com")
    find_suggestions()
    accept_suggestions(ids=open_ids(), user=UserFactory(), now=NOW)
    lead.refresh_from_db()
    assert (lead.email, lead.email_domain, lead.is_free_mail) == (
        "ada@gmail.com",
        "gmail.com",
        True,
    )
    known = set(LeadIdentity.objects.filter(lead=lead).values_list("value", flat=True))
    assert known == {"ada@gmial.com", "ada@gmail.com"}


@pytest.mark.django_db
def test_an_address_of_somebody_else_is_not_taken() -> None:
    lead = make_lead(email="ada@gmial.com")
    other = make_lead(email="ada@gmail.com")
    LeadIdentity.objects.get_or_create(
        kind="EMAIL", value="ada@gmail.com", defaults={"lead": other}
    )
    find_suggestions()
    decided = accept_suggestions(ids=open_ids(), user=UserFactory(), now=NOW)
    assert decided.done == 0
    assert "merge the two instead" in decided.left[0]
    lead.refresh_from_db()
    assert lead.email == "ada@gmial.com"


@pytest.mark.django_db
def test_rejecting_changes_nothing_and_is_remembered() -> None:
    lead = make_lead(first_name="ADA")
    find_suggestions()
    assert reject_suggestions(ids=open_ids(), user=UserFactory(), now=NOW).done == 1
    lead.refresh_from_db()
    assert lead.first_name == "ADA"
    assert find_suggestions() == 0


@pytest.mark.django_db
def test_a_manager_looks_for_suggestions_and_accepts_them_in_bulk() -> None:
    make_lead(first_name="ADA")
    make_lead(first_name="GRACE")
    client = Client()
    client.force_login(make_manager())
    client.post(reverse("admin:leads_suggestion_look"))
    url = reverse("admin:leads_suggestion_changelist")
    assert "Grace" in client.get(url).content.decode()
    data = {"action": "accept", ACTION_CHECKBOX_NAME: open_ids()}
    text = client.post(url, data, follow=True).content.decode()
    assert "2 suggestions were accepted." in text
    assert set(Lead.objects.values_list("first_name", flat=True)) == {"Ada", "Grace"}


@pytest.mark.django_db
def test_marketing_sees_suggestions_and_decides_nothing() -> None:
    lead = make_lead(first_name="ADA")
    find_suggestions()
    client = Client()
    client.force_login(make_marketing())
    url = reverse("admin:leads_suggestion_changelist")
    assert client.get(url).status_code == 200
    client.post(url, {"action": "accept", ACTION_CHECKBOX_NAME: open_ids()})
    assert client.post(reverse("admin:leads_suggestion_look")).status_code == 403
    lead.refresh_from_db()
    assert lead.first_name == "ADA"


@pytest.mark.django_db
def test_the_page_names_the_worst_sources_fields_and_doubts(
    django_assert_num_queries: Any,
) -> None:
    good, bad = SourceFactory(name="Good"), SourceFactory(name="Bad")
    make_lead(source=good, quality=90, received_at=NOW, phone_e164="+4930123456")
    lead = make_lead(source=bad, quality=10, received_at=NOW, phone_e164="")
    with django_assert_num_queries(4):
        found = get_data_quality(now=NOW)
    assert (found.leads, found.score) == (2, 50)
    assert [row.name for row in found.sources] == ["Bad", "Good"]
    assert next(row for row in found.lacks if "phone" in row.label).percent == 50
    assert [(day.leads, day.score) for day in found.days] == [(2, 50)]
    client = Client()
    client.force_login(make_marketing())
    text = client.get(reverse("admin:leads_suggestion_quality")).content.decode()
    assert "50 of 100 points" in text
    assert lead.source.name in text


def test_warnings_are_counted_by_field_and_code_with_examples() -> None:
    one = {"field": "email", "code": "email_role", "message": "A shared mailbox."}
    other = {"field": "phone", "code": "phone_invalid", "message": "No number."}
    found = sort_warnings([(1, [other]), (2, [one]), (3, [one, other]), (4, [one]), (5, None)])
    assert [(row.code, row.count) for row in found] == [("email_role", 3), ("phone_invalid", 2)]
    assert found[1].examples == [(1, "No number."), (3, "No number.")]
