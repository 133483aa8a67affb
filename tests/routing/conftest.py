"""Every test of routing also hears in which order its transactions take their locks."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.routing.locks import watching


@pytest.fixture(autouse=True)
def locks_in_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails whatever waits for locks out of the one order (docs/architecture.md): it may deadlock."""
    if connection.vendor != "postgresql" or "takes_locks_out_of_order" in request.keywords:
        yield
        return
    with watching() as watch:
        yield
    assert watch.find_disorder() == []
