"""A delivery as the stages of ingesting pass it on: what it says, and whose it is once that is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leads.domain.cleansing import inspect
from leads.domain.custom_fields import find_field, read_custom
from leads.domain.draft import Draft, FieldWarning, Problem
from leads.domain.envelope import Kind
from leads.domain.person import Person
from leads.models import Account, IntakeItem, Lead
from leads.selectors.custom_fields import Definitions
from leads.services.threads import kind_of, thread_key

# A sender's clock may be a little ahead of ours; more than that is not believed.
CLOCK_TOLERANCE = timedelta(minutes=5)

Key = tuple[str, str]
Reading = tuple[Draft, tuple[Problem, ...]]


@dataclass(slots=True)
class Delivery:
    item: IntakeItem
    draft: Draft
    custom: dict[str, Any] = field(default_factory=dict)
    custom_warnings: tuple[FieldWarning, ...] = ()
    person: Person = field(default_factory=Person)
    account: Account | None = None
    account_match: str = ""
    lead: Lead | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """By what the delivery's person is known: the conversation it belongs to, then addresses."""
        key = thread_key(self.item)
        return ((key,) if key else ()) + self.draft.identity_keys


def read_items(items: Sequence[IntakeItem]) -> dict[int, Reading]:
    """Cleanses what was delivered, by item id; touches no row, so no lock need be held."""
    return {
        item.pk: inspect(
            item.payload.get("fields", {}),
            # A file may have been read for another country than its source's usual one.
            default_country=item.payload.get(
                "default_country", item.endpoint.source.default_country
            ),
        )
        for item in items
    }


def sort_out(
    items: Sequence[IntakeItem], readings: Mapping[int, Reading], definitions: Definitions
) -> tuple[list[Delivery], list[tuple[int, str]]]:
    """Returns the deliveries that name somebody, and (id, sentence) of those that do not."""
    deliveries, unusable = [], []
    for item in items:
        draft, problems = readings[item.pk]
        names_somebody = not problems and draft.identity_keys
        if not (names_somebody or item.thread):
            reasons = " ".join(problem.message for problem in problems)
            unusable.append((item.pk, reasons or "Neither an e-mail address nor a phone number."))
        else:
            read = read_custom(_told_beside(item, definitions), definitions)
            deliveries.append(Delivery(item, draft, *read))
    return deliveries, unusable


def _told_beside(item: IntakeItem, definitions: Definitions) -> dict[str, Any]:
    """What was told that is no field of ours: answers too, by the name that means a field."""
    extra: dict[str, Any] = item.payload.get("extra", {})
    answers = item.payload.get("answers")
    if not answers:
        return extra
    named = {
        one["label"] if find_field(one["label"], definitions) else one["key"]: one["value"]
        for one in answers
    }
    return named | extra


def in_telling_order(deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
    """Those that name somebody first, so that the others of their threads find them."""
    return sorted(deliveries, key=lambda one: not one.draft.identity_keys)


def is_deletion(delivery: Delivery) -> bool:
    return kind_of(delivery.item) == Kind.LEAD_DELETED


def get_occurred_at(delivery: Delivery) -> datetime:
    received = delivery.item.received_at
    stated = delivery.draft.occurred_at
    return min(stated, received + CLOCK_TOLERANCE) if stated else received
