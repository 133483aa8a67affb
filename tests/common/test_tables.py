"""Tables of plain text."""

from leadrouter.common.tables import WIDEST, render_table


def test_columns_are_aligned_and_the_last_one_may_be_long() -> None:
    text = render_table(("Lead", "Why"), [("Anna", "x" * 200), ("Bartholomew", "short")])
    assert text.splitlines() == [
        "Lead         Why",
        "───────────  ───",
        f"Anna         {'x' * 200}",
        "Bartholomew  short",
    ]


def test_a_very_long_cell_is_cut_where_others_follow() -> None:
    cut = render_table(("Lead", "Why"), [("y" * 100, "z")]).splitlines()[2]
    assert cut == "y" * (WIDEST - 1) + "…  z"


def test_a_table_without_rows_is_its_header() -> None:
    assert render_table(("A", "B"), []) == "A  B\n─  ─\n"
