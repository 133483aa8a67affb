"""Turns deliveries into leads: cleanse, recognise the person, find the account, keep the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leadrouter.common.organisation import Stamps
from leadrouter.common.rows import Row, ask, pipelined
from leadrouter.common.sql import insert_all, insert_rows, keys_read, lock_keys, set_columns
from leads.domain.blocking import lock_names
from leads.domain.cleansing import inspect
from leads.domain.custom_fields import find_field, read_custom
from leads.domain.draft import Draft, FieldWarning, Problem
from leads.domain.emails import read_email
from leads.domain.envelope import Kind
from leads.domain.identity import is_same_person
from leads.domain.notes import Notes
from leads.domain.person import Person, person_of_draft
from leads.domain.similarity import Verdict
from leads.domain.telling import EVERYTHING_ELSE, is_newer, merge_told
from leads.models import (
    Account,
    IntakeItem,
    IntakeState,
    Interaction,
    Lead,
    LeadIdentity,
    Place,
    Source,
)
from leads.selectors.accounts import KnownAccounts, choose_account, fitting_reads, make_known
from leads.selectors.attribution import AttributionSetup, get_attribution_setup
from leads.selectors.block_list import get_block_list
from leads.selectors.candidates import candidates_read
from leads.selectors.custom_fields import Definitions, get_field_definitions
from leads.selectors.identities import (
    find_accounts_by_domain,
    find_known,
    lock_leads,
)
from leads.selectors.matching_settings import get_matching
from leads.services import timeline_rows
from leads.services.absorbing import (
    Absorbed,
    Pair,
    close_as_merged,
    pair_of_one_delivery,
    pair_with,
    write_keys,
    write_merges,
    write_pairs,
)
from leads.services.attributing import DERIVED, find_origin, refresh_derived
from leads.services.consenting import write_consents
from leads.services.forgetting import forget, is_to_be_forgotten
from leads.services.holding_back import hold_blocked
from leads.services.matching import Match, Matcher, evidence_of, likeliest, make_matcher
from leads.services.snapshots import take_snapshot
from leads.services.threads import (
    Waiting,
    find_waiting,
    kind_of,
    let_wait,
    release,
    thread_key,
)

# Columns a later delivery may improve; identity, ownership and history are not among them.
MERGED = (
    "first_name", "last_name", "full_name", "email", "email_domain", "is_free_mail",
    "phone", "phone_e164", "phone_country", "job_title", "language", "company_name",
    "company_domain", "website", "industry", "employees", "country", "subdivision", "city",
    "postal_code", "street", "products", "message", "campaign", "consent",
)  # fmt: skip
UPDATED = (
    *MERGED, *DERIVED, "account_id", "account_match", "last_touch", "last_channel_group",
    "marketing_campaign_id", "custom", "told_at", "interaction_count", "last_received_at",
    "received_at", "place", "placed_at", "retry_at", "parked_reason", "parked_detail",
    "closed_at", "closed_reason", "nurture_track", "stage", "routing_attempts",
)  # fmt: skip
# A sender's clock may be a little ahead of ours; more than that is not believed.
CLOCK_TOLERANCE = timedelta(minutes=5)

Key = tuple[str, str]
Reading = tuple[Draft, tuple[Problem, ...]]


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


@dataclass(slots=True)
class _Delivery:
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


@dataclass(slots=True)
class _Findings:
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
    deliveries, unusable = _sort_out(
        items, readings or read_items(items), get_field_definitions(stamps)
    )
    _bury(unusable, now)
    deliveries = hold_blocked(deliveries, get_block_list(stamps), now)
    keys = [key for delivery in deliveries for key in delivery.keys]
    setup = get_attribution_setup(stamps)
    drafts = {d.draft.company_domain: d.draft for d in deliveries if d.draft.company_domain}
    findings = _prepare_matching(deliveries, stamps)
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
    findings.stored = _match_unknown(deliveries, known, matcher)
    leads = lock_leads([*known.values(), *findings.certain_ids()])
    _find_accounts(deliveries, accounts, make_known(*(answer() for answer in fitting)))
    returning: dict[int, Lead] = {}
    new: list[Lead] = []
    by_key: dict[Key, Lead] = {key: leads[lead_id] for key, lead_id in known.items()}
    waiting_for = find_waiting({key for one in deliveries if (key := thread_key(one.item))})
    for delivery in _in_telling_order(deliveries):
        if _is_deletion(delivery) or is_to_be_forgotten(delivery.item, by_key, waiting_for):
            continue
        account = delivery.account
        lead = _find_by_thread(delivery, by_key) or _recognise(delivery.draft, by_key)
        if lead is None and not delivery.draft.identity_keys:
            continue
        if lead is None:
            lead = _find_alike(delivery, account, leads, findings, setup, now)
        elif other := _find_other_named(delivery.draft, lead, by_key):
            findings.pairs.append(pair_of_one_delivery(lead, other))
        if lead is None:
            lead = _new_lead(delivery, account, setup, now)
            new.append(lead)
            matcher.add(lead, delivery.person)
        else:
            _meet_again(lead, delivery, account, setup, now)
            if lead.pk:
                returning[lead.pk] = lead
        delivery.lead = lead
        for key in delivery.keys:
            by_key.setdefault(key, lead)
    _insert_leads(new, findings.absorbed, lead_keys())
    _write(deliveries, returning, by_key, known, now)
    _write_findings(deliveries, findings, now)
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


def _sort_out(
    items: Sequence[IntakeItem], readings: Mapping[int, Reading], definitions: Definitions
) -> tuple[list[_Delivery], list[tuple[int, str]]]:
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
            deliveries.append(_Delivery(item, draft, *read))
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


def _in_telling_order(deliveries: Sequence[_Delivery]) -> Sequence[_Delivery]:
    """Those that name somebody first, so that the others of their threads find them."""
    return sorted(deliveries, key=lambda one: not one.draft.identity_keys)


def _is_deletion(delivery: _Delivery) -> bool:
    return kind_of(delivery.item) == Kind.LEAD_DELETED


def _find_by_thread(delivery: _Delivery, by_key: dict[Key, Lead]) -> Lead | None:
    key = thread_key(delivery.item)
    return by_key.get(key) if key else None


def _settle_threads(
    deliveries: Sequence[_Delivery],
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


def _recognise(draft: Draft, by_key: dict[Key, Lead]) -> Lead | None:
    for kind, value in draft.identity_keys:
        lead = by_key.get((kind, value))
        if lead is None:
            continue
        if kind == LeadIdentity.Kind.EMAIL or is_same_person(
            draft, lead.full_name, _email_key(lead)
        ):
            return lead
    return None


def _find_other_named(draft: Draft, lead: Lead, by_key: dict[Key, Lead]) -> Lead | None:
    """Somebody else, by the rows, whom the delivery names as well."""
    found = (by_key.get(key) for key in draft.identity_keys)
    for other in found:
        if other is not None and other is not lead and other.pk and lead.pk:
            return other if is_same_person(draft, other.full_name, "") else None
    return None


def _prepare_matching(deliveries: Sequence[_Delivery], stamps: Stamps | None) -> _Findings:
    matching = get_matching(stamps)
    if matching.is_active:
        for delivery in deliveries:
            delivery.person = person_of_draft(delivery.draft)
    return _Findings(make_matcher([one.person for one in deliveries], matching.thresholds))


def _match_unknown(
    deliveries: Sequence[_Delivery], known: dict[Key, int], matcher: Matcher
) -> dict[int, list[Match]]:
    """Stored leads that the deliveries may be whose address is not known, by item."""
    return {
        delivery.item.pk: matcher.match_stored(delivery.person)
        for delivery in deliveries
        if not any(key in known and key[0] != LeadIdentity.Kind.PHONE for key in delivery.keys)
    }


def _find_alike(
    delivery: _Delivery,
    account: Account | None,
    leads: Mapping[int, Lead],
    findings: _Findings,
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
            absorbed = _new_lead(delivery, account, setup, now)
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


def _insert_leads(new: list[Lead], absorbed: list[Absorbed], keys: Sequence[Row]) -> None:
    """Inserts the leads of the batch, those that were merged from the start after the others."""
    insert_all(new, keys=keys)
    for one in absorbed:
        one.lead.merged_into_id = one.into.pk
    insert_all([one.lead for one in absorbed], keys=keys[len(new) :])


def _write_findings(deliveries: Sequence[_Delivery], findings: _Findings, now: datetime) -> None:
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


def _email_key(lead: Lead) -> str:
    return read_email(lead.email, Notes()).key


def _occurred_at(delivery: _Delivery) -> datetime:
    received = delivery.item.received_at
    stated = delivery.draft.occurred_at
    return min(stated, received + CLOCK_TOLERANCE) if stated else received


def draft_values(draft: Draft, source: Source) -> dict[str, Any]:
    """Returns the columns of a new lead that come from its draft."""
    values: dict[str, Any] = {name: getattr(draft, name) for name in MERGED}
    values["products"] = list(draft.products)
    values["campaign"] = draft.campaign or source.campaign
    return values


def _new_lead(
    delivery: _Delivery, account: Account | None, setup: AttributionSetup, now: datetime
) -> Lead:
    item = delivery.item
    source = item.endpoint.source
    told_at = _occurred_at(delivery)
    origin = find_origin(item, setup, told_at)
    lead = Lead(
        **draft_values(delivery.draft, source),
        account=account,
        account_match=delivery.account_match,
        source=source,
        channel=item.endpoint.channel,
        told_at={} if told_at == item.received_at else {EVERYTHING_ELSE: told_at.isoformat()},
        first_touch=origin.first,
        last_touch=origin.last,
        first_channel_group=origin.first["channel_group"],
        last_channel_group=origin.last["channel_group"],
        marketing_campaign_id=origin.campaign_id,
        custom=delivery.custom,
        interaction_count=1,
        received_at=item.received_at,
        last_received_at=item.received_at,
        placed_at=now,
    )
    refresh_derived(lead)
    return lead


def _meet_again(
    lead: Lead,
    delivery: _Delivery,
    account: Account | None,
    setup: AttributionSetup,
    now: datetime,
) -> None:
    item, draft = delivery.item, delivery.draft
    existing = {name: getattr(lead, name) for name in MERGED}
    existing["products"] = tuple(lead.products)
    existing["email_key"] = _email_key(lead)
    at, kind = _occurred_at(delivery), kind_of(item)
    changes, told_at = merge_told(
        existing,
        draft,
        at=at,
        told_at=lead.told_at,
        first_at=lead.received_at,
        is_correction=kind == Kind.LEAD_UPDATED,
    )
    for name, value in changes.items():
        if name != "email_key":
            setattr(lead, name, list(value) if isinstance(value, tuple) else value)
    if lead.account_id is None:  # reading `lead.account` here would be a query for each lead
        lead.account, lead.account_match = account, delivery.account_match
    # An earlier delivery that was late says nothing of how the person came last.
    if kind == Kind.LEAD_CREATED and item.received_at >= lead.last_received_at:
        _note_touch(lead, delivery, setup)
    refresh_derived(lead)
    if delivery.custom:
        newer = is_newer("custom", at, told_at, lead.received_at)
        lead.custom = (
            {**lead.custom, **delivery.custom} if newer else {**delivery.custom, **lead.custom}
        )
        if newer:
            told_at["custom"] = at.isoformat()
    if item.received_at < lead.received_at:
        # What nothing else is known of was told at the first moment: that must not move back.
        told_at.setdefault(EVERYTHING_ELSE, lead.received_at.isoformat())
        lead.received_at = item.received_at
    lead.told_at = told_at
    lead.interaction_count += 1
    lead.last_received_at = max(lead.last_received_at, item.received_at)
    if lead.place in _WAKEABLE.get(kind, _COMING_BACK):
        _wake(lead, now)


def _note_touch(lead: Lead, delivery: _Delivery, setup: AttributionSetup) -> None:
    """Keeps how the person came this time; how they came first stays as it is.

    A delivery that knows of no visit, and whose way in says nothing either, changes nothing.
    """
    origin = find_origin(delivery.item, setup, _occurred_at(delivery))
    if not origin.is_telling:
        return
    lead.last_touch = origin.last
    lead.last_channel_group = origin.last["channel_group"]
    lead.marketing_campaign_id = lead.marketing_campaign_id or origin.campaign_id


# A person who comes back is routed again; a record that is corrected is no person who comes back,
# but what was parked for want of a rule may find one now.
_COMING_BACK = frozenset({Place.CLOSED, Place.NURTURED, Place.PARKED})
_WAKEABLE: dict[str, frozenset[Place]] = {
    Kind.LEAD_CREATED: _COMING_BACK,
    Kind.INTERACTION_ADDED: _COMING_BACK,
    Kind.LEAD_UPDATED: frozenset({Place.PARKED}),
}


def _wake(lead: Lead, now: datetime) -> None:
    """A person who comes back is routed again, with what they now told us."""
    if lead.place != Place.PARKED:
        lead.stage = "NEW"
    lead.place, lead.placed_at = Place.WAITING, now
    lead.parked_reason = lead.parked_detail = lead.nurture_track = lead.closed_reason = ""
    lead.closed_at = lead.retry_at = None
    lead.routing_attempts = 0


def _find_accounts(
    deliveries: Sequence[_Delivery], by_domain: dict[str, Account], known: KnownAccounts
) -> None:
    """Gives each delivery its account; a company domain that nothing fits makes one."""
    strange: dict[str, Draft] = {}
    for delivery in deliveries:
        found = choose_account(delivery.draft, by_domain, known)
        delivery.account, delivery.account_match = found
        if delivery.account is None and delivery.draft.company_domain:
            strange[delivery.draft.company_domain] = delivery.draft
    by_domain |= _new_accounts(dict(sorted(strange.items())))
    for delivery in deliveries:
        if delivery.account is None:
            found = choose_account(delivery.draft, by_domain, known)
            delivery.account, delivery.account_match = found


def _new_accounts(drafts: Mapping[str, Draft]) -> dict[str, Account]:
    """Makes an account for each domain, or finds the one that somebody else just made."""
    if not drafts:
        return {}
    insert_all([_new_account(*pair) for pair in drafts.items()], ignores_conflicts=True)
    return find_accounts_by_domain(drafts)


def _new_account(domain: str, draft: Draft) -> Account:
    return Account(
        name=draft.company_name or domain,
        name_key=draft.company_key,
        domain=domain,
        country=draft.country,
        industry=draft.industry,
        employees=draft.employees,
    )


def _write(
    deliveries: Sequence[_Delivery],
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
                occurred_at=_occurred_at(delivery),
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
