from django.apps import AppConfig

from leadrouter.common.organisation import Changes


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"
    organisation_tables = {
        Changes.SOURCES: {
            "leads_source": (),
            "leads_endpoint": (),
            "leads_customfield": (),
            "leads_channelrule": (),
            "leads_referrersite": (),
            "leads_campaign": (),
            "leads_blockedsender": (),
            "leads_matchingsettings": (),
        }
    }
