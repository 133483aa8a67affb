"""Who the persons of a batch are: by address, by thread, by likeness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadrouter.common.organisation import Stamps
from leadrouter.common.rows import Row
from leadrouter.common.sql import insert_all
from leads.domain.draft import Draft
from leads.domain.identity import is_same_person
from leads.domain.person import person_of_draft
from leads.domain.similarity import Verdict
from leads.models import Account, Lead, LeadIdentity
from leads.selectors.attribution import AttributionSetup
from leads.selectors.matching_settings import get_matching
from leads.services.absorbing import (
    Absorbed,
    Pair,
    close_as_merged,
    pair_with,
    write_keys,
    write_merges,
    write_pairs,
)
from leads.services.deliveries import Delivery, Key
from leads.services.lead_rows import get_email_key, make_lead
from leads.services.matching import Match, Matcher, evidence_of, likeliest, make_matcher
from leads.services.snapshots import take_snapshot
from leads.services.threads import thread_key


@dataclass(slots=True)
class Findings:
    """What a batch found out about who is who, besides what equal addresses say."""

    matcher: Matcher
    stored: dict[int, list[Match]] = field(default_factory=dict)  # by item
    waiting: dict[int, list[Match]] = field(default_factory=dict)  # likely ones, by item
    absorbed: list[Absorbed] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    def certain_ids(self) -> list[int]:
        return [
            match.lead_id
            for matches in self.stored.values()
            for match in matches
            if match.verdict == Verdict.CERTAIN
        ]


def prepare_matching(deliveries: Sequence[Delivery], stamps: Stamps | None) -> Findings:
    matching = get_matching(stamps)
    if matching.is_active:
        for delivery in deliveries:
            delivery.person = person_of_draft(delivery.draft)
    return Findings(make_matcher([one.person for one in deliveries], matching.thresholds))


def match_unknown(
    deliveries: Sequence[Delivery], known: dict[Key, int], matcher: Matcher
) -> dict[int, list[Match]]:
    """Stored leads that the deliveries may be whose address is not known, by item."""
    return {
        delivery.item.pk: matcher.match_stored(delivery.person)
        for delivery in deliveries
        if not any(key in known and key[0] != LeadIdentity.Kind.PHONE for key in delivery.keys)
    }


def find_by_thread(delivery: Delivery, by_key: dict[Key, Lead]) -> Lead | None:
    key = thread_key(delivery.item)
    return by_key.get(key) if key else None


def recognise(draft: Draft, by_key: dict[Key, Lead]) -> Lead | None:
    for kind, value in draft.identity_keys:
        lead = by_key.get((kind, value))
        if lead is None:
            continue
        if kind == LeadIdentity.Kind.EMAIL or is_same_person(
            draft, lead.full_name, get_email_key(lead)
        ):
            return lead
    return None


def find_other_named(draft: Draft, lead: Lead, by_key: dict[Key, Lead]) -> Lead | None:
    """Somebody else, by the rows, whom the delivery names as well."""
    found = (by_key.get(key) for key in draft.identity_keys)
    for other in found:
        if other is not None and other is not lead and other.pk and lead.pk:
            return other if is_same_person(draft, other.full_name, "") else None
    return None


def find_alike(
    delivery: Delivery,
    account: Account | None,
    leads: Mapping[int, Lead],
    findings: Findings,
    setup: AttributionSetup,
    now: datetime,
) -> Lead | None:
    """The lead that the delivery certainly is, to be met again; likely ones become pairs of `lead`.

    The delivery keeps a lead of its own that was merged from the start: undoing brings it back.
    """
    person = delivery.person
    stored = findings.stored.get(delivery.item.pk, [])
    matches = likeliest([*stored, *findings.matcher.match_new(person)])
    for match in matches:
        # A row that somebody merged meanwhile, before it was locked, is nobody any more.
        lead = match.lead or leads.get(match.lead_id)
        if match.verdict == Verdict.CERTAIN and lead and lead.merged_into_id is None:
            absorbed = make_lead(delivery, account, setup, now)
            close_as_merged(absorbed, lead, now)
            findings.absorbed.append(
                Absorbed(
                    lead=absorbed,
                    into=lead,
                    item=delivery.item,
                    identities=list(delivery.keys),
                    evidence=evidence_of(match, person),
                    points=match.likeness.total,
                    before=take_snapshot(lead),
                )
            )
            return lead
    findings.waiting[delivery.item.pk] = matches
    return None


def insert_leads(new: list[Lead], absorbed: list[Absorbed], keys: Sequence[Row]) -> None:
    """Inserts the leads of the batch, those that were merged from the start after the others."""
    insert_all(new, keys=keys)
    for one in absorbed:
        one.lead.merged_into_id = one.into.pk
    insert_all([one.lead for one in absorbed], keys=keys[len(new) :])


def write_findings(deliveries: Sequence[Delivery], findings: Findings, now: datetime) -> None:
    filed = [(delivery.person, delivery.lead) for delivery in deliveries if delivery.lead]
    persons = {one.item.pk: one.person for one in deliveries}
    filed += [(persons[one.item.pk], one.lead) for one in findings.absorbed]
    write_keys(findings.matcher, filed)
    pairs = [
        pair_with(delivery.lead, match, delivery.person)
        for delivery in deliveries
        if delivery.lead
        for match in findings.waiting.get(delivery.item.pk, ())
    ]
    write_pairs([*findings.pairs, *pairs], now)
    write_merges(findings.absorbed, now)
