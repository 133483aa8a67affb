from leads.models.account import Account, AccountAlias
from leads.models.attribution import Campaign, ChannelRule, ReferrerSite
from leads.models.blocked_sender import BlockedSender
from leads.models.consent import Consent
from leads.models.custom_field import CustomField
from leads.models.duplicate import DuplicatePair, LeadKey, LeadMerge, MatchingSettings
from leads.models.import_batch import BatchState, ImportBatch, ImportFile, ImportRow
from leads.models.intake import IntakeItem, IntakeState
from leads.models.interaction import Interaction
from leads.models.lead import Lead, LeadIdentity, ParkedReason, Place, Stage
from leads.models.source import (
    ApiKey,
    Endpoint,
    EndpointHealth,
    EndpointSecret,
    MailboxPosition,
    Source,
)
from leads.models.suggestion import Suggestion, SuggestionState

__all__ = [
    "Account",
    "AccountAlias",
    "ApiKey",
    "BatchState",
    "BlockedSender",
    "Campaign",
    "ChannelRule",
    "Consent",
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
    "MailboxPosition",
    "MatchingSettings",
    "ParkedReason",
    "Place",
    "ReferrerSite",
    "Source",
    "Stage",
    "Suggestion",
    "SuggestionState",
]
