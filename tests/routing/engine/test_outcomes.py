"""Expected value from past outcomes: shrunk, fair to who was given worse sources, honest about little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine.outcomes import FEWEST_OUTCOMES, PRIOR, OutcomeTable, Tally

ANN, BOB, CEM = 1, 2, 3


def test_the_chance_is_that_of_the_stated_prior_by_hand():
    """One source, so nothing else is known of the rep: (won + 20 r) / (closed + 20)."""
    table = OutcomeTable([Tally(ANN, "web", 12, 8), Tally(BOB, "web", 8, 32)])
    chance = (12 + PRIOR * 20 / 60) / (20 + PRIOR)
    assert table.expect(ANN, "web").worth == pytest.approx(1_000_000 * chance, abs=1)
    assert table.expect(ANN, "web").text == f"{chance:.2f}"
    assert table.expect(ANN, "web").closed == 20


def test_who_has_closed_nothing_is_expected_to_do_as_the_pool_does():
    table = OutcomeTable([Tally(ANN, "web", 30, 70)])
    assert table.expect(BOB, "web").text == "0.30"
    assert table.expect(BOB, "web") == table.expect(CEM, "web")
    assert table.expect(BOB, "web").closed == 0


def test_a_lucky_first_lead_is_no_proof():
    table = OutcomeTable([Tally(ANN, "web", 30, 70), Tally(BOB, "web", 1, 0)])
    assert 0.30 < table.expect(BOB, "web").worth / 1e6 < 0.37


def test_nobody_looks_worse_for_having_been_given_worse_sources():
    """Bob wins as many of the fair's leads as Ann, but is given nothing else."""
    table = OutcomeTable(
        [Tally(ANN, "web", 50, 50), Tally(ANN, "fair", 10, 90), Tally(BOB, "fair", 20, 180)]
    )
    ann, bob = table.expect(ANN, "web").worth, table.expect(BOB, "web").worth
    assert abs(ann - bob) < 70_000
    assert (50 + 10) / (100 + 100) > 0.19 + 20 / 200  # as their plain rates would have it


def test_each_is_expected_to_win_where_they_have_won():
    table = OutcomeTable(
        [
            Tally(ANN, "web", 40, 10), Tally(ANN, "fair", 5, 45),
            Tally(BOB, "web", 5, 45), Tally(BOB, "fair", 40, 10),
        ]
    )  # fmt: skip
    assert table.expect(ANN, "web").worth > 2 * table.expect(BOB, "web").worth
    assert table.expect(BOB, "fair").worth > 2 * table.expect(ANN, "fair").worth


def test_deals_in_one_currency_make_it_money_and_in_two_do_not():
    tallies = [
        Tally(ANN, "web", 20, 20, 20, 20 * 900_00, "EUR"),
        Tally(BOB, "web", 20, 20, 20, 20 * 100_00, "EUR"),
    ]
    table = OutcomeTable(tallies)
    assert table.expect(ANN, "web").text == "350 EUR"  # half of (900 + 500) / 2
    assert table.expect(BOB, "web").text == "150 EUR"
    mixed = OutcomeTable([*tallies, Tally(CEM, "web", 1, 0, 1, 1_00, "USD")])
    assert mixed.expect(ANN, "web").text.startswith("0.5")


def test_too_few_outcomes_say_nothing():
    few = OutcomeTable([Tally(ANN, "web", 1, FEWEST_OUTCOMES - 2)])
    assert not few.is_telling
    with pytest.raises(ValueError, match="29 outcomes are too few"):
        few.expect(ANN, "web")
    assert OutcomeTable([Tally(ANN, "web", 1, FEWEST_OUTCOMES - 1)]).is_telling
    assert not OutcomeTable([Tally(ANN, "web", 0, 500)]).is_telling
    assert not OutcomeTable([]).is_telling


counts = st.integers(0, 300)


def draw_tallies(sources):
    rows = st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(sources), counts, counts)
    return st.lists(rows.map(lambda row: Tally(*row)), min_size=1)


@given(draw_tallies("abc"))
def test_a_chance_is_a_chance(tallies):
    table = OutcomeTable(tallies)
    if table.is_telling:
        for rep_id in (ANN, BOB, 9):
            for source in "abx":
                assert 0 <= table.expect(rep_id, source).worth <= 1_000_000


@given(draw_tallies("a"))
def test_more_wins_never_make_it_worse(tallies):
    table = OutcomeTable(tallies)
    if not table.is_telling:
        return
    more = OutcomeTable([*tallies, Tally(ANN, "a", 5, 0)])
    assert more.expect(ANN, "a").worth >= table.expect(ANN, "a").worth
