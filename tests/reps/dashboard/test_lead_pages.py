"""The page of one lead and the list of leads: who sees what, and at what cost."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.models import Lead
from reps.models import Rep
from routing.services.assigning import route_leads
from tests.factories import (
    AccountFactory,
    AssignmentFactory,
    DecisionFactory,
    HoldingQueueFactory,
    InteractionFactory,
    LeadFactory,
    PoolFactory,
    RoutingRuleFactory,
    RuleChoiceFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    SlaTimerFactory,
    SourceFactory,
    make_catch_all,
    make_rep,
)

pytestmark = pytest.mark.django_db


def _page(lead: Lead) -> str:
    return f"/leads/{lead.public_id}/"


def _listed(client: Client, **query: object) -> list[Lead]:
    return list(client.get("/leads/", query).context["leads"])  # type: ignore[arg-type]


def test_the_page_shows_the_lead_and_why_it_is_mine(rep: Rep, rep_client: Client) -> None:
    lead = LeadFactory(
        message="We need <b>ten</b> seats",
        first_touch={"utm": {"utm_source": "fair"}, "landing_url": "https://x.example/a"},
    )
    SlaTimerFactory(assignment=AssignmentFactory(rep=rep, lead=lead))
    page = rep_client.get(_page(lead)).content.decode()
    for words in ("Why me?", "We need &lt;b&gt;ten&lt;/b&gt; seats", "utm_source", "First touch"):
        assert words in page


def test_the_whole_decision_can_be_read(rep: Rep, rep_client: Client) -> None:
    version = RuleSetVersionFactory(rule_set=RuleSetFactory(is_live=True), published=True)
    large = RoutingRuleFactory(
        version=version,
        name="Large companies",
        condition={"test": {"attribute": "country", "operator": "EQUALS", "value": "DE"}},
    )
    RuleChoiceFactory(rule=large)
    pool = PoolFactory(name="Everybody", reps=[rep, make_rep(is_accepting=False, name="Away Day")])
    make_catch_all(version, pool=pool)
    lead = LeadFactory()
    route_leads(lead_ids=[lead.pk], now=timezone.now())
    page = rep_client.get(_page(lead)).content.decode()
    for words in ("Large companies", "did not match", "Everything else", "matched", "Away Day"):
        assert words in page
    assert "How the decision was made" in page


@pytest.mark.parametrize("persona", ["manager", "marketing", "administrator"])
def test_people_who_see_all_leads_see_each(
    persona: str, request: pytest.FixtureRequest, rep: Rep
) -> None:
    lead = AssignmentFactory(rep=rep).lead
    answer = request.getfixturevalue(f"{persona}_client").get(_page(lead))
    assert answer.status_code == 200
    assert "Why is it there?" in answer.content.decode()


def test_a_lead_of_somebody_else_does_not_exist_for_me(rep_client: Client, other_rep: Rep) -> None:
    assert rep_client.get(_page(AssignmentFactory(rep=other_rep).lead)).status_code == 404


def test_strangers_are_asked_to_sign_in(anonymous_client: Client) -> None:
    lead = LeadFactory()
    assert anonymous_client.get(_page(lead)).url == f"/login/?next={_page(lead)}"
    assert anonymous_client.get("/leads/").url == "/login/?next=/leads/"


def test_the_timeline_is_one_list_newest_first(rep: Rep, rep_client: Client) -> None:
    now = timezone.now()
    lead = LeadFactory(received_at=now - timedelta(hours=3))
    InteractionFactory(lead=lead)
    DecisionFactory(
        lead=lead, parked=True, reason="NO_REP_AVAILABLE", decided_at=now - timedelta(hours=2)
    )
    AssignmentFactory(rep=rep, lead=lead, started_at=now - timedelta(hours=1))
    InteractionFactory(lead=lead, kind="CALL", summary="Call: reached", occurred_at=now)
    entries = rep_client.get(_page(lead)).context["timeline"]
    assert [entry.title for entry in entries] == [
        "Call: reached",
        "Assigned to Maria Weber",
        "Parked",
        "Asked for a demo",
    ]
    assert entries[2].body == "Nobody is available"


def test_the_cost_of_a_lead_does_not_grow_with_its_history(
    rep: Rep, rep_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lead = LeadFactory()
    for _ in range(3):
        AssignmentFactory(rep=rep, lead=lead, ended=True, end_reason="REASSIGNED")
    InteractionFactory(lead=lead, actor=rep.user)
    SlaTimerFactory(assignment=AssignmentFactory(rep=rep, lead=lead))
    with django_assert_num_queries(13):
        rep_client.get(_page(lead))
    for _ in range(9):
        AssignmentFactory(rep=rep, lead=lead, ended=True, end_reason="REASSIGNED")
        InteractionFactory(lead=lead, actor=rep.user)
    with django_assert_num_queries(13):
        rep_client.get(_page(lead))


def test_reps_list_what_they_hold_held_and_may_claim(
    rep: Rep, other_rep: Rep, rep_client: Client, manager_client: Client
) -> None:
    held = LeadFactory()
    AssignmentFactory(rep=rep, lead=held, ended=True)
    mine = AssignmentFactory(rep=rep).lead
    theirs = AssignmentFactory(rep=other_rep).lead
    offered = LeadFactory(offered=True, queue=HoldingQueueFactory(teams=[rep.team]))
    assert _listed(rep_client) == [offered, mine, held]
    assert _listed(manager_client) == [offered, theirs, mine, held]


def test_the_list_is_narrowed_by_each_filter(manager_client: Client, rep: Rep) -> None:
    now = timezone.now()
    source = SourceFactory()
    wanted = LeadFactory(
        last_name="Grünwald",
        email="eva@quiet.example",
        source=source,
        stage="SALES_ACCEPTED",
        received_at=now - timedelta(days=5),
    )
    AssignmentFactory(rep=rep, lead=wanted)
    LeadFactory(received_at=now - timedelta(days=1))
    day = wanted.received_at.date().isoformat()
    for query in (
        {"q": "grün"},
        {"q": "EVA@quiet"},
        {"q": "eva"},
        {"place": "OWNED"},
        {"stage": "SALES_ACCEPTED"},
        {"owner": rep.pk},
        {"source": source.pk},
        {"received_from": day, "received_until": day},
    ):
        assert _listed(manager_client, **query) == [wanted], query
    assert _listed(manager_client, q="grün", place="PARKED") == []


def test_every_filter_has_a_name_of_its_own(manager_client: Client) -> None:
    page = manager_client.get("/leads/").content.decode()
    assert "[invalid name]" not in page
    assert "Received until" in page


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=99999999999999999999",
        "after=-1",
        "received_from=32",
        "place=MOON",
        "q=%00",
    ],
)
def test_nonsense_in_the_address_never_breaks_the_list(query: str, manager_client: Client) -> None:
    LeadFactory()
    assert manager_client.get(f"/leads/?{query}").status_code == 200


def test_pages_follow_one_another_without_gap_or_overlap(manager_client: Client) -> None:
    leads = LeadFactory.create_batch(120, source=SourceFactory())[::-1]
    seen, address = [], "/leads/?q=ada"
    while address:
        page = manager_client.get(address)
        seen += page.context["leads"]
        query = page.context["older_query"]
        address = f"/leads/?{query}" if query else ""
    assert seen == leads
    newer = manager_client.get(f"/leads/?{page.context['newer_query']}")
    assert newer.context["leads"] == leads[50:100]


def test_the_cost_of_the_list_does_not_grow(
    manager_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    LeadFactory(offered=True)
    with django_assert_num_queries(9):
        manager_client.get("/leads/")
    for _ in range(10):
        AssignmentFactory()
        LeadFactory(offered=True)
    with django_assert_num_queries(9):
        manager_client.get("/leads/")


def test_every_page_calls_the_company_as_the_lead_did(
    rep: Rep, rep_client: Client, manager_client: Client
) -> None:
    account = AccountFactory(name="Umbrella of the account")
    queue = HoldingQueueFactory(reps=[rep])
    offered = LeadFactory(offered=True, queue=queue, account=account, company_name="Acme Nord")
    AssignmentFactory(rep=rep, lead=LeadFactory(account=account, company_name="Acme Nord"))
    for address in ("/my/", "/leads/", _page(offered)):
        page = rep_client.get(address).content.decode()
        assert "Acme Nord" in page
        assert account.name not in page
    Lead.objects.update(company_name="")
    for address in ("/my/", "/leads/", _page(offered)):
        assert account.name in rep_client.get(address).content.decode()


def test_decline_is_offered_until_the_first_touch(rep: Rep, rep_client: Client) -> None:
    row = AssignmentFactory(rep=rep, accepted=True)
    address = f"{_page(row.lead)}decline/"
    assert address in rep_client.get(_page(row.lead)).content.decode()
    row.first_touched_at = timezone.now()
    row.save()
    assert address not in rep_client.get(_page(row.lead)).content.decode()


@pytest.mark.parametrize("persona", ["manager", "marketing", "administrator"])
def test_people_without_a_desk_read_times_in_the_zone_of_the_live_rules(
    persona: str, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(f"{persona}_client")
    lead = LeadFactory()
    assert "Times in UTC" in client.get(_page(lead)).content.decode()
    RuleSetFactory(is_live=True, timezone="Asia/Kolkata")
    RuleSetFactory(timezone="Asia/Tokyo")
    page = client.get(_page(lead)).content.decode()
    assert "Times in Asia/Kolkata" in page
    local = lead.received_at.astimezone(ZoneInfo("Asia/Kolkata"))
    assert f"{local:%H:%M}" in page


def test_a_rep_reads_times_in_the_zone_of_the_rep(rep: Rep, rep_client: Client) -> None:
    RuleSetFactory(is_live=True, timezone="Asia/Kolkata")
    lead = AssignmentFactory(rep=rep).lead
    assert f"Times in {rep.zone}" in rep_client.get(_page(lead)).content.decode()


def test_every_page_names_its_icon(manager_client: Client, anonymous_client: Client) -> None:
    for client, address in (
        (anonymous_client, "/login/"),
        (manager_client, "/leads/"),
        (manager_client, "/admin/"),
    ):
        assert "portal/img/favicon" in client.get(address).content.decode()


HOSTILE = "<script>alert(1)</script>"


def _converse(lead: Lead) -> None:
    """A call told in two deliveries, a chat and a form, whose senders mean no good."""
    for minutes, touchpoint in (
        (0, {"kind": "CALL", "was_answered": False}),
        (4, {"kind": "CALL", "was_answered": True, "duration_seconds": 185, "recording_url": "https://calls.example/1.mp3"}),
    ):  # fmt: skip
        InteractionFactory(
            lead=lead,
            kind="CALL",
            summary=f"Call {minutes}",
            occurred_at=timezone.now() + timedelta(minutes=minutes),
            data={"thread": "twilio:CA1", "touchpoint": touchpoint},
        )
    InteractionFactory(
        lead=lead,
        kind="CHAT",
        summary=HOSTILE,
        data={
            "thread": "crisp:1",
            "touchpoint": {
                "transcript": [[HOSTILE, HOSTILE]],
                "recording_url": "javascript:alert(1)",
            },
        },
    )
    InteractionFactory(lead=lead, data={"answers": [{"label": "Budget", "value": HOSTILE}]})


def test_a_conversation_is_one_entry_with_what_was_said(rep_client: Client, rep: Rep) -> None:
    lead = AssignmentFactory(rep=rep).lead
    _converse(lead)
    page = rep_client.get(_page(lead)).content.decode()
    assert page.count("Call 4") == 2  # the entry, and the part it tells of
    assert "2 messages of this conversation" in page
    assert "3 min 5 s" in page
    assert (
        'href="https://calls.example/1.mp3" target="_blank" rel="noopener noreferrer nofollow"'
        in page
    )
    assert "Not answered" not in page
    assert HOSTILE not in page
    assert "javascript:" not in page


def test_the_timeline_can_show_one_kind_alone(rep_client: Client, rep: Rep) -> None:
    lead = AssignmentFactory(rep=rep).lead
    _converse(lead)
    response = rep_client.get(f"{_page(lead)}?show=calls")
    assert [entry.kind for entry in response.context["timeline"]] == ["CALL"]
    everything = rep_client.get(_page(lead)).context
    counts = {group.slug: group.count for group in everything["timeline_groups"]}
    assert counts == {"calls": 1, "chats": 1, "forms": 1, "routing": 1}
    assert sum(counts.values()) == everything["timeline_count"]
    unknown = rep_client.get(f"{_page(lead)}?show=nonsense").context
    assert len(unknown["timeline"]) == everything["timeline_count"]
