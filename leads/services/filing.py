"""Files stored leads under their keys, for leads that came before there were any."""

from leadrouter.common.sql import insert_rows
from leads.domain.blocking import blocking_keys
from leads.models import Lead, LeadKey
from leads.selectors.candidates import person_of_lead

CHUNK = 1000


def file_leads() -> int:
    """Writes the missing keys of every lead, a thousand leads a statement; returns how many leads."""
    count, last = 0, 0
    while leads := list(Lead.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        rows = [(key, lead.pk) for lead in leads for key in blocking_keys(person_of_lead(lead))]
        insert_rows(LeadKey, ("key", "lead_id"), sorted(rows), ignores_conflicts=True)
        count, last = count + len(leads), leads[-1].pk
    return count
