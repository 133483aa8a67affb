"""What the Graph API says about an announced lead.

Source: Meta's developer pages, “Retrieving leads” and “Secure Graph API calls” (appsecret_proof).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from leads.channels.adapter import Config, Question
from leads.channels.answers import place_answers
from leads.channels.bearer import bearer
from leads.channels.documents import JsonObject
from leads.channels.field_mapping import to_text
from leads.channels.signatures.proving import mac
from leads.domain.envelope import Answer, Envelope, Kind, Touchpoint, Unreadable

API_HOST = "graph.facebook.com"
FIELDS = (
    "id", "created_time", "field_data", "custom_disclaimer_responses", "ad_id", "ad_name", "adset_id",
    "adset_name", "campaign_id", "campaign_name", "form_id", "is_organic", "platform",
)  # fmt: skip
_IDS = {"form": "form_id", "ad": "ad_id", "adset": "adset_id", "campaign": "campaign_id"}
KNOWN = {
    "work_phone_number": "phone",
    "whatsapp_number": "phone",
    "post_code": "postal_code",
    "job_title": "job_title",
    "company_name": "company",
}
# What the testing tool fills in for every question.
_TEST_MARK = "<test lead: dummy data"
_TEST_ADDRESS = "test@meta.com"


def ask(fetch: Mapping[str, str], config: Config) -> Question:
    """Raises: ValueError when no access token is set."""
    headers = bearer(config)
    asked = {"fields": ",".join(FIELDS)}
    if config.secrets:
        # Apps may demand it: it shows that the token is used by the app itself.
        token = headers["Authorization"].removeprefix("Bearer ")
        asked["appsecret_proof"] = mac(config.secrets[0], token.encode()).decode()
    url = f"https://{API_HOST}/{quote(fetch.get('lead', ''), safe='')}?{urlencode(asked)}"
    return Question(url, headers)


def read_answer(fetch: Mapping[str, str], document: Any, config: Config) -> Envelope | Unreadable:
    """The lead with its answers by the fields that they fill."""
    lead = fetch.get("lead", "")
    if not isinstance(document, dict) or not isinstance(document.get("field_data"), list):
        return Unreadable("The answer of Meta holds no list named field_data.", lead, document)
    said = JsonObject.of(document)
    answers = [*_list_answers(said), *_list_disclaimers(said)]
    placed = place_answers(answers, config.options, known=KNOWN)
    campaign = said.text("campaign_name")
    if campaign:
        placed.fields.setdefault("campaign", campaign)
    is_organic = said.flag("is_organic")
    touch = placed.touch(
        utm_source=said.text("platform") or "fb",
        utm_medium="social" if is_organic else "paid_social",
        utm_campaign=campaign,
        utm_id=said.text("campaign_id"),
        utm_content=said.text("ad_name") or said.text("ad_id"),
    )
    said.skip("id")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=lead,
        external_id=lead,
        external_ids={ours: text for ours, name in _IDS.items() if (text := said.text(name))},
        occurred_at=said.moment("created_time"),
        is_test=any(_is_of_the_testing_tool(one) for one in answers),
        fields=placed.fields,
        answers=tuple(placed.answers),
        extra=said.rest(),
        touchpoint=Touchpoint(kind="FORM", text=placed.fields.get("message", "")),
        last_touch=touch,
        warnings=tuple(said.warnings),
    )


def _list_answers(said: JsonObject) -> list[Answer]:
    found = []
    for one in said.objects("field_data"):
        name = one.text("name")
        found.append(Answer(key=name, label=name, value=to_text(one.items("values"))))
    return found


def _list_disclaimers(said: JsonObject) -> list[Answer]:
    """Boxes below a form: consents only where an administrator names the box."""
    found = []
    for one in said.objects("custom_disclaimer_responses"):
        key = one.text("checkbox_key")
        checked = "yes" if one.flag("is_checked") else "no"
        # Behind a word of ours, so that no box is taken for a field by its name alone.
        found.append(Answer(f"checkbox:{key}", f"checkbox:{key}", checked, kind="checkbox"))
    return found


def _is_of_the_testing_tool(answer: Answer) -> bool:
    text = answer.value.strip().lower()
    return text.startswith(_TEST_MARK) or text == _TEST_ADDRESS
