"""A contact of HubSpot, as its API and its workflows write it, by our fields."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.channels.adapter import Config
from leads.channels.answers import place_answers
from leads.channels.documents import JsonObject, Warnings
from leads.domain.attribution import Touch, touch_from_url
from leads.domain.envelope import Answer

KNOWN = {
    "mobilephone": "phone",
    "zip": "postal_code",
    "hs_language": "language",
    "numemployees": "employees",
    "numberofemployees": "employees",
}
FIRST_URL, FIRST_REFERRER = "hs_analytics_first_url", "hs_analytics_first_referrer"
LAST_URL, LAST_REFERRER = "hs_analytics_last_url", "hs_analytics_last_referrer"
CLICK_IDS = {"gclid": "hs_google_click_id", "fbclid": "hs_facebook_click_id"}
CREATED, CHANGED = "createdate", "lastmodifieddate"
# What is asked of the API; a workflow sends all there is.
PROPERTIES = (
    "firstname", "lastname", "email", "phone", "mobilephone", "company", "website", "jobtitle",
    "industry", "numemployees", "city", "state", "country", "zip", "address", "hs_language", "message",
    "lifecyclestage", "hs_lead_status", CREATED, CHANGED, FIRST_URL, FIRST_REFERRER, LAST_URL,
    LAST_REFERRER, *CLICK_IDS.values(),
)  # fmt: skip


@dataclass(slots=True)
class Contact:
    """`extra` are the properties that no field took."""

    fields: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    first_touch: Touch | None = None
    last_touch: Touch | None = None
    created_at: datetime | None = None
    changed_at: str = ""


def read_contact(properties: Any, config: Config, warnings: Warnings) -> Contact:
    """The contact with these properties, each either a value or an object with one."""
    said = JsonObject.of(_plain(properties), "properties.", warnings)
    first = touch_from_url(said.text(FIRST_URL), said.text(FIRST_REFERRER))
    landing, referrer = said.text(LAST_URL), said.text(LAST_REFERRER)
    clicks = {ours: said.text(name) for ours, name in CLICK_IDS.items()}
    created_at, changed_at = said.moment(CREATED), said.text(CHANGED)
    answers = [Answer(name, name, said.text(name)) for name in list(said.rest())]
    answers.append(Answer("landing_url", "landing_url", landing))
    answers.append(Answer("referrer", "referrer", referrer))
    placed = place_answers(answers, config.options, known=KNOWN)
    last = placed.touch(**clicks)
    return Contact(
        fields=placed.fields,
        extra={one.key: one.value for one in placed.answers} | said.rest(),
        first_touch=first if first != Touch() else None,
        last_touch=last if last != Touch() else None,
        created_at=created_at,
        changed_at=changed_at,
    )


def _plain(properties: Any) -> Any:
    if not isinstance(properties, dict):
        return properties
    return {
        name: one.get("value") if isinstance(one, dict) and "value" in one else one
        for name, one in properties.items()
    }
