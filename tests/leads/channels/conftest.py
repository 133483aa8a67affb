"""What tests of channels share."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _no_counts_of_networks() -> None:
    """All tests come from one network; what one of them sent must not slow the next one down."""
    caches["process"].clear()
