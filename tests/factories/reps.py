"""Reps, their teams, hours, leave and skills."""

from datetime import time, timedelta

import factory
from django.utils import timezone
from django.utils.text import slugify
from factory.django import DjangoModelFactory

from leadrouter.common import roles
from reps.models import Holiday, Rep, RepSkill, Skill, Team, TimeOff, Weekday, WorkingHours
from tests.factories.users import UserFactory


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda number: f"Team {number}")
    slug = factory.LazyAttribute(lambda team: slugify(team.name))
    timezone = "UTC"


class RepFactory(DjangoModelFactory):
    """Always at work and without caps until a test gives them hours, leave or caps."""

    class Meta:
        model = Rep

    class Params:
        inactive = factory.Trait(
            is_active=False, deactivated_at=factory.LazyFunction(timezone.now), is_accepting=False
        )

    name = factory.Sequence(lambda number: f"Rep {number}")
    slug = factory.LazyAttribute(lambda rep: slugify(rep.name))
    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(
        UserFactory,
        username=factory.LazyAttribute(lambda user: user.factory_parent.slug),
        first_name=factory.LazyAttribute(lambda user: user.factory_parent.name.partition(" ")[0]),
        last_name=factory.LazyAttribute(lambda user: user.factory_parent.name.partition(" ")[2]),
        groups=[roles.REP],
    )


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill

    name = factory.Sequence(lambda number: f"Skill {number}")
    slug = factory.LazyAttribute(lambda skill: slugify(skill.name))


class RepSkillFactory(DjangoModelFactory):
    class Meta:
        model = RepSkill

    rep = factory.SubFactory(RepFactory)
    skill = factory.SubFactory(SkillFactory)
    level = 3


class WorkingHoursFactory(DjangoModelFactory):
    """Of a team; `rep=…, team=None` makes them a rep's own."""

    class Meta:
        model = WorkingHours

    team = factory.SubFactory(TeamFactory)
    weekday = Weekday.MONDAY
    starts_at = time(9)
    ends_at = time(17)


class TimeOffFactory(DjangoModelFactory):
    """A week of leave that began yesterday."""

    class Meta:
        model = TimeOff

    rep = factory.SubFactory(RepFactory)
    kind = TimeOff.Kind.LEAVE
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    ends_at = factory.LazyAttribute(lambda leave: leave.starts_at + timedelta(days=7))


class HolidayFactory(DjangoModelFactory):
    class Meta:
        model = Holiday

    country = "US"
    on = factory.Sequence(lambda number: timezone.now().date() + timedelta(days=number))
    name = factory.Sequence(lambda number: f"Holiday {number}")
