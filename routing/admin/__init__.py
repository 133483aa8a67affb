"""Routing in the admin: territories, pools, rules, promises, and the record of what was decided."""

from routing.admin.assignment import AssignmentAdmin
from routing.admin.decision import DecisionAdmin
from routing.admin.holding_queue import HoldingQueueAdmin
from routing.admin.incident import IncidentAdmin
from routing.admin.outbox_message import OutboxMessageAdmin
from routing.admin.pool import PoolAdmin
from routing.admin.routing_rule import RoutingRuleAdmin
from routing.admin.rule_set import RuleSetAdmin
from routing.admin.rule_set_version import RuleSetVersionAdmin
from routing.admin.sla_policy import SlaPolicyAdmin
from routing.admin.sla_timer import SlaTimerAdmin
from routing.admin.territory import TerritoryAdmin
from routing.admin.turn_entry import TurnEntryAdmin

__all__ = [
    "AssignmentAdmin",
    "DecisionAdmin",
    "HoldingQueueAdmin",
    "IncidentAdmin",
    "OutboxMessageAdmin",
    "PoolAdmin",
    "RoutingRuleAdmin",
    "RuleSetAdmin",
    "RuleSetVersionAdmin",
    "SlaPolicyAdmin",
    "SlaTimerAdmin",
    "TerritoryAdmin",
    "TurnEntryAdmin",
]
