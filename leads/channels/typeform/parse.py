"""What Typeform sends for each answer to a form.

Source: Typeform's developer pages, “Webhooks: example payload”: the value of an answer stands under a
name that its type decides; questions are told apart by a reference that the form's maker can set.
"""

from collections.abc import Iterator
from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.answers import place_answers
from leads.channels.documents import JsonObject
from leads.channels.field_mapping import to_text
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.envelope import Answer, Envelope, Kind, Touchpoint, Unreadable
from leads.domain.text import SUBJECT_LIMIT

EVENT, PARTIAL = "form_response", "form_response_partial"
KNOWN = {"(email)": "email", "(phone_number)": "phone"}
# Of the button “Send test request”.
_TEST_ADDRESS = "an_account@example.com"


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One lead. A form that somebody left half way is nobody's wish to be called: only counted."""
    try:
        document = read_json_object(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    said = JsonObject.of(document)
    event, kind = said.text("event_id"), said.text("event_type")
    if kind == PARTIAL:
        return [Envelope(kind=Kind.PING, dedupe_key=event)]
    if kind != EVENT:
        return [Unreadable(f"The event type {kind[:50]!r} is not known.", event, document)]
    response = said.inner("form_response")
    if not response.document:
        return [Unreadable("There is no form_response.", event, document)]
    return [_read(said, response, event, config)]


def _read(said: JsonObject, response: JsonObject, event: str, config: Config) -> Envelope:
    token = response.text("token")
    definition = response.inner("definition")
    answers = [*_list_answers(response, _titles(definition)), *_list_hidden(response)]
    placed = place_answers(answers, config.options, known=KNOWN)
    title = definition.text("title")[:SUBJECT_LIMIT]
    form = response.text("form_id")
    response.skip("definition", "landed_at")
    said.skip("form_response")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        # A delivery that is sent again by hand has another event, but the same answer.
        dedupe_key=token or event,
        has_weak_key=not (token or event),
        external_id=token,
        external_ids={"form": form} if form else {},
        occurred_at=response.moment("submitted_at"),
        is_test=any(one.value.strip().lower() == _TEST_ADDRESS for one in answers),
        fields=placed.fields,
        answers=tuple(placed.answers),
        touchpoint=Touchpoint(kind="FORM", summary=title, text=placed.fields.get("message", "")),
        last_touch=placed.touch(),
        extra=response.rest() | said.rest(),
        warnings=tuple(said.warnings),
    )


def _titles(definition: JsonObject) -> dict[str, str]:
    """The words of each question, by its reference and its id; also those within groups."""
    found: dict[str, str] = {}
    waiting = definition.objects("fields")
    while waiting:
        question = waiting.pop()
        title = question.text("title")
        for name in (question.text("ref"), question.text("id")):
            if name and title:
                found.setdefault(name, title)
        waiting.extend(question.inner("properties").objects("fields"))
    return found


def _list_answers(response: JsonObject, titles: dict[str, str]) -> Iterator[Answer]:
    for number, one in enumerate(response.objects("answers")):
        question = one.inner("field")
        reference, identity = question.text("ref"), question.text("id")
        key = reference or identity or f"answer_{number}"
        kind = one.text("type")
        question.skip("type")
        label = titles.get(reference) or titles.get(identity) or key
        yield Answer(key, label, _value(one, kind), kind or "text")


def _value(answer: JsonObject, kind: str) -> str:
    if kind == "choice":
        choice = answer.inner("choice")
        choice.skip("id", "ref")
        return choice.text("label") or choice.text("other")
    if kind == "choices":
        choices = answer.inner("choices")
        choices.skip("ids", "refs")
        other = choices.text("other")
        return ", ".join(filter(None, [to_text(choices.items("labels")), other]))
    return answer.text(kind) if kind else ""


def _list_hidden(response: JsonObject) -> Iterator[Answer]:
    """What the page that holds the form handed over: UTM parameters, or who the visitor is."""
    hidden = response.inner("hidden")
    for name in list(hidden.document):
        if text := hidden.text(name):
            yield Answer(name, name, text, "hidden")


def make_sample(number: int, at: datetime) -> Delivery:
    questions = {"email": "E-mail", "full_name": "Your name", "budget": "Budget"}
    fields = [
        {"id": f"q{place}", "ref": ref, "type": "short_text", "title": title}
        for place, (ref, title) in enumerate(questions.items())
    ]
    answers = [
        {"type": "email", "email": f"ada.example{number}@example.com", "field": fields[0]},
        {"type": "text", "text": f"Ada Example {number}", "field": fields[1]},
        {"type": "choice", "choice": {"label": "10-20k"}, "field": fields[2]},
    ]
    response = {
        "form_id": "abc",
        "token": f"token-{number}",
        "landed_at": at.isoformat(),
        "submitted_at": at.isoformat(),
        "hidden": {"utm_source": "newsletter"},
        "definition": {"id": "abc", "title": "Talk to sales", "fields": fields},
        "answers": answers,
    }
    document = {"event_id": f"event-{number}", "event_type": EVENT, "form_response": response}
    return json_sample(document, at)
