import pytest

from leads.domain.cleansing import cleanse
from leads.domain.draft import fields_of
from leads.domain.names import read_name
from leads.domain.notes import Notes


@pytest.mark.parametrize(
    ("full", "first", "last", "shown"),
    [
        ("Ada Lovelace", "Ada", "Lovelace", "Ada Lovelace"),
        ("Ada King Lovelace", "Ada", "Lovelace", "Ada King Lovelace"),
        ("LOVELACE, ADA", "Ada", "Lovelace", "Ada Lovelace"),
        ("ludwig van beethoven", "Ludwig", "van Beethoven", "Ludwig van Beethoven"),
        ("Dr. JUAN DE LA VEGA III", "Juan", "de la Vega", "Juan de la Vega III"),
        ("mcdonald, RONALD", "Ronald", "McDonald", "Ronald McDonald"),
        ("Jean DUPONT", "Jean", "Dupont", "Jean Dupont"),
        ("Smith, John, Jr.", "John", "Smith", "John Smith Jr."),
        ("Maria José da Silva", "Maria", "da Silva", "Maria José da Silva"),
        ("JJ ABRAMS", "JJ", "Abrams", "JJ Abrams"),
        ("Jack Ma", "Jack", "Ma", "Jack Ma"),
        ("Ada", "Ada", "", "Ada"),
        ("King", "King", "", "King"),
        ("山田 太郎", "太郎", "山田", "山田 太郎"),
        ("Иван Петров", "Иван", "Петров", "Иван Петров"),
    ],
)
def test_one_column_is_taken_apart(full: str, first: str, last: str, shown: str) -> None:
    name = read_name("", "", full, Notes())
    assert (name.first, name.last, name.full) == (first, last, shown)


@pytest.mark.parametrize("full", ["Prof. Dr. Grace Hopper", "Grace Hopper PhD", "Ms. Grace Hopper"])
def test_titles_are_taken_off_and_the_change_is_recorded(full: str) -> None:
    notes = Notes()
    assert read_name("", "", full, notes).full == "Grace Hopper"
    assert [(c.rule, c.before) for c in notes.changes] == [("title_removed", full)]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("ADA", "LOVELACE", ("Ada", "Lovelace")),
        ("ludwig", "van beethoven", ("Ludwig", "van Beethoven")),
        ("jean-luc", "o'neill", ("Jean-Luc", "O'Neill")),
        ("AL", "SMITH", ("Al", "Smith")),
        ("JJ", "Abrams", ("JJ", "Abrams")),
        ("Bell", "hooks", ("Bell", "Hooks")),
        ("Danah", "de Ia Cruz", ("Danah", "de Ia Cruz")),
        (" Ada ", "n/a", ("Ada", "")),
        ("John", "Null", ("John", "Null")),
        ("", "Lovelace, Ada", ("Ada", "Lovelace")),
        ("Ada Lovelace", "Ada Lovelace", ("Ada", "Lovelace")),
    ],
)
def test_columns_are_repaired(first: str, last: str, expected: tuple[str, str]) -> None:
    name = read_name(first, last, "", Notes())
    assert (name.first, name.last) == expected


@pytest.mark.parametrize(
    ("full", "code"),
    [("Mr. & Mrs. Smith", "name_of_two"), ("Ada and Charles Babbage", "name_of_two"),
     ("O'BRIEN Mary", "name_order"), ("Visit http://spam.example", "name_doubtful"),
     ("ada@example.com", "name_doubtful")],
)  # fmt: skip
def test_a_doubtful_name_is_kept_with_a_doubt(full: str, code: str) -> None:
    notes = Notes()
    assert read_name("", "", full, notes).full
    assert code in {warning.code for warning in notes.warnings}


def test_a_shouted_family_name_in_front_is_put_behind() -> None:
    name = read_name("", "", "O'BRIEN Mary", Notes())
    assert (name.first, name.last) == ("Mary", "O'Brien")


def test_columns_that_name_somebody_else_than_the_full_name_are_doubted() -> None:
    notes = Notes()
    read_name("Ada", "Lovelace", "Charles Babbage", notes)
    assert [warning.code for warning in notes.warnings] == ["names_disagree"]


@pytest.mark.parametrize(
    "full",
    ["0000(USA)0", "a 0000 USA", "a A@BCDE USA", "a ABCD-@ USA", "a 株式会社 USA", "0 LONG 1"],
)
def test_a_name_with_figures_is_read_the_same_the_second_time(full: str) -> None:
    draft = cleanse({"full_name": full})
    again = cleanse(fields_of(draft))
    names = ("first_name", "last_name", "full_name")
    assert [getattr(again, one) for one in names] == [getattr(draft, one) for one in names]
