"""Keeps what people agreed to, and that they took it back."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from leadrouter.common.errors import DomainError
from leadrouter.common.sql import insert_rows
from leads.domain.draft import Draft
from leads.domain.moments import read_moment
from leads.domain.notes import Notes
from leads.models import Consent, IntakeItem, Interaction, Lead

_COLUMNS = (
    "lead_id", "is_given", "text", "version", "given_at", "source_id", "intake_item_id", "ip",
    "created_at", "updated_at",
)  # fmt: skip
NOT_TOLD = "not told"
_VERSION_LIMIT = 100
_TEXT_LIMIT = 5_000


class AlreadyWithdrawn(DomainError):  # noqa: N818 -- named as the user would say it
    """There is nothing (more) to take back."""

    code = "already_withdrawn"


def version_of(text: str) -> str:
    """The start of the text's SHA-256, so that every wording has a name of its own."""
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else NOT_TOLD


def write_consents(deliveries: Iterable[tuple[IntakeItem, Draft, int]], now: datetime) -> None:
    """Keeps the answers of a batch: (delivery, its draft, lead). Queries: at most one INSERT."""
    rows = [row for one in deliveries if (row := _make_row(*one, now))]
    insert_rows(Consent, _COLUMNS, rows)


def _make_row(
    item: IntakeItem, draft: Draft, lead_id: int, now: datetime
) -> tuple[Any, ...] | None:
    """None when nothing was asked or answered: consent is never inferred."""
    told = item.payload.get("consent") or {}
    given = told.get("given")
    if given is None:
        given = draft.consent
    if not isinstance(given, bool):
        return None
    text = str(told.get("text") or "")[:_TEXT_LIMIT]
    version = str(told.get("version") or "")[:_VERSION_LIMIT] or version_of(text)
    at = read_moment(str(told.get("given_at") or ""), "", Notes())
    given_at = min(at, item.received_at) if at else item.received_at
    source = item.endpoint.source_id
    return lead_id, given, text, version, given_at, source, item.pk, item.client_ip, now, now


@transaction.atomic
def withdraw_consent(*, consent: Consent, user: Any, now: datetime) -> Consent:
    """Notes that the person took their consent back, also on the timeline; nothing is deleted.

    Raises: AlreadyWithdrawn.
    """
    changed = Consent.objects.filter(pk=consent.pk, is_given=True, withdrawn_at=None).update(
        withdrawn_at=now, updated_at=now
    )
    if not changed:
        raise AlreadyWithdrawn("This consent was never given or was withdrawn before.")
    open_ones = Consent.objects.filter(lead_id=consent.lead_id, is_given=True, withdrawn_at=None)
    if not open_ones.exists():
        Lead.objects.filter(pk=consent.lead_id).update(consent=False, updated_at=now)
    Interaction.objects.create(
        lead_id=consent.lead_id,
        kind=Interaction.Kind.NOTE,
        occurred_at=now,
        summary=f"Consent to version {consent.version} withdrawn",
        actor=user,
    )
    consent.refresh_from_db()
    return consent
