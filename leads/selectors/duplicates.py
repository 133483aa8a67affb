"""Pairs that wait for a decision, and what was merged."""

from django.db.models import F, Q, QuerySet

from leads.models import DuplicatePair, Lead, LeadIdentity, LeadMerge


def list_open_pairs() -> "QuerySet[DuplicatePair]":
    """The review queue: the likeliest first, postponed ones at the end."""
    return (
        DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN)
        .select_related("one__source", "one__owner", "other__source", "other__owner")
        .order_by(F("postponed_at").asc(nulls_first=True), "-points", "id")
    )


def count_open_pairs() -> int:
    """How many pairs wait."""
    return DuplicatePair.objects.filter(state=DuplicatePair.State.OPEN).count()


def find_pair(pair_id: int) -> DuplicatePair | None:
    """One pair with its leads."""
    leads = ("one__source", "one__owner", "one__account", "other__source", "other__owner",
             "other__account", "decided_by")  # fmt: skip
    return DuplicatePair.objects.select_related(*leads).filter(pk=pair_id).first()


def list_pairs_of(lead: Lead) -> list[DuplicatePair]:
    """Open pairs of one lead, the likeliest first. Queries: 1."""
    mine = Q(one=lead) | Q(other=lead)
    rows = DuplicatePair.objects.filter(mine, state=DuplicatePair.State.OPEN)
    return list(rows.select_related("one", "other")[:10])


def list_merges_of(lead: Lead) -> list[LeadMerge]:
    """What was merged into the lead and is still, newest first. Queries: 1."""
    rows = LeadMerge.objects.filter(kept=lead, undone_at=None)
    return list(rows.select_related("merged__owner", "merged_by")[:20])


def find_merge(merge_id: int) -> LeadMerge | None:
    """One merge with both leads, as they are now."""
    rows = LeadMerge.objects.select_related("kept__merged_into", "merged", "merged_by")
    return rows.filter(pk=merge_id).first()


def list_merge_history(lead: Lead) -> list[LeadMerge]:
    """Every merge the lead took part in, also undone ones, newest first. Queries: 1."""
    rows = LeadMerge.objects.filter(Q(kept=lead) | Q(merged=lead))
    return list(rows.select_related("kept", "merged", "merged_by", "undone_by")[:20])


def list_identity_keys(lead_ids: list[int]) -> list[tuple[str, str]]:
    """(kind, value) of everything that names these leads."""
    rows = LeadIdentity.objects.filter(lead__in=lead_ids).values_list("kind", "value")
    return list(rows)


def find_survivor(lead: Lead) -> Lead:
    """The lead that this one has become, through any number of merges; itself if none."""
    seen = {lead.pk}
    while lead.merged_into_id is not None and lead.merged_into_id not in seen:
        lead = Lead.objects.get(pk=lead.merged_into_id)
        seen.add(lead.pk)
    return lead
