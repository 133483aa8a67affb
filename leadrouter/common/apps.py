from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "leadrouter.common"
    label = "common"
    verbose_name = "Common"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from leadrouter import checks  # noqa: F401 -- registers the system checks
        from leadrouter.common.organisation import watch_tables
        from leadrouter.common.roles import create_role_groups

        post_migrate.connect(create_role_groups, dispatch_uid="role_groups")
        post_migrate.connect(watch_tables, dispatch_uid="organisation_tables")
