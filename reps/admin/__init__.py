"""People in the admin: teams, reps, skills, holidays, users and roles."""

from reps.admin.group import GroupAdmin
from reps.admin.holiday import HolidayAdmin
from reps.admin.rep import RepAdmin
from reps.admin.skill import SkillAdmin
from reps.admin.team import TeamAdmin
from reps.admin.user import UserAdmin

__all__ = ["GroupAdmin", "HolidayAdmin", "RepAdmin", "SkillAdmin", "TeamAdmin", "UserAdmin"]
