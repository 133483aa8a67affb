"""A small organisation that uses every kind of thing a configuration can hold."""

from datetime import date, time
from typing import Any

from django.utils import timezone

from leads.models import Endpoint
from reps.models import Rep, Weekday
from routing.models import DestinationKind, RuleSet, SourceCap, TerritoryRole
from tests.factories import (
    CustomFieldFactory,
    EndpointFactory,
    HoldingQueueFactory,
    HolidayFactory,
    PoolFactory,
    PoolMemberFactory,
    RepSkillFactory,
    RoutingRuleFactory,
    RuleChoiceFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    SkillFactory,
    SlaPolicyFactory,
    SourceFactory,
    TeamFactory,
    TerritoryFactory,
    TerritoryOwnerFactory,
    WorkingHoursFactory,
    make_catch_all,
    make_manager,
    make_rep,
)

GERMANY = {"test": {"attribute": "country", "operator": "EQUALS", "value": "DE"}}
PLANNED = {"test": {"attribute": "custom.plan", "operator": "IN", "value": ["Basic"]}}


def make_organisation() -> RuleSet:
    """Returns its live rule set, published, with a draft beside it."""
    team = TeamFactory(
        name="Berlin", timezone="Europe/Berlin", country="DE", manager=make_manager()
    )
    for day in (Weekday.MONDAY, Weekday.TUESDAY):
        WorkingHoursFactory(team=team, weekday=day, starts_at=time(9), ends_at=time(10, 30))
    HolidayFactory(country="DE", on=date(2030, 1, 1), name="Neujahr")
    skill = SkillFactory(name="German", slug="german")
    maria, jonas = _make_reps(team, skill)
    source = SourceFactory(slug="website", name="Website: “contact”, ünïcode", default_country="NO")
    EndpointFactory(source=source, channel=Endpoint.Channel.WEB_FORM, intro="Two\n\nlines: yes")
    policy = SlaPolicyFactory(slug="fast", acceptance_seconds=300, is_default=True)
    pool = PoolFactory(
        slug="smb", sla_policy=policy, strategy="BEST_MATCH", value_weight=70, floor_share=40,
        catch_up_turns=3, sticky_by_account=False, sticky_days=90,
    )  # fmt: skip
    pool.required_skills.add(skill, through_defaults={"level": 2})
    PoolMemberFactory(pool=pool, rep=maria, weight=3)
    PoolMemberFactory(pool=pool, rep=jonas, tier=2)
    SourceCap.objects.create(rep=maria, source=source, max_open_leads=4)
    SourceCap.objects.create(rep=maria, source_kind="PARTNER", max_leads_per_day=0)
    queue = HoldingQueueFactory(slug="open", teams=[team], reps=[jonas])
    _make_territories(maria)
    _make_fields()
    return _make_rules(pool, queue, maria, skill)


def _make_fields() -> None:
    CustomFieldFactory(slug="budget", label="Budget", unit="EUR", help="For this year")
    CustomFieldFactory(slug="plan", type="CHOICE", choices=["Basic", "Pro: all"])
    CustomFieldFactory(slug="pets", kind="ANSWER", type="SET", is_active=False)


def _make_reps(team: Any, skill: Any) -> tuple[Rep, Rep]:
    maria = make_rep(name="Maria Weber", team=team, max_open_leads=20)
    jonas = make_rep(name="Jonas Fischer", team=team, timezone="Europe/Vienna")
    RepSkillFactory(rep=maria, skill=skill, level=5)
    WorkingHoursFactory(team=None, rep=jonas, starts_at=time(22), ends_at=time(6))
    make_rep(name="Gone Already", team=team, inactive=True)
    return maria, jonas


def _make_territories(rep: Rep) -> None:
    # The parent sorts after its child, so an import must not go by the alphabet.
    world = TerritoryFactory(slug="zz-world", name="World")
    south = TerritoryFactory(
        slug="bavaria",
        name="Bavaria",
        parent=world,
        countries=["DE"],
        postal_prefixes=["80", "81"],
        postal_ranges=[["90000", "96999"]],
        employees_min=10,
    )
    TerritoryOwnerFactory(territory=south, rep=rep, starts_on=date(2024, 1, 1))
    TerritoryOwnerFactory(
        territory=south, rep=rep, role=TerritoryRole.SDR, starts_on=date(2024, 1, 1),
        ends_on=date(2025, 1, 1),
    )  # fmt: skip


def _make_rules(pool: Any, queue: Any, rep: Rep, skill: Any) -> RuleSet:
    rules: RuleSet = RuleSetFactory(slug="main", is_live=True, timezone="Europe/Berlin")
    published = RuleSetVersionFactory(rule_set=rules, published=True, note="First rules")
    rule = RoutingRuleFactory(
        version=published,
        name="Germany",
        condition=GERMANY,
        starts_at=timezone.now(),
        weekdays=[0, 4],
        hours_from=time(22),
        hours_to=time(6, 30),
    )
    RuleChoiceFactory(rule=rule, pool=pool, required_skill=skill, required_level=4)
    for choice in (
        {"kind": DestinationKind.REP, "rep": rep},
        {"kind": DestinationKind.TERRITORY_OWNER, "territory_role": TerritoryRole.AE},
        {"kind": DestinationKind.ACCOUNT_OWNER},
        {"kind": DestinationKind.PREVIOUS_OWNER, "max_age_days": 30},
        {"kind": DestinationKind.LEAD_FIELD, "lead_field": "custom.plan"},
        {"kind": DestinationKind.NURTURE, "nurture_track": "news"},
        {"kind": DestinationKind.REJECT, "reason": "No: really"},
    ):
        RuleChoiceFactory(rule=rule, pool=None, **choice)
    RoutingRuleFactory(
        version=published, name="Switched off", is_enabled=False, condition=PLANNED, weekdays=[5, 6]
    )
    make_catch_all(published, kind=DestinationKind.HOLDING_QUEUE, pool=None, holding_queue=queue)
    make_catch_all(
        RuleSetVersionFactory(rule_set=rules, note="Trying"),
        kind=DestinationKind.HOLDING_QUEUE, pool=None, holding_queue=queue,
    )  # fmt: skip
    return rules


def erase_organisation() -> None:
    """Empties every table of the configuration, as on a fresh installation."""
    from django.contrib.auth import get_user_model

    from routing.demo.making import ORGANISATION
    from routing.models import Territory

    Territory.objects.update(parent=None)
    for model in ORGANISATION:
        model.objects.all().delete()  # type: ignore[attr-defined]
    get_user_model().objects.all().delete()
