"""The one writer of where leads are: place, owner and what belongs to them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from leadrouter.common.sql import set_columns
from leads.models import Lead

PLACE_COLUMNS = (
    "place", "owner_id", "holding_queue_id", "nurture_track", "parked_reason", "parked_detail",
    "retry_at", "routing_epoch", "routing_attempts", "placed_at", "closed_at", "closed_reason",
    "stage", "updated_at",
)  # fmt: skip


def place_leads(*, leads: Sequence[Lead]) -> None:
    """Writes where each (locked) lead now is, in one statement."""
    for lead in leads:
        lead.updated_at = max(lead.placed_at, lead.updated_at or datetime.min.replace(tzinfo=UTC))
    set_columns(
        Lead,
        PLACE_COLUMNS,
        [
            (lead.pk, *(getattr(lead, name) for name in PLACE_COLUMNS))
            for lead in sorted(leads, key=lambda lead: lead.pk)
        ],
    )
