"""What each sender sends means exactly what its golden files say."""

import json

import pytest
from django.conf import settings

from leads.channels.registry import ADAPTERS
from tests.leads.channels.contract.golden_files import FOLDER, Case, describe, list_cases

CASES = list(list_cases())
PAGES = settings.BASE_DIR / "docs" / "channels"


def _name(case: Case) -> str:
    return f"{case.adapter.channel}-{case.path.stem}"


@pytest.mark.parametrize("channel", ADAPTERS)
def test_every_channel_has_golden_files_a_sample_steps_to_set_it_up_and_a_page(
    channel: str,
) -> None:
    adapter = ADAPTERS[channel]
    assert any(case.adapter is adapter and "envelopes" in case.document for case in CASES)
    assert adapter.make_sample
    assert adapter.steps
    assert (PAGES / f"{channel.lower()}.md").exists()


def test_every_golden_file_belongs_to_a_channel() -> None:
    assert {path.name for path in FOLDER.iterdir()} <= {name.lower() for name in ADAPTERS}


DELIVERIES = [one for one in CASES if "envelopes" in one.document and "answer" not in one.document]
ANSWERS = [one for one in CASES if "answer" in one.document]


@pytest.mark.parametrize("case", DELIVERIES, ids=_name)
def test_a_golden_delivery_is_exactly_its_envelopes(case: Case) -> None:
    found = describe(case.adapter.parse(case.delivery, case.config))
    assert json.loads(json.dumps(found)) == case.document["envelopes"]


@pytest.mark.parametrize("case", ANSWERS, ids=_name)
def test_a_golden_answer_is_asked_for_as_its_sender_wants_and_is_exactly_its_envelope(
    case: Case,
) -> None:
    adapter, fetch = case.adapter, case.document["fetch"]
    assert adapter.ask
    assert adapter.read_answer
    found = describe([adapter.read_answer(fetch, case.document["answer"], case.config)])
    assert json.loads(json.dumps(found)) == case.document["envelopes"]
    question = adapter.ask(fetch, case.config)
    assert {"url": question.url, "headers": dict(question.headers)} == case.document["asks"]
    assert question.url.startswith(f"https://{adapter.api_host}/")


@pytest.mark.parametrize("case", [one for one in CASES if one.document.get("is_signed")], ids=_name)
def test_the_real_signature_of_a_golden_delivery_is_accepted(case: Case) -> None:
    assert case.adapter.verify
    proof = case.adapter.verify(case.delivery, case.config)
    assert proof.is_valid, proof.reason


@pytest.mark.parametrize("case", [one for one in CASES if "reply" in one.document], ids=_name)
def test_a_golden_request_gets_exactly_its_reply(case: Case) -> None:
    answer = case.adapter.shake_hands or case.adapter.reply
    assert answer
    reply = answer(case.delivery, case.config)
    assert reply
    said = case.document["reply"]
    assert {name: getattr(reply, name) for name in said} == said
