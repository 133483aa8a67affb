"""What Meta announces: several leads at once, each by its id only."""

from datetime import datetime
from typing import Any

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.envelope import Envelope, Kind, Unreadable

OBJECT, FIELD = "page", "leadgen"
# The button “Test” beside a webhook's field sends this, which no API knows.
_SAMPLE_ID = "444444444444"
IDS = {"form": "form_id", "ad": "ad_id", "adset": "adgroup_id", "page": "page_id"}


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope for each lead of the batch; what else a page announces is only counted."""
    try:
        document = read_json_object(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    kind = document.get("object")
    if kind != OBJECT:
        return [Unreadable(f"The object is {str(kind)[:50]!r}, not 'page'.", "", document)]
    entries = document.get("entry")
    if not isinstance(entries, list):
        return [Unreadable("There is no list named entry.", "", document)]
    return [one for entry in entries for one in _read_entry(entry)]


def _read_entry(entry: Any) -> Parsed:
    if not isinstance(entry, dict) or not isinstance(entry.get("changes"), list):
        return [Unreadable("An entry holds no list of changes.", "", entry)]
    return [_read_change(change, entry) for change in entry["changes"]]


def _read_change(change: Any, entry: dict[str, Any]) -> Envelope | Unreadable:
    said = JsonObject.of(change)
    field = said.text("field")
    if field and field != FIELD:
        return Envelope(kind=Kind.PING, dedupe_key="")
    value = said.inner("value")
    lead = value.text("leadgen_id")
    if not lead.isdecimal():
        return Unreadable(
            "A change announces no lead: leadgen_id is missing or no number.", "", change
        )
    ids = {ours: text for ours, theirs in IDS.items() if (text := value.text(theirs))}
    ids.setdefault("page", JsonObject.of(entry).text("id"))
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=lead,
        external_id=lead,
        external_ids=ids,
        occurred_at=value.moment("created_time"),
        is_test=lead == _SAMPLE_ID,
        fetch={"lead": lead},
        extra=value.rest(),
        warnings=tuple(said.warnings),
    )


def make_sample(number: int, at: datetime) -> Delivery:
    value = {
        "leadgen_id": str(2_000_000_000 + number),
        "page_id": "1001",
        "form_id": "3003",
        "adgroup_id": "5005",
        "ad_id": "4004",
        "created_time": int(at.timestamp()),
    }
    change = {"field": FIELD, "value": value}
    entry = {"id": "1001", "time": int(at.timestamp()), "changes": [change]}
    return json_sample({"object": OBJECT, "entry": [entry]}, at)
