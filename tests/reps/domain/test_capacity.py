from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reps.domain.capacity import Caps, Load, find_full_reason, free_slots

limits = st.none() | st.integers(0, 30)
counts = st.integers(0, 40)


@given(st.builds(Caps, limits, limits, limits), st.builds(Load, counts, counts, counts))
def test_a_rep_is_full_exactly_when_no_slot_is_free(caps: Caps, load: Load) -> None:
    slots = free_slots(caps, load)
    assert (find_full_reason(caps, load) is not None) == (slots == 0)
    assert slots is None or slots >= 0


@given(st.builds(Caps, limits, limits, limits), st.builds(Load, counts, counts, counts))
def test_filling_the_free_slots_makes_a_rep_full_and_one_fewer_does_not(
    caps: Caps, load: Load
) -> None:
    slots = free_slots(caps, load)
    if not slots:
        return

    def after(extra: int) -> Load:
        return Load(
            load.open_leads + extra, load.received_today + extra, load.received_last_hour + extra
        )

    assert find_full_reason(caps, after(slots)) is not None
    assert find_full_reason(caps, after(slots - 1)) is None


def test_no_caps_means_no_limit() -> None:
    assert free_slots(Caps(), Load(10_000, 10_000, 10_000)) is None


def test_the_tightest_cap_decides() -> None:
    assert free_slots(Caps(20, 10, 3), Load(5, 4, 1)) == 2


def test_the_reason_names_the_cap_that_is_reached() -> None:
    assert find_full_reason(Caps(max_open=20), Load(open_leads=20)) == "full: 20/20 open leads"
    assert find_full_reason(Caps(max_per_day=0), Load()) == "full: 0/0 leads today"


def test_a_negative_cap_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Caps(max_per_hour=-1)
