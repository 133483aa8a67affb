"""Bringing people in, and letting them go: a user and a rep are made and changed together."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from leadrouter.common.errors import InvalidInput
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, REP
from reps.models import Rep
from reps.signals import availability_changed

STAFF_ROLES = frozenset({ADMINISTRATOR, MANAGER, MARKETING})


@transaction.atomic
def register_rep(
    *, rep: Rep, email: str, roles: Collection[str], password: str = "", now: datetime
) -> Rep:
    """Saves an unsaved rep with a new user who signs in with the e-mail address.

    Without a password the user cannot sign in until one is set. Raises: InvalidInput.
    """
    _refuse_taken_email(email, keep=None)
    user = get_user_model()(username=email.lower(), email=email)
    user.set_password(password or None)
    _name_user(user, rep.name)
    user.save()
    rep.user = user
    _note_moments(rep, now)
    rep.save()
    set_roles(user=user, roles={*roles, REP})
    availability_changed.send(sender=Rep, now=now)
    return rep


@transaction.atomic
def update_rep(*, rep: Rep, email: str, roles: Collection[str], now: datetime) -> Rep:
    """Saves changed fields of a rep, and the user's name, address and roles with them.

    Leads that waited for somebody are tried again. Raises: InvalidInput.
    """
    user = rep.user
    _refuse_taken_email(email, keep=user.pk)
    if user.email.lower() != email.lower():
        # The sign-in name follows the address where it was made from it.
        if user.username == user.email.lower():
            user.username = email.lower()
        user.email = email
    _name_user(user, rep.name)
    user.save()
    _note_moments(rep, now)
    rep.save()
    set_roles(user=user, roles={*roles, REP})
    availability_changed.send(sender=Rep, now=now)
    return rep


def _note_moments(rep: Rep, now: datetime) -> None:
    """Since when a rep is inactive (coming back clears it), and when the switch was last moved."""
    if rep.is_active:
        rep.deactivated_at = None
    elif rep.deactivated_at is None:
        rep.deactivated_at = now
    stored = Rep.objects.filter(pk=rep.pk).values_list("is_accepting", flat=True).first()
    if stored is not None and stored != rep.is_accepting:
        rep.accepting_changed_at = now


def set_roles(*, user: Any, roles: Collection[str]) -> None:
    """Puts the user into exactly these role groups; other groups stay. Staff roles open the admin."""
    known = Group.objects.filter(name__in={*STAFF_ROLES, REP})
    user.groups.remove(*[group for group in known if group.name not in roles])
    user.groups.add(*[group for group in known if group.name in roles])
    is_staff = user.is_superuser or bool(STAFF_ROLES & set(roles))
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])


def _name_user(user: Any, name: str) -> None:
    first, _, last = name.partition(" ")
    user.first_name, user.last_name = first[:150], last[:150]


def _refuse_taken_email(email: str, *, keep: int | None) -> None:
    users = get_user_model().objects.exclude(pk=keep or 0)
    if users.filter(email__iexact=email).exists() or users.filter(username=email.lower()).exists():
        raise InvalidInput(
            f"Somebody else already signs in with {email}.", fields={"email": "Already in use."}
        )
