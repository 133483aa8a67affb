from django.apps import AppConfig

from leadrouter.common.organisation import Changes


class RoutingConfig(AppConfig):
    name = "routing"
    verbose_name = "Routing"
    organisation_tables = {
        Changes.PEOPLE: {
            # Its turns move with every lead and are read with the pool itself.
            "routing_pool": ("overflow_id",),
            "routing_pool_required_skills": (),
            "routing_slapolicy": (),
            "routing_sourcecap": (),
            "routing_repoutcome": (),
        },
        Changes.RULES: {
            "routing_ruleset": (),
            "routing_rulesetversion": ("state", "rule_set_id"),
        },
        Changes.TERRITORIES: {"routing_territory": (), "routing_territoryowner": ()},
    }

    def ready(self) -> None:
        from routing import receivers

        receivers.connect()
