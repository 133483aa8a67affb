"""Whatever is sent: an answer in the documented shapes, never a failure of ours."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from leads.api.throttling import counter
from leads.channels.api.schema import ALIASES
from leads.models import IntakeItem

_TEXT = st.text(st.characters(), max_size=30)
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=10,
)
_NAMES = st.sampled_from([*ALIASES, "utm_source", "gclid", "landing_url", "custom"]) | _TEXT
_BODY = st.dictionaries(_NAMES, _VALUE, max_size=8)
_CONTACT = st.fixed_dictionaries(
    {}, optional={"email": _TEXT.map(lambda text: f"{text}@x.example"), "phone": st.just("123456")}
)
_KEYS = st.none() | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=9)


@pytest.mark.django_db
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=_BODY, contact=_CONTACT, header=_KEYS, cut=st.integers(0, 400) | st.none())
@example(body={"custom": {"\ud800": "\x00"}}, contact={"phone": "12345"}, header=None, cut=None)
def test_no_body_and_no_header_makes_the_endpoint_fail(
    post: Callable[..., Any],
    body: dict[str, Any],
    contact: dict[str, str],
    header: str | None,
    cut: int | None,
) -> None:
    caches["process"].clear()
    counter.clear()  # a quick machine posts more than a hundred in a second
    raw = json.dumps(body | contact).encode()[:cut]
    before = IntakeItem.objects.count()
    response = post(raw, **({} if header is None else {"Idempotency-Key": header}))
    assert response.status_code in {200, 202, 400, 409}, response.content
    if response.status_code == 202:
        item = IntakeItem.objects.get(public_id=response.json()["id"])
        assert set(item.payload) == {"fields", "touch", "extra"}
        assert all(isinstance(text, str) for text in item.payload["fields"].values())
    else:
        assert IntakeItem.objects.count() == before
        if response.status_code != 200:
            assert response.json()["error"]["code"]
