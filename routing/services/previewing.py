"""Decides about leads that do not exist, for tests of rules and files: nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from leadrouter.common.organisation import get_stamps
from leads.domain.cleansing import inspect
from leads.domain.custom_fields import read_custom
from leads.domain.draft import Draft, Problem
from leads.models import Account, Lead, Source
from leads.selectors.custom_fields import get_field_definitions
from leads.selectors.identities import find_accounts_by_domain, find_leads_by_identity
from leads.services.lead_rows import draft_values
from routing.engine.compiling import Plan
from routing.engine.deciding import Verdict, decide, look_at_many
from routing.selectors.candidates import (
    ask_colleagues,
    ask_histories,
    find_needed,
    list_lead_views,
)
from routing.selectors.facts import lead_facts
from routing.selectors.roster import lock_roster


@dataclass(frozen=True, slots=True)
class Preview:
    """One row: how it was read, what is wrong with it, and where it would go (None when refused)."""

    draft: Draft
    problems: tuple[Problem, ...]
    known_lead_id: int | None
    verdict: Verdict | None


def preview_routing(
    *,
    rows: Sequence[Mapping[str, str]],
    source: Source,
    channel: str,
    plan: Plan,
    now: datetime,
    extras: Sequence[Mapping[str, Any]] = (),
) -> list[Preview]:
    """Decides about raw rows one after the other, each turn counted, exactly as live routing would.

    `extras` are what each row says beyond the fields of a lead, if anything.
    A person who is known already keeps the owner they have, so their row shows no verdict.
    """
    read = [inspect(row, default_country=source.default_country) for row in rows]
    definitions = get_field_definitions()
    customs = [read_custom(extra, definitions) for extra in extras] or [({}, ())] * len(rows)
    known = find_leads_by_identity([key for draft, _ in read for key in draft.identity_keys])
    accounts = find_accounts_by_domain([draft.company_domain for draft, _ in read])
    previews: list[Preview] = []
    fresh: list[tuple[int, Lead]] = []
    for number, (draft, problems) in enumerate(read):
        lead_id = next((known[key] for key in draft.identity_keys if key in known), None)
        custom, doubts = customs[number]
        shown = replace(draft, warnings=(*draft.warnings, *doubts)) if doubts else draft
        previews.append(Preview(shown, problems, lead_id, None))
        if draft.identity_keys and lead_id is None:
            lead = _lead(draft, source, channel, accounts, now)
            lead.custom = custom
            fresh.append((number, lead))
    verdicts = _decide(plan, [lead for _, lead in fresh], now)
    for (number, _), verdict in zip(fresh, verdicts, strict=True):
        old = previews[number]
        previews[number] = Preview(old.draft, old.problems, None, verdict)
    return previews


def _decide(plan: Plan, leads: Sequence[Lead], now: datetime) -> list[Verdict]:
    stamps = get_stamps()
    definitions = get_field_definitions(stamps)
    facts = [lead_facts(lead, plan.zone, definitions) for lead in leads]
    histories = ask_histories(leads)
    views = list_lead_views(leads, facts, ask_colleagues(leads)(), histories(), now)
    sightings = look_at_many(plan, facts, now)
    needed = find_needed(plan, leads, sightings, histories, stamps, now)
    roster = lock_roster(
        pool_ids=needed.pool_ids,
        rep_ids=needed.rep_ids,
        now=now,
        is_locking=False,
        stamps=stamps,
    ).roster
    roster.rep_ids_by_name = needed.rep_ids_by_name
    verdicts = []
    for view, sighting in zip(views, sightings, strict=True):
        verdict = decide(plan, view, roster, now, sighting)
        roster.record(verdict)
        verdicts.append(verdict)
    return verdicts


def _lead(
    draft: Draft, source: Source, channel: str, accounts: Mapping[str, Account], now: datetime
) -> Lead:
    return Lead(
        pk=0,
        **draft_values(draft, source),
        account=accounts.get(draft.company_domain),
        source=source,
        channel=channel,
        interaction_count=1,
        received_at=now,
        last_received_at=now,
    )
