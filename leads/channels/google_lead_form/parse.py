"""What Google sends for each lead.

Source: Google Ads developer pages, “Lead form webhook”: columns are matched by `column_id` alone, and
unknown fields must be expected.
"""

from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.answers import place_answers
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.envelope import Answer, Envelope, Kind, Touchpoint, Unreadable

KEY = "google_key"
KNOWN = {
    "work_phone": "phone",
    "user_email": "email",
    "user_phone": "phone",
    "region": "subdivision",
}
IDS = {
    "form": "form_id", "campaign": "campaign_id", "adset": "adgroup_id", "ad": "creative_id",
    "asset_group": "asset_group_id",
}  # fmt: skip


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One lead, without the key that it came with."""
    try:
        document = read_json_object(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    document.pop(KEY, None)
    said = JsonObject.of(document)
    lead = said.text("lead_id")
    columns = document.get("user_column_data")
    if not isinstance(columns, list) or not (lead or columns):
        return [Unreadable("There is no list named user_column_data.", lead, document)]
    placed = place_answers(_list_answers(said), config.options, known=KNOWN)
    ids = {ours: text for ours, name in IDS.items() if (text := said.text(name)) not in ("", "0")}
    said.skip("api_version")
    envelope = Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=lead,
        external_id=lead,
        external_ids=ids,
        occurred_at=said.moment("lead_submit_time"),
        is_test=said.flag("is_test"),
        has_weak_key=not lead,
        fields=placed.fields,
        answers=tuple(placed.answers),
        touchpoint=Touchpoint(kind="FORM", text=placed.fields.get("message", "")),
        last_touch=placed.touch(
            utm_source="google",
            utm_medium="cpc",
            utm_id=ids.get("campaign", ""),
            utm_content=ids.get("ad", ""),
            gclid=said.text("gcl_id"),
        ),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )
    return [envelope]


def _list_answers(said: JsonObject) -> list[Answer]:
    found = []
    for one in said.objects("user_column_data"):
        key = one.text("column_id")
        label = one.text("column_name") or key
        found.append(Answer(key=key or label, label=label, value=one.text("string_value")))
    return found


def make_sample(number: int, at: datetime) -> Delivery:
    columns = {
        "FULL_NAME": f"Ada Example {number}",
        "EMAIL": f"ada.example{number}@example.com",
        "PHONE_NUMBER": f"+1555010{number % 10000:04d}",
        "COMPANY_NAME": "Example GmbH",
        "POSTAL_CODE": "10115",
    }
    document = {
        "lead_id": f"lead-{number}",
        "api_version": "1.0",
        "form_id": 99887766554433,
        "campaign_id": 123456,
        "adgroup_id": 0,
        "creative_id": 0,
        "gcl_id": f"Cj0-{number}",
        "is_test": False,
        "lead_submit_time": at.isoformat(),
        "user_column_data": [
            {"column_id": key, "string_value": value} for key, value in columns.items()
        ],
    }
    return json_sample(document, at)
