"""What LinkedIn announces: that a lead was made or must be deleted, by its URN only."""

from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.envelope import Envelope, Kind, Unreadable

ACTIONS = {"CREATED": Kind.LEAD_CREATED, "DELETED": Kind.LEAD_DELETED}
TYPE = "LEAD_ACTION"
_RESPONSE = "urn:li:leadGenFormResponse:"


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One announcement. A deletion is an erasure request: it names the lead by its thread."""
    try:
        document = read_json_object(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    said = JsonObject.of(document)
    kind, action = said.text("type"), said.text("leadAction")
    urn = said.text("leadGenFormResponse")
    number = urn.removeprefix(_RESPONSE)
    if kind != TYPE or action not in ACTIONS:
        reason = f"The type and action are {kind[:50]!r} and {action[:50]!r}, which are not known."
        return [Unreadable(reason, "", document)]
    if not (number and urn.startswith(_RESPONSE)):
        return [Unreadable("The URN of the lead (leadGenFormResponse) is missing.", "", document)]
    is_new = action == "CREATED"
    ids = {
        "form": said.text("leadGenForm"),
        "account": said.inner("owner").text("sponsoredAccount"),
    }
    envelope = Envelope(
        kind=ACTIONS[action],
        dedupe_key=f"{urn}:{action}",
        external_id=urn,
        external_ids={name: text for name, text in ids.items() if text},
        thread=thread_of(urn),
        occurred_at=said.moment("occurredAt"),
        fetch={"lead": urn} if is_new else {},
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )
    return [envelope]


def thread_of(urn: str) -> str:
    """What a creation and a deletion of one lead share."""
    return f"linkedin:{urn}"


def make_sample(number: int, at: datetime) -> Delivery:
    document = {
        "type": TYPE,
        "leadGenFormResponse": f"{_RESPONSE}sample-{number}",
        "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:5001"},
        "associatedEntity": {},
        "leadGenForm": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:77,1)",
        "leadType": "SPONSORED",
        "leadAction": "CREATED",
        "occurredAt": int(at.timestamp() * 1000),
    }
    return json_sample(document, at)
