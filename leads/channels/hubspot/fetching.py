"""What HubSpot's API says about a contact that an app announced."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from leads.channels.adapter import Config, Question
from leads.channels.bearer import bearer
from leads.channels.documents import JsonObject
from leads.channels.field_mapping import PREFIX
from leads.channels.hubspot.contact import PROPERTIES, read_contact
from leads.channels.hubspot.parse import thread_of
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

API_HOST = "api.hubapi.com"


def ask(fetch: Mapping[str, str], config: Config) -> Question:
    """Raises: ValueError when no access token is set."""
    headers = bearer(config)
    named = [str(text or "") for name, text in config.options.items() if name.startswith(PREFIX)]
    wanted = dict.fromkeys([*PROPERTIES, *(name.strip() for name in named if name.strip())])
    number = quote(fetch.get("contact", ""), safe="")
    asked = urlencode({"properties": ",".join(wanted)})
    url = f"https://{API_HOST}/crm/v3/objects/contacts/{number}?{asked}"
    return Question(url, headers)


def read_answer(fetch: Mapping[str, str], document: Any, config: Config) -> Envelope | Unreadable:
    """The lead that the contact is."""
    number, portal = fetch.get("contact", ""), fetch.get("portal", "")
    if not isinstance(document, dict) or not isinstance(document.get("properties"), dict):
        return Unreadable("The answer of HubSpot holds no properties.", number, document)
    said = JsonObject.of(document)
    contact = read_contact(document["properties"], config, said.warnings)
    said.skip("id", "properties", "createdAt", "updatedAt", "archived")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key="",
        external_id=number,
        external_ids={"portal": portal} if portal else {},
        thread=thread_of(portal, number),
        occurred_at=contact.created_at,
        fields=contact.fields,
        extra=contact.extra | said.rest(),
        touchpoint=Touchpoint(kind="FORM", text=contact.fields.get("message", "")),
        first_touch=contact.first_touch,
        last_touch=contact.last_touch,
        warnings=tuple(said.warnings),
    )
