from routing.models.decision import (
    Assignment,
    Decision,
    DecisionKind,
    EndReason,
    Outcome,
    ReturnReason,
)
from routing.models.holding import HoldingQueue
from routing.models.incident import Incident
from routing.models.outbox import OutboxMessage
from routing.models.outcome import OutcomeRefresh, RepOutcome
from routing.models.pool import Pool, PoolMember, PoolSkill, Strategy
from routing.models.rule_set import (
    DestinationKind,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    VersionState,
)
from routing.models.sla import SlaKind, SlaPolicy, SlaTimer
from routing.models.source_cap import SourceCap
from routing.models.territory import Territory, TerritoryOwner, TerritoryRole
from routing.models.territory_upload import TerritoryUpload
from routing.models.turn_entry import TurnEntry, TurnKind

__all__ = [
    "Assignment",
    "Decision",
    "DecisionKind",
    "DestinationKind",
    "EndReason",
    "HoldingQueue",
    "Incident",
    "OutboxMessage",
    "Outcome",
    "OutcomeRefresh",
    "Pool",
    "PoolMember",
    "PoolSkill",
    "RepOutcome",
    "ReturnReason",
    "RoutingRule",
    "RuleChoice",
    "RuleSet",
    "RuleSetVersion",
    "SlaKind",
    "SlaPolicy",
    "SlaTimer",
    "SourceCap",
    "Strategy",
    "Territory",
    "TerritoryOwner",
    "TerritoryRole",
    "TerritoryUpload",
    "TurnEntry",
    "TurnKind",
    "VersionState",
]
