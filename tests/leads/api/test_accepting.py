"""POST /api/v1/leads/."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import IntakeItem, Lead
from leads.services.api_keys import revoke_api_key

Post = Callable[..., Any]
ADA = {"full_name": "Ada Lovelace", "email": "ada@example.com"}


def error_of(response: Any) -> dict[str, Any]:
    """The error of an answer, after checking its shape."""
    body = response.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert {"code", "message", "fields"} <= set(error)
    assert error["message"]
    assert all(isinstance(said, list) and said for said in error["fields"].values())
    return error


def test_a_lead_is_stored_and_answered_with_its_status_address(post: Post, api_key: Any) -> None:
    response = post(
        ADA | {"utm_source": "news"}, **{"User-Agent": "curl/8", "Idempotency-Key": "k"}
    )
    assert response.status_code == 202
    item = IntakeItem.objects.get()
    assert response.json() == {
        "id": str(item.public_id),
        "status_url": f"http://testserver/api/v1/intake/{item.public_id}/",
        "warnings": [],
    }
    assert (item.endpoint, item.dedupe_key, item.user_agent) == (api_key.endpoint, "k", "curl/8")
    assert item.payload["fields"] == ADA
    assert item.payload["touch"]["utm"] == {"source": "news"}
    assert b"ada@example.com" in bytes(item.raw)


def test_accepting_takes_two_statements(post: Post) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert post(ADA).status_code == 202
    own = [query["sql"] for query in queries if "django_q" not in query["sql"]]
    assert len(own) == 2, own


def test_the_same_body_again_is_the_same_lead_that_day(post: Post) -> None:
    first, again = post(ADA), post(dict(reversed(ADA.items())))
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json() | {"duplicate": True}
    assert post(ADA | {"message": "more"}).status_code == 202
    assert IntakeItem.objects.count() == 2


def test_a_key_makes_a_repeated_body_one_lead_and_another_body_a_conflict(post: Post) -> None:
    header = {"Idempotency-Key": "order-1"}
    first = post(ADA, **header)
    assert post(ADA, **header).json() == first.json() | {"duplicate": True}
    refused = post(ADA | {"email": "eve@example.com"}, **header)
    assert refused.status_code == 409
    error = error_of(refused)
    assert (error["code"], error["id"]) == ("idempotency_key_reused", first.json()["id"])
    assert IntakeItem.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "schlüssel", "a\x7f"])
def test_an_idempotency_key_that_cannot_be_kept_is_refused(post: Post, key: str) -> None:
    response = post(ADA, **{"Idempotency-Key": key})
    assert (response.status_code, error_of(response)["code"]) == (400, "idempotency_key_invalid")
    assert not IntakeItem.objects.exists()


@pytest.mark.parametrize("key", [None, "", "lr_wrong", "x" * 5000, "\xff\x00"])
def test_without_a_known_key_nothing_is_stored(post: Post, key: str | None) -> None:
    response = post(ADA, key=key)
    assert response.status_code == 401
    expected = "not_authenticated" if key is None else "api_key_unknown"
    assert error_of(response)["code"] == expected
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert not IntakeItem.objects.exists()


def test_a_revoked_key_is_refused_with_the_reason_from_the_next_request_on(
    post: Post, api_key: Any
) -> None:
    assert post(ADA).status_code == 202
    revoke_api_key(api_key=api_key, now=timezone.now())
    response = post(ADA | {"message": "later"})
    assert response.status_code == 401
    assert error_of(response)["code"] == "api_key_revoked"
    assert "revoked" in error_of(response)["message"]
    assert IntakeItem.objects.count() == 1


@pytest.mark.parametrize("part", ["endpoint", "source"])
def test_a_source_that_is_switched_off_takes_nothing(post: Post, api_key: Any, part: str) -> None:
    row = api_key.endpoint if part == "endpoint" else api_key.endpoint.source
    row.is_active = False
    row.save()
    response = post(ADA)
    assert (response.status_code, error_of(response)["code"]) == (401, "source_inactive")
    assert not IntakeItem.objects.exists()


def test_a_session_never_posts_a_lead(administrator_client: Client) -> None:
    response = administrator_client.post("/api/v1/leads/", ADA, content_type="application/json")
    assert response.status_code == 401
    assert not IntakeItem.objects.exists()


def test_a_body_over_the_limit_is_413_whether_it_says_its_length_or_not(post: Post) -> None:
    big = b'{"email": "a@example.com", "message": "' + b"x" * 262_144 + b'"}'
    response = post(big)
    assert (response.status_code, error_of(response)["code"]) == (413, "body_too_large")
    response = post(b"[" * 262_145)
    assert response.status_code == 413
    assert not IntakeItem.objects.exists()


def test_a_chunked_body_is_asked_for_its_length(post: Post) -> None:
    response = post(b"", **{"Transfer-Encoding": "chunked"})
    assert (response.status_code, error_of(response)["code"]) == (411, "length_required")
    assert not IntakeItem.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"{", b'{"a": NaN}', b'{"email": 1e400}', b'{"a":' + b"[" * 100_000,
        b'{"a": ' + b"1" * 5000 + b"}", b"\xff\xfe{}",
    ],
)  # fmt: skip
def test_unreadable_bodies_are_400_in_the_one_shape(post: Post, raw: bytes) -> None:
    response = post(raw)
    assert (response.status_code, error_of(response)["code"]) == (400, "json_invalid")
    assert not IntakeItem.objects.exists()


def test_wrong_types_are_refused_naming_each_field(post: Post) -> None:
    response = post({"email": 5, "phone": {}, "first_name": True})
    assert response.status_code == 400
    assert set(error_of(response)["fields"]) == {"email", "phone", "first_name"}
    assert not IntakeItem.objects.exists()


def test_forms_are_told_to_send_json(post: Post, api_key: Any) -> None:
    response = Client().post(
        "/api/v1/leads/", ADA, headers={"Authorization": f"Bearer {api_key.plain}"}
    )
    assert (response.status_code, error_of(response)["code"]) == (415, "unsupported_media_type")
    assert not IntakeItem.objects.exists()


def test_nul_and_lone_surrogates_are_repaired_with_a_warning(post: Post) -> None:
    raw = rb'{"email": "ada@example.com", "first_name": "A\u0000da\ud800", "x\u0000": "\u0000"}'
    response = post(raw)
    assert response.status_code == 202
    found = [(one["field"], one["code"]) for one in response.json()["warnings"]]
    assert found == [
        ("x", "unknown_field"),
        ("first_name", "text_repaired"),
        ("x", "text_repaired"),
    ]
    item = IntakeItem.objects.get()
    assert item.payload["fields"]["first_name"] == "Ada\ufffd"
    assert item.payload["extra"] == {"x": ""}


def test_nobody_sets_what_is_ours_to_decide(post: Post) -> None:
    ours = {
        "owner": "eve", "owner_id": 1, "score": 100, "stage": "WON", "place": "CLOSED",
        "is_test": True, "source": "partner", "status": "won", "version": 9, "endpoint": 2,
        "public_id": "x", "state": "LINKED", "routing_epoch": 7, "lead": 1, "id": 1,
    }  # fmt: skip
    # "state" is what Americans call a subdivision: known, and text.
    response = post(ADA | ours)
    assert response.status_code == 202
    named = {warning["field"] for warning in response.json()["warnings"]}
    assert named == set(ours) - {"state"}
    item = IntakeItem.objects.get()
    assert (item.state, item.lead_id) == ("RECEIVED", None)
    assert set(item.payload["fields"]) == {*ADA, "subdivision"}
    assert not Lead.objects.exists()


def test_markup_is_stored_as_the_text_it_is_and_answered_as_json(post: Post) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
    response = post(ADA | {"message": evil, evil: evil})
    assert response.status_code == 202
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    item = IntakeItem.objects.get()
    assert item.payload["fields"]["message"] == evil
    assert item.payload["extra"] == {evil: evil}


def test_a_forgotten_slash_does_not_lose_the_lead(post: Post) -> None:
    assert post(ADA, url="/api/v1/leads").status_code == 202


def test_a_key_over_its_rate_is_told_when_to_come_back(post: Post, settings: Any) -> None:
    settings.API_RATE_PER_SECOND = 3
    answers = [post(ADA | {"message": str(number)}) for number in range(20)]
    refused = [answer for answer in answers if answer.status_code == 429]
    accepted = [answer for answer in answers if answer.status_code == 202]
    assert refused
    assert len(accepted) + len(refused) == 20
    assert error_of(refused[0])["code"] == "throttled"
    assert refused[0]["Retry-After"] == "1"
    assert IntakeItem.objects.count() == len(accepted)


def test_guessing_keys_is_slowed_down_and_known_keys_are_not(post: Post) -> None:
    codes = [post(ADA, key=f"lr_guess{number}").status_code for number in range(62)]
    assert codes == [401] * 60 + [429] * 2
    assert post(ADA).status_code == 202


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(post: Post) -> None:
    def fail(*_: Any) -> Any:
        raise OperationalError("the database is away")

    with connection.execute_wrapper(fail):
        response = post(ADA)
    assert (response.status_code, error_of(response)["code"]) == (503, "unavailable")
    assert int(response["Retry-After"]) > 0
    assert "away" not in error_of(response)["message"]
    assert not IntakeItem.objects.exists()


def test_an_unknown_failure_is_a_500_that_says_nothing_of_the_cause(post: Post) -> None:
    def fail(*_: Any) -> Any:
        raise RuntimeError("secret detail")

    with connection.execute_wrapper(fail):
        response = post(ADA)
    assert (response.status_code, error_of(response)["code"]) == (500, "server_error")
    assert b"secret" not in response.content


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused_in_the_one_shape(
    administrator_client: Client, method: str
) -> None:
    response = getattr(administrator_client, method)("/api/v1/leads/")
    assert response.status_code in {403, 405}
    error_of(response)


def test_an_address_that_is_none_is_404_in_the_one_shape(client: Client) -> None:
    for path in ("/api/v1/nothing/", "/api/v2/leads/", "/api/v1/leads/abc/"):
        response = client.get(path)
        assert (response.status_code, error_of(response)["code"]) == (404, "not_found")
