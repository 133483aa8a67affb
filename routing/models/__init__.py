from routing.models.decision import Assignment, Decision, DecisionKind, EndReason, Outcome
from routing.models.holding import HoldingQueue
from routing.models.outbox import OutboxMessage
from routing.models.pool import Pool, PoolMember, Strategy, TurnEntry
from routing.models.rule_set import (
    DestinationKind,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    VersionState,
)
from routing.models.sla import SlaKind, SlaPolicy, SlaTimer
from routing.models.territory import Territory, TerritoryOwner, TerritoryRole
from routing.models.territory_upload import TerritoryUpload

__all__ = [
    "Assignment",
    "Decision",
    "DecisionKind",
    "DestinationKind",
    "EndReason",
    "HoldingQueue",
    "OutboxMessage",
    "Outcome",
    "Pool",
    "PoolMember",
    "RoutingRule",
    "RuleChoice",
    "RuleSet",
    "RuleSetVersion",
    "SlaKind",
    "SlaPolicy",
    "SlaTimer",
    "Strategy",
    "Territory",
    "TerritoryOwner",
    "TerritoryRole",
    "TerritoryUpload",
    "TurnEntry",
    "VersionState",
]
