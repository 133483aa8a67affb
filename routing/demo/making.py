"""Makes the demo in an empty database, and takes it away again where nothing else is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model, Q

from leadrouter.common.errors import DomainError
from leads.models import (
    Account,
    ApiKey,
    CustomField,
    Endpoint,
    ImportBatch,
    ImportFile,
    ImportRow,
    IntakeItem,
    Interaction,
    Lead,
    LeadIdentity,
    Source,
)
from reps.models import Holiday, Rep, RepSkill, Skill, Team, TimeOff, WorkingHours
from routing.demo.arrivals import KEY_PREFIX, list_arrivals, list_endpoints
from routing.demo.history import History
from routing.demo.organisation import list_usernames, make_organisation, read_organisation
from routing.demo.people import Crowd
from routing.models import (
    Assignment,
    Decision,
    HoldingQueue,
    OutboxMessage,
    Pool,
    PoolMember,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    SlaPolicy,
    SlaTimer,
    Territory,
    TerritoryOwner,
    TurnEntry,
)

SEED = 20
LEADS = 600
# Whoever refers to others comes before them.
HISTORY: tuple[type[Model], ...] = (
    OutboxMessage, SlaTimer, TurnEntry, Assignment, Decision, ImportRow, ImportFile, ImportBatch,
    Interaction, LeadIdentity, IntakeItem, Lead, Account,
)  # fmt: skip
ORGANISATION: tuple[type[Model], ...] = (
    RuleChoice, RoutingRule, RuleSetVersion, RuleSet, TerritoryOwner, Territory, PoolMember, Pool,
    HoldingQueue, SlaPolicy, ApiKey, Endpoint, Source, CustomField, RepSkill, Skill, TimeOff, WorkingHours,
    Holiday, Rep, Team,
)  # fmt: skip


class NotOnlyDemo(DomainError):  # noqa: N818 -- named as the user would say it
    """The database holds something that is not the demo's; nothing was changed."""

    code = "not_only_demo"


@dataclass(frozen=True, slots=True)
class Made:
    """What is there now: `usernames` may sign in with the password given."""

    leads: int
    usernames: list[str]


def is_empty() -> bool:
    """True when there is no organisation yet, whatever users there are."""
    return not any(model._default_manager.exists() for model in (*HISTORY, *ORGANISATION))  # noqa: SLF001


def is_demo() -> bool:
    """True when the demo's organisation is here (and perhaps more)."""
    return IntakeItem.objects.filter(dedupe_key=f"{KEY_PREFIX}1").exists()


@transaction.atomic
def make_demo(*, password: str, now: datetime, leads: int = LEADS) -> Made:
    """Makes the organisation and its history up to `now`; the same `now` gives the same demo.

    One transaction: an interrupted run leaves nothing behind. The messages of the history are
    discarded, as nobody waits for them.
    """
    document = make_organisation(password=password, now=now)
    crowd = Crowd(SEED)
    History(crowd, now, list_endpoints()).play(list_arrivals(crowd, leads, now))
    OutboxMessage.objects.update(state=OutboxMessage.State.DISCARDED)
    return Made(Lead.objects.count(), list_usernames(document))


@transaction.atomic
def remove_demo() -> None:
    """Deletes the demo. Raises: NotOnlyDemo, naming what else is in the database."""
    if strangers := list(_find_strangers()):
        raise NotOnlyDemo(
            "This database holds more than the demo, so nothing was deleted: "
            + "; ".join(strangers)
        )
    Territory.objects.update(parent=None)
    for model in (*HISTORY, *ORGANISATION):
        model._default_manager.all().delete()  # noqa: SLF001
    get_user_model().objects.filter(username__in=list_usernames(read_organisation())).delete()


def _find_strangers() -> Iterator[str]:
    document = read_organisation()
    foreign = IntakeItem.objects.exclude(
        Q(dedupe_key__startswith=KEY_PREFIX)
        | Q(import_rows__batch__file_name__startswith=KEY_PREFIX)
    )
    if foreign.exists():
        yield f"{foreign.count()} deliveries from elsewhere"
    if batches := ImportBatch.objects.exclude(file_name__startswith=KEY_PREFIX).count():
        yield f"{batches} imported files"
    if keys := ApiKey.objects.count():
        yield f"{keys} API keys"
    sections: dict[str, type[Model]] = {
        "teams": Team, "reps": Rep, "skills": Skill, "sources": Source, "pools": Pool,
        "holding_queues": HoldingQueue, "sla_policies": SlaPolicy, "territories": Territory,
        "rule_sets": RuleSet,
    }  # fmt: skip
    for name, model in sections.items():
        known = [entry["slug"] for entry in document[name]]
        slugs = model._default_manager.exclude(slug__in=known).values_list("slug", flat=True)  # noqa: SLF001
        if slugs:
            yield f"{name.replace('_', ' ')}: {', '.join(sorted(slugs)[:5])}"
    if RuleSetVersion.objects.filter(number__gt=1).exists():
        yield "rules that somebody changed"
