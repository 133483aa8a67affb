"""Pairs that a person puts into the review queue."""

from datetime import datetime

from django.db import transaction

from leadrouter.common.errors import InvalidInput
from leads.domain.similarity import compare
from leads.domain.similarity_words import explain
from leads.models import DuplicatePair, Lead
from leads.selectors.candidates import person_of_lead


@transaction.atomic
def propose_pair(*, lead: Lead, other: Lead, now: datetime) -> DuplicatePair:
    """Opens the review of two leads, also of two that were kept apart before.

    Raises: InvalidInput for a lead and itself, or one that is merged already.
    """
    if lead.pk == other.pk:
        raise InvalidInput("A lead cannot be merged with itself.", fields={"other": "the same"})
    for each in (lead, other):
        if each.merged_into_id is not None:
            raise InvalidInput(f"{each} was merged already.", fields={"other": "merged"})
    low, high = sorted((lead, other), key=lambda each: each.pk)
    one, two = person_of_lead(low), person_of_lead(high)
    likeness = compare(one, two)
    found = {
        "state": DuplicatePair.State.OPEN,
        "points": likeness.total,
        "evidence": explain(likeness, one, two),
        "found_at": now,
        "decided_at": None,
        "decided_by": None,
        "postponed_at": None,
    }
    pairs = DuplicatePair.objects.filter(one=low, other=high)
    if pairs.update(**found):
        return pairs.get()
    return DuplicatePair.objects.create(one=low, other=high, **found)
