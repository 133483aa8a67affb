"""Looks for values that may be better, and does what a person decided about them, with a way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.domain.emails import read_email
from leads.domain.notes import Notes
from leads.domain.suggesting import FIELDS, propose
from leads.models import Interaction, Lead, LeadIdentity, Suggestion, SuggestionState
from leads.selectors.identities import lock_leads
from leads.services.attributing import DERIVED, refresh_derived

SCAN_LIMIT = 20_000
_CHUNK = 1_000
_STATE = SuggestionState


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were done, and a sentence for each that could not be."""

    done: int
    left: tuple[str, ...] = ()


def find_suggestions(*, limit: int = SCAN_LIMIT) -> int:
    """Looks through the newest leads and stores what is new; returns how many. What was decided once is
    not suggested again. Queries: 2 for each thousand leads, and two counts."""
    before = Suggestion.objects.count()
    rows = Lead.objects.filter(erased_at=None, merged_into=None).order_by("-id")
    values = rows.values("pk", *FIELDS)[:limit]
    batch: list[Suggestion] = []
    for row in values.iterator(chunk_size=_CHUNK):
        batch += [
            Suggestion(lead_id=row["pk"], field=one.field, rule=one.rule, before=one.before,
                       after=one.after, why=one.why)
            for one in propose(row)
        ]  # fmt: skip
        if len(batch) >= _CHUNK:
            _store(batch)
            batch = []
    _store(batch)
    return Suggestion.objects.count() - before


def _store(batch: list[Suggestion]) -> None:
    Suggestion.objects.bulk_create(batch, ignore_conflicts=True)


def accept_suggestions(*, ids: Sequence[int], user: Any, now: datetime) -> Decided:
    """Changes the leads as suggested, where the value is still what it was."""
    return _decide(ids, _STATE.OPEN, _STATE.ACCEPTED, user, now)


def undo_suggestions(*, ids: Sequence[int], user: Any, now: datetime) -> Decided:
    """Puts the earlier values back, where nobody changed them since."""
    return _decide(ids, _STATE.ACCEPTED, _STATE.UNDONE, user, now)


@transaction.atomic
def reject_suggestions(*, ids: Sequence[int], user: Any, now: datetime) -> Decided:
    """Leaves the leads as they are, for good."""
    rows = Suggestion.objects.filter(pk__in=ids, state=_STATE.OPEN)
    done = rows.update(state=_STATE.REJECTED, decided_at=now, decided_by=user, updated_at=now)
    return Decided(done)


@transaction.atomic
def _decide(ids: Sequence[int], start: str, end: str, user: Any, now: datetime) -> Decided:
    """Locks: the leads concerned, in id order; then their suggestions, read again under those locks."""
    wanted = Suggestion.objects.filter(pk__in=ids, state=start)
    leads = lock_leads(wanted.values_list("lead_id", flat=True))
    left: list[str] = []
    done = 0
    for one in wanted.order_by("pk"):
        lead = leads[one.lead_id]
        old, new = (one.before, one.after) if end == _STATE.ACCEPTED else (one.after, one.before)
        refusal = _change(lead, one.field, old, new, now)
        if refusal:
            left.append(refusal)
            continue
        _note(lead, one, old, new, user, now)
        Suggestion.objects.filter(pk=one.pk).update(
            state=end, decided_at=now, decided_by=user, updated_at=now
        )
        done += 1
    return Decided(done, tuple(left))


def _change(lead: Lead, field: str, old: str, new: str, now: datetime) -> str:
    """Sets one field and what hangs on it; returns why not, as a sentence, else nothing."""
    if lead.erased_at or lead.merged_into_id:
        return f"{lead} is no lead of its own any more."
    if getattr(lead, field) != old:
        return f"{lead}: {field} was changed meanwhile, so it was left as it is."
    columns = [field]
    if field == "email":
        refusal = _change_address(lead, new)
        if refusal:
            return refusal
        columns += ["email_domain", "is_free_mail"]
    setattr(lead, field, new)
    refresh_derived(lead)
    lead.updated_at = now
    lead.save(update_fields=[*columns, *DERIVED, "updated_at"])
    return ""


def _change_address(lead: Lead, new: str) -> str:
    """The lead is known by the new address too; the old one stays, for whoever writes it again."""
    reading = read_email(new, Notes())
    identity, _ = LeadIdentity.objects.get_or_create(
        kind=LeadIdentity.Kind.EMAIL, value=reading.key, defaults={"lead": lead}
    )
    if identity.lead_id != lead.pk:
        return f"{lead}: {new} belongs to {identity.lead} already; merge the two instead."
    lead.email_domain, lead.is_free_mail = reading.domain, reading.is_free_mail
    return ""


def _note(lead: Lead, one: Suggestion, old: str, new: str, user: Any, now: datetime) -> None:
    Interaction.objects.create(
        lead=lead,
        kind=Interaction.Kind.NOTE,
        occurred_at=now,
        summary=f"Data corrected, {one.field}: “{old}” → “{new}”"[:500],
        body=one.why,
        data={"suggestion": one.pk},
        actor=user,
    )


def say_decided(decided: Decided, said: str, most: int = 5) -> Iterable[str]:
    """Sentences for whoever decided."""
    are = "suggestion was" if decided.done == 1 else "suggestions were"
    yield f"{decided.done} {are} {said}."
    yield from decided.left[:most]
    if len(decided.left) > most:
        yield f"{len(decided.left) - most} more could not be done."
