"""People who sign in."""

from typing import TYPE_CHECKING, Any

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from leadrouter.common import roles

if TYPE_CHECKING:
    from reps.models import Rep

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory):
    """`groups=["manager"]` puts the user into role groups. Only `superuser=True` is above them."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    class Params:
        superuser = factory.Trait(is_superuser=True, is_staff=True)

    username = factory.Sequence(lambda number: f"user{number}")
    first_name = "Robin"
    last_name = factory.Sequence(lambda number: f"Example {number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))

    @factory.post_generation
    def groups(self, create: bool, names: list[str] | None, **_: Any) -> None:
        if create and names:
            self.groups.set([Group.objects.get(name=name) for name in names])


def make_administrator(**fields: Any) -> Any:
    return UserFactory(groups=[roles.ADMINISTRATOR], is_staff=True, **fields)


def make_manager(**fields: Any) -> Any:
    return UserFactory(groups=[roles.MANAGER], is_staff=True, **fields)


def make_marketing(**fields: Any) -> Any:
    return UserFactory(groups=[roles.MARKETING], is_staff=True, **fields)


def make_rep(**fields: Any) -> "Rep":
    """Returns the `Rep`; `rep.user` is the person signing in."""
    from tests.factories.reps import RepFactory

    return RepFactory(**fields)
