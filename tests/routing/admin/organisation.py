"""A small organisation with at least one row of everything the admin shows."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from leadrouter.processes.models import Heartbeat
from leads.models import Endpoint, IntakeState
from routing.models import DestinationKind, OutboxMessage, RuleSet
from routing.services.publishing import create_draft, publish_version
from tests.factories import (
    AccountFactory,
    ApiKeyFactory,
    AssignmentFactory,
    CustomFieldFactory,
    DecisionFactory,
    DuplicatePairFactory,
    EndpointFactory,
    HoldingQueueFactory,
    HolidayFactory,
    ImportBatchFactory,
    IncidentFactory,
    IntakeItemFactory,
    InteractionFactory,
    LeadFactory,
    LeadMergeFactory,
    OutboxMessageFactory,
    PoolFactory,
    RepFactory,
    RepSkillFactory,
    RoutingRuleFactory,
    RuleChoiceFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    SkillFactory,
    SlaPolicyFactory,
    SlaTimerFactory,
    SourceFactory,
    TerritoryFactory,
    TerritoryOwnerFactory,
    TimeOffFactory,
    TurnEntryFactory,
    WorkingHoursFactory,
    make_catch_all,
)

DACH = {"test": {"attribute": "country", "operator": "IN", "value": ["DE", "AT"]}}


def make_rules(user: Any) -> RuleSet:
    """A live rule set with a published version of two rules and a draft that copies it."""
    rule_set = RuleSetFactory(name="Main routing", slug="main", is_live=True)
    version = RuleSetVersionFactory(rule_set=rule_set)
    pool = PoolFactory(name="DACH desk", reps=[RepFactory(name="Maria Desk")])
    rule = RoutingRuleFactory(version=version, name="German-speaking", condition={"all": [DACH]})
    RuleChoiceFactory(rule=rule, pool=pool)
    RuleChoiceFactory(
        rule=rule,
        kind=DestinationKind.HOLDING_QUEUE,
        pool=None,
        holding_queue=HoldingQueueFactory(name="Overflow"),
    )
    make_catch_all(version)
    now = timezone.now()
    publish_version(version=version, user=user, note="First", now=now)
    create_draft(rule_set=rule_set, user=user, now=now)
    return rule_set  # type: ignore[no-any-return]


def make_organisation(user: Any) -> None:
    """One row or more of every model with an admin page, in every state that has its own look."""
    now = timezone.now()
    make_rules(user)
    source = SourceFactory(name="Website", slug="website")
    EndpointFactory(source=source, channel=Endpoint.Channel.WEB_FORM)
    api = EndpointFactory(source=source, channel=Endpoint.Channel.API)
    ApiKeyFactory(endpoint=api)
    ApiKeyFactory(endpoint=api, revoked_at=now)
    rep = RepFactory(name="Sam Carter")
    RepSkillFactory(rep=rep, skill=SkillFactory(name="Spanish", slug="spanish"))
    WorkingHoursFactory(team=rep.team)
    TimeOffFactory(rep=rep)
    HolidayFactory()
    europe = TerritoryFactory(name="Europe", countries=["DE", "FR"])
    TerritoryOwnerFactory(
        territory=TerritoryFactory(
            name="Bavaria", parent=europe, postal_ranges=[["80000", "87999"]]
        ),
        rep=rep,
    )
    AccountFactory(name="Acme", owner=rep)
    CustomFieldFactory(slug="budget")
    lead = LeadFactory(source=source, full_name="Grace Hopper")
    row = AssignmentFactory(lead=lead, rep=rep)
    SlaTimerFactory(assignment=row, policy=SlaPolicyFactory())
    InteractionFactory(lead=lead)
    OutboxMessageFactory(assignment=row, state=OutboxMessage.State.DEAD, last_error="Refused")
    for place in ("offered", "parked", "nurtured", "closed"):
        LeadFactory(source=source, **{place: True})
    DuplicatePairFactory()
    LeadMergeFactory()
    DecisionFactory(parked=True)
    TurnEntryFactory(rep=rep, deltas={str(rep.pk): 500_000})
    IntakeItemFactory(endpoint=api, received_at=now - timedelta(minutes=1))
    IntakeItemFactory(endpoint=api, dead=True)
    IntakeItemFactory(endpoint=api, state=IntakeState.QUARANTINED)
    IntakeItemFactory(endpoint=api, state=IntakeState.LINKED, lead=lead)
    ImportBatchFactory(endpoint=EndpointFactory(source=source, channel=Endpoint.Channel.IMPORT))
    IncidentFactory(first_lead=lead, last_lead=lead)
    IncidentFactory(resolved_at=now, resolution="Put right")
    Heartbeat.objects.create(name="worker", beat_at=now)
