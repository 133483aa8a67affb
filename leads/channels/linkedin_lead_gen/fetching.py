"""What LinkedIn's API says about an announced lead.

Source: LinkedIn's developer pages, “Lead Sync”: the response, with the questions of its form.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from leads.channels.adapter import Config, Question
from leads.channels.answers import place_answers
from leads.channels.bearer import bearer
from leads.channels.documents import JsonObject
from leads.channels.field_mapping import to_text
from leads.channels.linkedin_lead_gen.parse import thread_of
from leads.domain.envelope import Answer, Envelope, Kind, Touchpoint, Unreadable
from leads.domain.text import SUBJECT_LIMIT

API_HOST = "api.linkedin.com"
API_VERSION = "202509"
FIELDS = (
    "ownerInfo,associatedEntityInfo,leadMetadataInfo,owner,leadType,versionedLeadGenFormUrn,id,"
    "submittedAt,testLead,formResponse,form:(hiddenFields,creationLocale,name,id,content)"
)
KNOWN = {
    "work_email": "email",
    "work_phone_number": "phone",
    "state_province": "subdivision",
    "zip_code": "postal_code",
    "company_industry": "industry",
}


def ask(fetch: Mapping[str, str], config: Config) -> Question:
    """Raises: ValueError when no access token is set."""
    number = fetch.get("lead", "").rpartition(":")[2]
    url = f"https://{API_HOST}/rest/leadFormResponses/{quote(number, safe='')}?fields={FIELDS}"
    headers = {
        **bearer(config),
        "LinkedIn-Version": str(config.options.get("api_version") or API_VERSION),
        "X-Restli-Protocol-Version": "2.0.0",
    }
    return Question(url, headers)


def read_answer(fetch: Mapping[str, str], document: Any, config: Config) -> Envelope | Unreadable:
    """The lead with its answers by the fields that they fill."""
    urn = fetch.get("lead", "")
    if not isinstance(document, dict) or not isinstance(document.get("formResponse"), dict):
        return Unreadable("The answer of LinkedIn holds no formResponse.", urn, document)
    said = JsonObject.of(document)
    form = said.inner("form")
    response = said.inner("formResponse")
    answers = [
        *_list_answers(response, _questions(form)),
        *_list_hidden(form),
        *_list_consents(response),
    ]
    placed = place_answers(answers, config.options, known=KNOWN)
    sponsored = said.inner("leadMetadataInfo").inner("sponsoredLeadMetadataInfo").inner("campaign")
    campaign = sponsored.text("id")
    creative = said.inner("associatedEntityInfo").inner("associatedCreative").text("id")
    ids = {"form": said.text("versionedLeadGenFormUrn"), "campaign": campaign, "ad": creative}
    if name := sponsored.text("name"):
        placed.fields.setdefault("campaign", name)
    is_paid = said.text("leadType") in ("", "SPONSORED")
    title = form.text("name")[:SUBJECT_LIMIT]
    said.skip("id", "owner", "ownerInfo", "form")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=f"{urn}:CREATED",
        external_id=urn,
        external_ids={ours: text for ours, text in ids.items() if text},
        thread=thread_of(urn),
        occurred_at=said.moment("submittedAt"),
        is_test=said.flag("testLead"),
        fields=placed.fields,
        answers=tuple(placed.answers),
        extra=said.rest(),
        touchpoint=Touchpoint(kind="FORM", summary=title),
        last_touch=placed.touch(
            utm_source="linkedin",
            utm_medium="paid_social" if is_paid else "social",
            utm_id=campaign,
            utm_campaign=placed.fields.get("campaign", ""),
            utm_content=creative,
        ),
        warnings=tuple(said.warnings),
    )


def _questions(form: JsonObject) -> dict[str, tuple[str, str, dict[str, str]]]:
    """For each question's number its predefined name, its words, and its options by number."""
    found = {}
    for one in form.inner("content").objects("questions"):
        details = one.inner("questionDetails").inner("multipleChoiceQuestionDetails")
        options = {each.text("id"): _local(each, "text") for each in details.objects("options")}
        name = one.text("predefinedField") or one.text("name")
        found[one.text("questionId")] = (name, _local(one, "question"), options)
    return found


def _list_answers(
    response: JsonObject, questions: Mapping[str, tuple[str, str, dict[str, str]]]
) -> list[Answer]:
    found = []
    for one in response.objects("answers"):
        number = one.text("questionId")
        name, label, options = questions.get(number, ("", "", {}))
        name = name or one.text("name") or f"question_{number}"
        details = one.inner("answerDetails")
        text = details.inner("textQuestionAnswer").text("answer")
        choices = [
            options.get(chosen, chosen)
            for choice in details.inner("multipleChoiceAnswer").items("options")
            if (chosen := to_text(choice))
        ]
        kind = "choice" if choices else "text"
        found.append(Answer(name, label or name, text or ", ".join(choices), kind))
    return found


def _list_hidden(form: JsonObject) -> list[Answer]:
    """What the advertiser put into the form unseen: mostly UTM parameters."""
    found = []
    for one in form.objects("hiddenFields"):
        name = one.text("name")
        found.append(Answer(name, name, one.text("value"), "hidden"))
    return found


def _list_consents(response: JsonObject) -> list[Answer]:
    """Boxes below a form: consents only where an administrator names the box."""
    found = []
    for one in response.objects("consentResponses"):
        key = f"checkbox:{one.text('consentId')}"
        found.append(Answer(key, key, "yes" if one.flag("accepted") else "no", "checkbox"))
    return found


def _local(said: JsonObject, name: str) -> str:
    """A text that may be given in several languages: in the first of them."""
    value = said.document.get(name)
    if isinstance(value, str):
        return said.text(name)
    localized = said.inner(name).document.get("localized")
    texts = localized.values() if isinstance(localized, dict) else ()
    return next((one for one in texts if isinstance(one, str)), "")
