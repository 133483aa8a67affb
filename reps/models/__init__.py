from reps.models.availability import TimeOff, Weekday, WorkingHours
from reps.models.rep import Rep
from reps.models.skill import RepSkill, Skill
from reps.models.team import Holiday, Team

__all__ = ["Holiday", "Rep", "RepSkill", "Skill", "Team", "TimeOff", "Weekday", "WorkingHours"]
