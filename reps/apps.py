from django.apps import AppConfig

from leadrouter.common.organisation import Changes


class RepsConfig(AppConfig):
    name = "reps"
    verbose_name = "People"
    organisation_tables = {
        Changes.PEOPLE: {
            "auth_user": ("email", "username"),
            "reps_team": (),
            # What changes with every lead or click is read with the rep's row itself.
            "reps_rep": ("user_id", "team_id", "timezone", "slug"),
            "reps_skill": (),
            "reps_repskill": (),
            "reps_workinghours": (),
            "reps_timeoff": (),
            "reps_holiday": (),
        }
    }
