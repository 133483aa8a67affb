"""Where leads come from and where they are, in the admin."""

from leads.admin.account import AccountAdmin
from leads.admin.api_key import ApiKeyAdmin
from leads.admin.blocked_sender import BlockedSenderAdmin
from leads.admin.campaign import CampaignAdmin, ReferrerSiteAdmin
from leads.admin.channel_rule import ChannelRuleAdmin
from leads.admin.consent import ConsentAdmin
from leads.admin.custom_field import CustomFieldAdmin
from leads.admin.duplicate_pair import DuplicatePairAdmin
from leads.admin.endpoint import EndpointAdmin
from leads.admin.import_batch import ImportBatchAdmin
from leads.admin.intake_item import IntakeItemAdmin
from leads.admin.lead import LeadAdmin
from leads.admin.lead_merge import LeadMergeAdmin
from leads.admin.matching_settings import MatchingSettingsAdmin
from leads.admin.source import SourceAdmin
from leads.admin.suggestion import SuggestionAdmin

__all__ = [
    "AccountAdmin",
    "ApiKeyAdmin",
    "BlockedSenderAdmin",
    "CampaignAdmin",
    "ChannelRuleAdmin",
    "ConsentAdmin",
    "CustomFieldAdmin",
    "DuplicatePairAdmin",
    "EndpointAdmin",
    "ImportBatchAdmin",
    "IntakeItemAdmin",
    "LeadAdmin",
    "LeadMergeAdmin",
    "MatchingSettingsAdmin",
    "ReferrerSiteAdmin",
    "SourceAdmin",
    "SuggestionAdmin",
]
