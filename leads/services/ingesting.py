"""Turns deliveries into leads: cleanse, recognise the person, find the account, keep the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leadrouter.common.organisation import Stamps
from leadrouter.common.rows import ask, pipelined
from leadrouter.common.sql import insert_rows, keys_read, lock_keys, set_columns
from leads.domain.blocking import lock_names
from leads.models import IntakeItem, IntakeState, Interaction, Lead, LeadIdentity, Place
from leads.selectors.accounts import fitting_reads, make_known
from leads.selectors.attribution import get_attribution_setup
from leads.selectors.block_list import get_block_list
from leads.selectors.candidates import candidates_read
from leads.selectors.custom_fields import get_field_definitions
from leads.selectors.identities import find_known, lock_leads
from leads.services import timeline_rows
from leads.services.absorbing import pair_of_one_delivery
from leads.services.consenting import write_consents
from leads.services.deliveries import (
    Delivery,
    Key,
    Reading,
    get_occurred_at,
    in_telling_order,
    is_deletion,
    read_items,
    sort_out,
)
from leads.services.finding_accounts import find_accounts
from leads.services.forgetting import forget, is_to_be_forgotten
from leads.services.holding_back import hold_blocked
from leads.services.lead_rows import UPDATED, make_lead, meet_again
from leads.services.recognising import (
    find_alike,
    find_by_thread,
    find_other_named,
    insert_leads,
    match_unknown,
    prepare_matching,
    recognise,
    write_findings,
)
from leads.services.threads import Waiting, find_waiting, let_wait, release, thread_key


@dataclass(slots=True)
class Ingested:
    """What a batch became: `lead_ids` in the order of the items, `to_route` those that wait.

    `leads` are the rows themselves, locked by this transaction, with `source` loaded if new;
    `unusable` counts the deliveries that became dead letters; `erased` are leads to forget, of which
    this app forgot everything already (`routing.services.erasing` does the rest).
    """

    lead_ids: list[int] = field(default_factory=list)
    to_route: list[int] = field(default_factory=list)
    unusable: int = 0
    leads: dict[int, Lead] = field(default_factory=dict)
    erased: list[Lead] = field(default_factory=list)


def ingest_items(
    *,
    items: Sequence[IntakeItem],
    now: datetime,
    readings: Mapping[int, Reading] | None = None,
    stamps: Stamps | None = None,
) -> Ingested:
    """Links each delivery to its lead, creating leads and accounts as needed.

    A delivery with no way to reach anybody becomes a dead letter with a sentence that says why,
    unless it belongs to a thread: then it joins whoever the thread is about, or waits for that.
    Runs inside the caller's transaction, items locked by the caller, with `endpoint.source` loaded.
    `readings` are what `read_items` gave for (at least) these items, if the caller has them;
    `stamps` are those just read, if any.
    Locks: the identities named by the batch, then the leads found, in id order.
    """
    deliveries, unusable = sort_out(
        items, readings or read_items(items), get_field_definitions(stamps)
    )
    _bury(unusable, now)
    deliveries = hold_blocked(deliveries, get_block_list(stamps), now)
    keys = [key for delivery in deliveries for key in delivery.keys]
    setup = get_attribution_setup(stamps)
    drafts = {d.draft.company_domain: d.draft for d in deliveries if d.draft.company_domain}
    findings = prepare_matching(deliveries, stamps)
    matcher = findings.matcher
    with pipelined():
        lock_keys(
            keys + [("PERSON", name) for person in matcher.persons for name in lock_names(person)]
        )
        lead_keys = ask(keys_read(Lead, len(deliveries)))
        fitting = [ask(read) for read in fitting_reads([one.draft for one in deliveries])]
        candidates = ask(candidates_read(matcher.all_keys()))
        known, accounts = find_known(keys, drafts)
    matcher.learn(candidates())
    findings.stored = match_unknown(deliveries, known, matcher)
    leads = lock_leads([*known.values(), *findings.certain_ids()])
    find_accounts(deliveries, accounts, make_known(*(answer() for answer in fitting)))
    returning: dict[int, Lead] = {}
    new: list[Lead] = []
    by_key: dict[Key, Lead] = {key: leads[lead_id] for key, lead_id in known.items()}
    waiting_for = find_waiting({key for one in deliveries if (key := thread_key(one.item))})
    for delivery in in_telling_order(deliveries):
        if is_deletion(delivery) or is_to_be_forgotten(delivery.item, by_key, waiting_for):
            continue
        account = delivery.account
        lead = find_by_thread(delivery, by_key) or recognise(delivery.draft, by_key)
        if lead is None and not delivery.draft.identity_keys:
            continue
        if lead is None:
            lead = find_alike(delivery, account, leads, findings, setup, now)
        elif other := find_other_named(delivery.draft, lead, by_key):
            findings.pairs.append(pair_of_one_delivery(lead, other))
        if lead is None:
            lead = make_lead(delivery, account, setup, now)
            new.append(lead)
            matcher.add(lead, delivery.person)
        else:
            meet_again(lead, delivery, account, setup, now)
            if lead.pk:
                returning[lead.pk] = lead
        delivery.lead = lead
        for key in delivery.keys:
            by_key.setdefault(key, lead)
    insert_leads(new, findings.absorbed, lead_keys())
    _write(deliveries, returning, by_key, known, now)
    write_findings(deliveries, findings, now)
    erased = _settle_threads(deliveries, by_key, waiting_for, now)
    touched = list(dict.fromkeys(d.lead.pk for d in deliveries if d.lead))
    waiting = {lead.pk for lead in (*new, *returning.values()) if lead.place == Place.WAITING}
    waiting -= {lead.pk for lead in erased}
    return Ingested(
        lead_ids=[d.lead.pk for d in deliveries if d.lead],
        to_route=[pk for pk in touched if pk in waiting],
        leads={lead.pk: lead for lead in (*new, *returning.values())},
        unusable=len(unusable),
        erased=erased,
    )


def _settle_threads(
    deliveries: Sequence[Delivery],
    by_key: dict[Key, Lead],
    waiting_for: dict[Key, list[Waiting]],
    now: datetime,
) -> list[Lead]:
    """Lets wait what names nobody, wakes what waited for whom is known now, forgets who is to be
    forgotten; returns those."""
    threaded = [one for one in deliveries if one.item.thread]
    if not threaded:
        return []
    release(
        waiting
        for key, several in waiting_for.items()
        if (lead := by_key.get(key)) and lead.erased_at is None
        for waiting in several
    )
    left = [one.item for one in threaded if one.lead is None]
    erased, unplaced = forget(left, by_key, waiting_for, now)
    let_wait(unplaced, now)
    return erased


def _bury(unusable: Sequence[tuple[int, str]], now: datetime) -> None:
    set_columns(
        IntakeItem,
        ("state", "last_error", "processed_at", "claimed_until"),
        [(pk, IntakeState.DEAD, reason[:2000], now, None) for pk, reason in unusable],
    )


def _write(
    deliveries: Sequence[Delivery],
    returning: dict[int, Lead],
    by_key: dict[Key, Lead],
    known: dict[Key, int],
    now: datetime,
) -> None:
    insert_rows(
        LeadIdentity,
        ("lead_id", "kind", "value"),
        [(lead.pk, *key) for key, lead in by_key.items() if key not in known],
    )
    for lead in returning.values():
        lead.updated_at = now
    set_columns(
        Lead,
        (*UPDATED, "updated_at"),
        [
            (lead.pk, *(getattr(lead, name) for name in (*UPDATED, "updated_at")))
            for _, lead in sorted(returning.items())
        ],
    )
    linked = [(delivery, delivery.lead.pk) for delivery in deliveries if delivery.lead]
    insert_rows(
        Interaction,
        timeline_rows.COLUMNS,
        [
            timeline_rows.make_row(
                delivery.item,
                delivery.draft,
                lead_id=lead_id,
                occurred_at=get_occurred_at(delivery),
                warnings=delivery.custom_warnings,
            )
            for delivery, lead_id in linked
        ],
    )
    write_consents([(d.item, d.draft, lead_id) for d, lead_id in linked], now)
    set_columns(
        IntakeItem,
        ("state", "lead_id", "processed_at", "claimed_until", "last_error"),
        [(d.item.pk, IntakeState.LINKED, lead_id, now, None, "") for d, lead_id in linked],
    )
