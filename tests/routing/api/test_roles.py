"""Every address of the API with every persona: who sees what, and that nobody changes anything."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from leadrouter.api import router, urlpatterns
from leads.models import IntakeState
from tests.factories import (
    AccountFactory,
    ApiKeyFactory,
    AssignmentFactory,
    HoldingQueueFactory,
    IntakeItemFactory,
    LeadFactory,
    PoolFactory,
    PoolMemberFactory,
    RuleSetVersionFactory,
    TerritoryFactory,
    make_catch_all,
)

BASE = "/api/v1/"
LISTS = [prefix for prefix, _, _ in router.registry]
MANAGERS_ONLY = {"pools", "territories", "rule-sets"}
STAFF_ONLY = {"sources", "intake"}
STAFF = ("administrator", "manager", "marketing")
PERSONAS = (*STAFF, "rep", "other_rep", "anonymous")


@pytest.fixture
def clients(request: pytest.FixtureRequest) -> dict[str, Client]:
    return {name: request.getfixturevalue(f"{name}_client") for name in PERSONAS}


@pytest.fixture
def rows(rep: Any, other_rep: Any) -> dict[str, str]:
    """{list: the id of one row} of everything that belongs to `rep`, beside much of others."""
    for number in range(3):
        AssignmentFactory(rep=other_rep, lead__account=AccountFactory())
        PoolMemberFactory(rep=other_rep, pool=PoolFactory())
        IntakeItemFactory(dedupe_key=f"other-{number}")
    assignment = AssignmentFactory(rep=rep, lead__account=AccountFactory())
    lead = assignment.lead
    version = RuleSetVersionFactory()
    make_catch_all(version)
    item = IntakeItemFactory(state=IntakeState.LINKED, lead=lead)
    found = {
        "leads": lead.public_id, "intake": item.public_id, "accounts": lead.account_id,
        "sources": lead.source_id, "reps": rep.pk, "teams": rep.team_id,
        "pools": PoolMemberFactory(rep=rep).pool_id, "territories": TerritoryFactory().pk,
        "rule-sets": version.rule_set_id, "decisions": assignment.decision_id,
        "assignments": assignment.pk,
    }  # fmt: skip
    return {name: str(pk) for name, pk in found.items()}


def expected(persona: str, name: str) -> tuple[int, int]:
    """(status of the list, status of the row of `rep`)."""
    if persona == "anonymous":
        return 401, 401
    if name in MANAGERS_ONLY and persona not in {"administrator", "manager"}:
        return 403, 403
    if name in STAFF_ONLY and persona not in STAFF:
        return 403, 403
    return 200, 404 if persona == "other_rep" else 200


@pytest.mark.parametrize("name", LISTS)
def test_every_list_and_row_answers_every_persona_as_their_role_allows(
    clients: dict[str, Client], rows: dict[str, str], name: str
) -> None:
    for persona, client in clients.items():
        listed = client.get(f"{BASE}{name}/")
        one = client.get(f"{BASE}{name}/{rows[name]}/")
        assert (listed.status_code, one.status_code) == expected(persona, name), persona
        ids = {str(row["id"]) for row in listed.json().get("results", [])}
        assert (rows[name] in ids) == (one.status_code == 200), persona
        for response in (listed, one):
            if response.status_code != 200:
                assert response.json()["error"]["code"]


@pytest.mark.parametrize("name", sorted(set(LISTS) - MANAGERS_ONLY - STAFF_ONLY))
def test_a_rep_lists_their_own_and_nothing_else(
    rep_client: Client, rows: dict[str, str], name: str
) -> None:
    results = rep_client.get(f"{BASE}{name}/").json()["results"]
    assert [str(row["id"]) for row in results] == [rows[name]]


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", LISTS)
def test_nobody_changes_anything_by_any_other_verb(
    clients: dict[str, Client], rows: dict[str, str], name: str, verb: str
) -> None:
    for persona, client in clients.items():
        # Managers keep accounts by the API; what they send here is not what an account is.
        keeps = name == "accounts" and persona in {"administrator", "manager"}
        for path in (f"{BASE}{name}/", f"{BASE}{name}/{rows[name]}/"):
            with CaptureQueriesContext(connection) as queries:
                response = getattr(client, verb)(
                    path, {"owner": 1}, content_type="application/json"
                )
            refusals = {400, 401, 403, 405} if keeps else {401, 403, 405}
            assert response.status_code in refusals, (persona, path)
            assert response.json()["error"]["code"]
            written = [
                q
                for q in queries
                if q["sql"].lstrip().upper()[:6] in {"INSERT", "UPDATE", "DELETE"}
            ]
            assert not written


def test_an_api_key_reads_its_own_deliveries_one_by_one_and_nothing_else(
    client: Client, rows: dict[str, str]
) -> None:
    key, other = ApiKeyFactory(), ApiKeyFactory()
    item = IntakeItemFactory(endpoint=key.endpoint)
    bearer = {"Authorization": f"Bearer {key.plain}"}
    for name in LISTS:
        assert client.get(f"{BASE}{name}/", headers=bearer).status_code == 403
        if name != "intake":
            assert client.get(f"{BASE}{name}/{rows[name]}/", headers=bearer).status_code == 403
    mine = f"{BASE}intake/{item.public_id}/"
    assert client.get(mine, headers=bearer).json()["state"] == "RECEIVED"
    foreign = {"Authorization": f"Bearer {other.plain}"}
    assert client.get(mine, headers=foreign).status_code == 404
    assert client.get(f"{BASE}intake/{rows['intake']}/", headers=bearer).status_code == 404


def test_no_address_of_the_api_is_outside_this_matrix() -> None:
    named = {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)}
    lists = {f"api-{name}-{kind}" for name in LISTS for kind in ("list", "detail")}
    others = {"api-schema", "api-docs", "api-leads-slashless", "api-leads-claim"}
    assert named == lists | others | {"api-rule-sets-condition-schema"}


@pytest.mark.parametrize("name", LISTS)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    manager_client: Client, rows: dict[str, str], name: str, rep: Any
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert manager_client.get(f"{BASE}{name}/").status_code == 200
        return len(queries)

    before = count()
    for _ in range(4):
        lead = AssignmentFactory(lead__account=AccountFactory()).lead
        IntakeItemFactory(state=IntakeState.LINKED, lead=lead)
        PoolMemberFactory(pool=PoolMemberFactory().pool)
        make_catch_all(RuleSetVersionFactory())
        TerritoryFactory(parent=TerritoryFactory())
    assert count() == before
    # session, user, roles, the rows, and one for each kind of row shown inside them
    assert before <= {"pools": 7, "territories": 6, "rule-sets": 5}.get(name, 4)


def _paths(rows: dict[str, str]) -> list[str]:
    return [f"{BASE}{name}/" for name in rows]


@pytest.mark.parametrize(
    "query",
    [
        "name=%00", "id=abc", "slug=%00", "email=%00", "is_active=%00",
        "received_from=9999-12-31T23:59:59-14:00",
        "received_from=0001-01-01T00:00:00%2B14:00", "decided_before=9999-12-31", "started_from=x",
        "lead=abc", "account=99999999999999999999", "account=" + "9" * 5000, "cursor=%00",
        "cursor=abc", "cursor=cD1hYmM%3D", "cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ%3D%3D",
        "cursor=bz0tMQ%3D%3D", "ordering=password", "place=EVERYWHERE", "unknown=1",
        "source__endpoints__api_keys__key_hash__startswith=a", "%00=1", "owner=" + "x" * 300,
    ],
)  # fmt: skip
def test_parameters_that_mean_nothing_are_400_and_never_500(
    manager_client: Client, rows: dict[str, str], query: str
) -> None:
    for path in _paths(rows):
        response = manager_client.get(f"{path}?{query}")
        assert response.status_code == 400, (path, response.content[:300])
        assert response.json()["error"]["fields"]


@pytest.mark.parametrize("name", LISTS)
def test_ids_of_any_length_are_404(manager_client: Client, name: str) -> None:
    for odd in ("0", "999999999999999999", "9" * 400, "-1", "%00", "..%2f", "a", "1.5"):
        assert manager_client.get(f"{BASE}{name}/{odd}/").status_code == 404


def test_pages_follow_each_other_without_gap_or_repetition(manager_client: Client) -> None:
    expected_ids = [str(LeadFactory().public_id) for _ in range(5)][::-1]
    seen, url = [], f"{BASE}leads/?page_size=2"
    while url:
        page = manager_client.get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert seen == expected_ids


def test_filters_select(manager_client: Client) -> None:
    wanted = LeadFactory(parked=True, country="DE")
    LeadFactory(country="US")
    for query in (
        "place=PARKED", "country=DE", f"source={wanted.source.slug}",
        f"email={wanted.email.upper()}", "received_from=2000-01-01&place=PARKED",
    ):  # fmt: skip
        results = manager_client.get(f"{BASE}leads/?{query}").json()["results"]
        assert [row["id"] for row in results] == [str(wanted.public_id)], query
    assert manager_client.get(f"{BASE}leads/?received_before=2000-01-01").json()["results"] == []


def test_secrets_are_in_no_answer(manager_client: Client, rows: dict[str, str]) -> None:
    key = ApiKeyFactory()
    for name, pk in rows.items():
        for path in (f"{BASE}{name}/", f"{BASE}{name}/{pk}/"):
            content = manager_client.get(path).content.decode()
            for secret in (key.key_hash, "key_hash", "password", key.endpoint.public_id):
                assert secret not in content


def test_the_status_of_a_delivery_names_lead_owner_and_decision(
    manager_client: Client, rows: dict[str, str], rep: Any
) -> None:
    status = manager_client.get(f"{BASE}intake/{rows['intake']}/").json()
    assert (status["state"], status["lead"], status["place"]) == ("LINKED", rows["leads"], "OWNED")
    assert status["owner"] == {"slug": rep.slug, "name": rep.name}
    assert rep.name in status["decision"]


def test_a_dead_delivery_says_why_and_nothing_of_our_insides(manager_client: Client) -> None:
    dead = IntakeItemFactory(
        state=IntakeState.DEAD, last_error="KeyError: 'secret'", fields={"email": "none"}
    )
    status = manager_client.get(f"{BASE}intake/{dead.public_id}/").json()
    assert "none" in status["error"]
    assert "KeyError" not in status["error"]


def test_the_documents_need_a_login_and_carry_no_inline_script(
    manager_client: Client, client: Client
) -> None:
    assert client.get(f"{BASE}docs/").status_code == 302
    assert client.get(f"{BASE}schema/").status_code in {401, 403}
    page = manager_client.get(f"{BASE}docs/").content.decode()
    assert "<style" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])
    schema = manager_client.get(f"{BASE}schema/?format=json").json()
    described = {path for path in schema["paths"] if path.startswith(BASE)}
    assert {f"{BASE}{name}/" for name in LISTS} <= described
    assert f"{BASE}leads/{{public_id}}/claim/" in described
    assert set(schema["paths"][f"{BASE}leads/"]) == {"get", "post"}


def test_a_lead_offered_to_a_rep_is_visible_to_them_alone(
    rep: Any, rep_client: Client, other_rep_client: Client
) -> None:
    queue = HoldingQueueFactory()
    queue.reps.add(rep)
    lead = LeadFactory(offered=True, queue=queue)
    assert rep_client.get(f"{BASE}leads/{lead.public_id}/").status_code == 200
    assert other_rep_client.get(f"{BASE}leads/{lead.public_id}/").status_code == 404
