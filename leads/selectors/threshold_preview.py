"""What thresholds would mean, on the newest leads and on what people decided."""

from collections import Counter
from dataclasses import dataclass

from leadrouter.common.rows import fetch
from leads.domain.blocking import blocking_keys
from leads.domain.similarity import Thresholds, Verdict, compare, judge, names_may_agree
from leads.models import DuplicatePair, Lead
from leads.selectors.candidates import candidates_read, person_of_lead

NEWEST = 200


@dataclass(frozen=True, slots=True)
class ThresholdPreview:
    """`pairs`: {verdict: pairs} among the newest leads; `agreed` and `refused` are reviewed pairs from
    `certain` on that people merged and kept apart."""

    leads: int
    pairs: dict[str, int]
    agreed: int
    refused: int


def preview_thresholds(thresholds: Thresholds) -> ThresholdPreview:
    """Compares the newest leads with all others. Queries: 3."""
    leads = list(Lead.objects.current().order_by("-pk")[:NEWEST])
    persons = {lead.pk: person_of_lead(lead) for lead in leads}
    keys = {pk: set(blocking_keys(person)) for pk, person in persons.items()}
    found = fetch(candidates_read(set().union(*keys.values()))) if keys else []
    counts: Counter[str] = Counter()
    for candidate in found:
        others = candidate.keys.keys()
        other = candidate.person()
        for pk, person in persons.items():
            if candidate.lead_id >= pk or not keys[pk] & others:
                continue
            if names_may_agree(person, other.given, other.family):
                counts[judge(compare(person, other), thresholds)] += 1
    above = DuplicatePair.objects.filter(points__gte=thresholds.certain)
    states = Counter(above.values_list("state", flat=True))
    return ThresholdPreview(
        leads=len(leads),
        pairs={verdict: counts[verdict] for verdict in Verdict},
        agreed=states[DuplicatePair.State.MERGED],
        refused=states[DuplicatePair.State.APART],
    )
