"""The four roles of an organisation, as Django groups with their permissions."""

from typing import Any

from django.db.models import QuerySet

ADMINISTRATOR = "administrator"
MANAGER = "manager"
MARKETING = "marketing"
REP = "rep"

# Group -> app label -> model name -> verbs. "*" stands for every model of the app.
ALL = ("view", "add", "change", "delete")
READ = ("view",)
ROLE_PERMISSIONS: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    ADMINISTRATOR: {
        "*": {"*": ALL},
    },
    MANAGER: {
        "reps": {"*": ALL},
        "leads": {
            "*": READ,
            "source": ("view", "add", "change"),
            "endpoint": ("view", "add", "change"),
            "account": ("view", "add", "change"),
            "accountalias": ALL,
            "customfield": ("view", "add", "change"),
            "lead": ("view", "change"),
            "interaction": ("view", "add"),
            "matchingsettings": ("view", "change"),
            "channelrule": ALL,
            "referrersite": ALL,
            "campaign": ("view", "add", "change"),
            "blockedsender": ALL,
            "suggestion": ("view", "change"),
        },
        "processes": {"heartbeat": READ},
        "routing": {
            "*": ALL,
            "decision": READ,
            "assignment": READ,
            "turnentry": READ,
            "repoutcome": READ,
            "outcomerefresh": READ,
            "slatimer": READ,
            "outboxmessage": READ,
            "incident": READ,
        },
    },
    MARKETING: {
        "leads": {
            "source": ("view", "add", "change"),
            "endpoint": READ,
            "importbatch": ("view", "add", "change"),
            "importrow": READ,
            "lead": READ,
            "account": READ,
            "customfield": READ,
            "interaction": READ,
            "intakeitem": READ,
            "duplicatepair": READ,
            "leadmerge": READ,
            "channelrule": ("view", "add", "change"),
            "referrersite": ("view", "add", "change"),
            "campaign": ("view", "add", "change"),
            "consent": READ,
            "suggestion": READ,
        },
    },
    REP: {},
}
# Append-only history: nobody edits it, not even an administrator.
READ_ONLY_MODELS = {
    "decision", "assignment", "turnentry", "slatimer", "importrow", "heartbeat", "incident",
    "repoutcome", "outcomerefresh", "duplicatepair", "leadmerge", "leadkey",
}  # fmt: skip
# Writing rows here is running code in the workers (pickled payloads): superusers only.
SUPERUSER_APPS = {"django_q"}


def _codenames(group: str) -> set[tuple[str, str]]:
    from django.apps import apps

    granted: set[tuple[str, str]] = set()
    wanted = ROLE_PERMISSIONS[group]
    for model in apps.get_models():
        label, name = model._meta.app_label, model._meta.model_name or ""
        by_model = wanted.get(label) or wanted.get("*") or {}
        verbs = by_model.get(name, by_model.get("*", ()))
        if label in SUPERUSER_APPS:
            verbs = ()
        elif name in READ_ONLY_MODELS:
            verbs = tuple(verb for verb in verbs if verb == "view")
        granted |= {(label, f"{verb}_{name}") for verb in verbs}
    return granted


def create_role_groups(**_: Any) -> None:
    """Creates the role groups and gives each exactly the permissions stated above (idempotent)."""
    from django.contrib.auth.models import Group, Permission

    permissions = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name in ROLE_PERMISSIONS:
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([permissions[key] for key in _codenames(name) if key in permissions])


def role_names(user: Any) -> frozenset[str]:
    """Returns the user's roles; one query the first time, kept on the user object after that."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    cached: frozenset[str] | None = getattr(user, "_role_names", None)
    if cached is None:
        groups: QuerySet[Any] = user.groups.all()
        cached = frozenset(groups.values_list("name", flat=True))
        if user.is_superuser:
            cached |= {ADMINISTRATOR}
        setattr(user, "_role_names", cached)  # noqa: B010 -- kept on the user of one request
    return cached


def has_role(user: Any, *names: str) -> bool:
    """True when the user has any of the roles; administrators have all of them but rep."""
    roles = role_names(user)
    return bool(roles & set(names)) or (ADMINISTRATOR in roles and names != (REP,))
