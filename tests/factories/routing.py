"""Territories, pools, rules, decisions and who owns what."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from leads.models import Lead, Place
from routing.models import (
    Assignment,
    Decision,
    DecisionKind,
    DestinationKind,
    EndReason,
    HoldingQueue,
    Incident,
    OutboxMessage,
    Outcome,
    Pool,
    PoolMember,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    SlaKind,
    SlaPolicy,
    SlaTimer,
    Territory,
    TerritoryOwner,
    TerritoryRole,
    TurnEntry,
    VersionState,
)
from tests.factories.leads import LeadFactory
from tests.factories.reps import RepFactory


class TerritoryFactory(DjangoModelFactory):
    class Meta:
        model = Territory

    name = factory.Sequence(lambda number: f"Territory {number}")
    slug = factory.Sequence(lambda number: f"territory-{number}")


class TerritoryOwnerFactory(DjangoModelFactory):
    """Has owned it for 30 days, with no end."""

    class Meta:
        model = TerritoryOwner

    territory = factory.SubFactory(TerritoryFactory)
    rep = factory.SubFactory(RepFactory)
    role = TerritoryRole.AE
    starts_on = factory.LazyFunction(lambda: timezone.now().date() - timedelta(days=30))


class SlaPolicyFactory(DjangoModelFactory):
    class Meta:
        model = SlaPolicy

    name = factory.Sequence(lambda number: f"Promise {number}")
    slug = factory.Sequence(lambda number: f"promise-{number}")
    first_touch_seconds = 900


class PoolFactory(DjangoModelFactory):
    """`reps=[…]` makes them members of weight 1."""

    class Meta:
        model = Pool
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Pool {number}")
    slug = factory.Sequence(lambda number: f"pool-{number}")

    @factory.post_generation
    def reps(self, create: bool, reps: list[Any] | None, **_: Any) -> None:
        if create:
            PoolMember.objects.bulk_create(PoolMember(pool=self, rep=rep) for rep in reps or ())


class PoolMemberFactory(DjangoModelFactory):
    class Meta:
        model = PoolMember

    pool = factory.SubFactory(PoolFactory)
    rep = factory.SubFactory(RepFactory)
    weight = 1


class HoldingQueueFactory(DjangoModelFactory):
    """`teams=[…]` and `reps=[…]` say who may claim."""

    class Meta:
        model = HoldingQueue
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Queue {number}")
    slug = factory.Sequence(lambda number: f"queue-{number}")

    @factory.post_generation
    def teams(self, create: bool, teams: list[Any] | None, **_: Any) -> None:
        if create and teams:
            self.teams.set(teams)

    @factory.post_generation
    def reps(self, create: bool, reps: list[Any] | None, **_: Any) -> None:
        if create and reps:
            self.reps.set(reps)


class RuleSetFactory(DjangoModelFactory):
    class Meta:
        model = RuleSet

    name = factory.Sequence(lambda number: f"Rules {number}")
    slug = factory.Sequence(lambda number: f"rules-{number}")


class RuleSetVersionFactory(DjangoModelFactory):
    """A draft; `published=True` or `retired=True` otherwise (without the checks of publishing)."""

    class Meta:
        model = RuleSetVersion

    class Params:
        published = factory.Trait(
            state=VersionState.PUBLISHED, published_at=factory.SelfAttribute("created_at")
        )
        retired = factory.Trait(
            state=VersionState.RETIRED,
            published_at=factory.SelfAttribute("created_at"),
            retired_at=factory.LazyFunction(timezone.now),
        )

    rule_set = factory.SubFactory(RuleSetFactory)
    number = factory.LazyAttribute(lambda version: version.rule_set.versions.count() + 1)
    created_at = factory.LazyFunction(timezone.now)


class RoutingRuleFactory(DjangoModelFactory):
    """Matches every lead until a condition is given. It has no choices yet."""

    class Meta:
        model = RoutingRule

    version = factory.SubFactory(RuleSetVersionFactory)
    position = factory.LazyAttribute(lambda rule: rule.version.rules.count() + 1)
    name = factory.Sequence(lambda number: f"Rule {number}")
    condition = factory.LazyFunction(lambda: {"all": []})


class RuleChoiceFactory(DjangoModelFactory):
    """To a pool; `kind=DestinationKind.REJECT, pool=None, reason="…"` and the like otherwise."""

    class Meta:
        model = RuleChoice

    rule = factory.SubFactory(RoutingRuleFactory)
    order = factory.LazyAttribute(lambda choice: choice.rule.choices.count() + 1)
    kind = DestinationKind.POOL
    pool = factory.SubFactory(PoolFactory)


def make_catch_all(version: RuleSetVersion, **choice: Any) -> RoutingRule:
    """Adds a last rule that matches every lead; its choice is a new holding queue unless given."""
    rule = RoutingRuleFactory(version=version, name="Everything else")
    target = choice or {
        "kind": DestinationKind.HOLDING_QUEUE,
        "pool": None,
        "holding_queue": HoldingQueueFactory(),
    }
    RuleChoiceFactory(rule=rule, **target)
    return rule  # type: ignore[no-any-return]


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    class Params:
        queued = factory.Trait(
            outcome=Outcome.QUEUED,
            rep=None,
            holding_queue=factory.SubFactory(HoldingQueueFactory),
        )
        parked = factory.Trait(outcome=Outcome.PARKED, rep=None, reason="Everybody is off shift.")

    lead = factory.SubFactory(LeadFactory)
    epoch = factory.LazyAttribute(lambda decision: decision.lead.decisions.count() + 1)
    kind = DecisionKind.RULES
    outcome = Outcome.ASSIGNED
    rep = factory.SubFactory(RepFactory)
    decided_at = factory.SelfAttribute("lead.received_at")


class AssignmentFactory(DjangoModelFactory):
    """Gives a lead to a rep: the open row, its decision, and the lead's own place and owner agree.

    `ended=True` makes history instead and leaves the lead as it is.
    """

    class Meta:
        model = Assignment

    class Params:
        ended = factory.Trait(
            ended_at=factory.LazyAttribute(lambda row: row.started_at + timedelta(hours=1)),
            end_reason=EndReason.DECLINED,
        )
        accepted = factory.Trait(
            accepted_at=factory.LazyAttribute(lambda row: row.started_at + timedelta(minutes=1))
        )

    lead = factory.SubFactory(LeadFactory)
    rep = factory.SubFactory(RepFactory)
    started_at = factory.SelfAttribute("lead.received_at")
    decision = factory.SubFactory(
        DecisionFactory,
        lead=factory.SelfAttribute("..lead"),
        rep=factory.SelfAttribute("..rep"),
        pool=factory.SelfAttribute("..pool"),
        decided_at=factory.SelfAttribute("..started_at"),
    )
    pool = None
    load_after = factory.LazyAttribute(lambda row: row.rep.leads.count() + 1)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **fields: Any) -> Assignment:
        lead, is_open = fields["lead"], fields.get("ended_at") is None
        row: Assignment = super()._create(model_class, *args, **fields)
        changed: dict[str, Any] = {"routing_epoch": max(lead.routing_epoch, row.decision.epoch)}
        if is_open:
            changed |= {"place": Place.OWNED, "owner": row.rep, "placed_at": row.started_at}
            changed |= {"holding_queue_id": None, "parked_reason": "", "parked_detail": ""}
        for name, value in changed.items():
            setattr(lead, name, value)
        lead.save(update_fields=list(changed))
        assert isinstance(lead, Lead)
        return row


class SlaTimerFactory(DjangoModelFactory):
    """The first-touch clock of an assignment, running."""

    class Meta:
        model = SlaTimer

    assignment = factory.SubFactory(AssignmentFactory)
    policy = factory.SubFactory(SlaPolicyFactory)
    kind = SlaKind.FIRST_TOUCH
    starts_at = factory.SelfAttribute("assignment.started_at")
    due_at = factory.LazyAttribute(
        lambda timer: timer.starts_at + timedelta(seconds=timer.policy.first_touch_seconds)
    )


class TurnEntryFactory(DjangoModelFactory):
    class Meta:
        model = TurnEntry

    pool = factory.SubFactory(PoolFactory)
    number = factory.LazyAttribute(lambda entry: entry.pool.turns.count() + 1)
    deltas = factory.LazyFunction(dict)
    taken_at = factory.LazyFunction(timezone.now)


class IncidentFactory(DjangoModelFactory):
    class Meta:
        model = Incident

    kind = Incident.Kind.CHOICE
    location = factory.Sequence(lambda number: f"choice {number} of “Everybody else”")
    message = "ValueError: There is no strategy called “MAGIC”."
    fingerprint = factory.Sequence(lambda number: f"{number:064d}")
    first_seen_at = factory.LazyFunction(timezone.now)
    last_seen_at = factory.SelfAttribute("first_seen_at")


class OutboxMessageFactory(DjangoModelFactory):
    class Meta:
        model = OutboxMessage

    kind = OutboxMessage.Kind.ASSIGNED
    assignment = factory.SubFactory(AssignmentFactory)
    recipient = factory.LazyAttribute(lambda message: message.assignment.rep.user.email)
    due_at = factory.SelfAttribute("assignment.started_at")
    created_at = factory.SelfAttribute("due_at")
