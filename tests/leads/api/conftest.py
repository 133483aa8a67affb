"""A program with an API key, and the process-wide counters it must find empty."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from leads.api.throttling import counter
from tests.factories import ApiKeyFactory

URL = "/api/v1/leads/"


@pytest.fixture(autouse=True)
def _no_counters() -> Iterator[None]:
    caches["process"].clear()
    counter.clear()
    yield
    caches["process"].clear()


@pytest.fixture
def api_key(db: None) -> Any:
    return ApiKeyFactory()


@pytest.fixture
def post(api_key: Any) -> Callable[..., Any]:
    """Posts a body (an object, or raw bytes) as the program would."""

    def send(body: Any, *, key: str | None = api_key.plain, url: str = URL, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        client = Client(raise_request_exception=False)
        return client.post(url, raw, content_type="application/json", headers=headers)

    return send
