from leads.models.account import Account
from leads.models.custom_field import CustomField
from leads.models.duplicate import DuplicatePair, LeadKey, LeadMerge, MatchingSettings
from leads.models.import_batch import BatchState, ImportBatch, ImportFile, ImportRow
from leads.models.intake import IntakeItem, IntakeState
from leads.models.interaction import Interaction
from leads.models.lead import Lead, LeadIdentity, ParkedReason, Place, Stage
from leads.models.source import ApiKey, Endpoint, EndpointHealth, EndpointSecret, Source

__all__ = [
    "Account",
    "ApiKey",
    "BatchState",
    "CustomField",
    "DuplicatePair",
    "Endpoint",
    "EndpointHealth",
    "EndpointSecret",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "IntakeItem",
    "IntakeState",
    "Interaction",
    "Lead",
    "LeadIdentity",
    "LeadKey",
    "LeadMerge",
    "MatchingSettings",
    "ParkedReason",
    "Place",
    "Source",
    "Stage",
]
