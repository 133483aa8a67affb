"""What deciding kept about people who are to be forgotten, and who held them."""

from collections.abc import Sequence
from datetime import datetime

from leads.models import Lead
from leads.services.erasing import ERASED, close_in_memory
from routing.models import Assignment, Decision, EndReason
from routing.services.assignments import end_assignment, find_open_assignment
from routing.services.placing import place_leads

# Facts that may tell who it was; the others say where a lead of that kind went.
_PERSONAL = (
    "city", "postal_code", "email_domain", "job_title", "company", "company_domain", "message",
)  # fmt: skip
_OWN = ("custom.", "answer.")


def settle_erased(*, leads: Sequence[Lead], now: datetime, reason: str = ERASED) -> None:
    """Takes erased (locked) leads from whoever has them and clears what decisions know of them."""
    if not leads:
        return
    for lead in leads:
        assignment = find_open_assignment(lead)
        if assignment:
            end_assignment(assignment=assignment, reason=EndReason.CLOSED, note="Deleted", now=now)
        close_in_memory(lead, now, reason)
    place_leads(leads=leads)
    # What reps wrote about the person is about the person.
    Assignment.objects.filter(lead_id__in=[lead.pk for lead in leads]).update(end_note="")
    for decision in Decision.objects.filter(lead_id__in=[lead.pk for lead in leads]):
        decision.facts = {
            name: value
            for name, value in decision.facts.items()
            if name not in _PERSONAL and not name.startswith(_OWN)
        }
        decision.save(update_fields=["facts"])
