"""Territories from the command line."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command

from routing.models import Territory
from tests.factories import LeadFactory, TerritoryFactory, make_manager

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
@pytest.mark.parametrize("flags", [(), ("--owners",)])
def test_an_export_is_imported_without_a_difference(
    tmp_path: Path, name: str, flags: tuple[str, ...]
) -> None:
    TerritoryFactory(slug="dach", countries=["DE", "AT"])
    path = str(tmp_path / name)
    assert run("export_territories", path, *flags) == f"Wrote {path}.\n"
    if flags:  # nobody owns anything: a header alone
        with pytest.raises(CommandError, match="no rows under it"):
            run("import_territories", path)
    else:
        assert "0 new, 0 changed, 0 switched off, 1 unchanged" in run("import_territories", path)


def test_a_dry_run_says_everything_and_writes_nothing(tmp_path: Path) -> None:
    TerritoryFactory(name="DACH", slug="dach", countries=["DE"])
    LeadFactory(country="AT")
    path = tmp_path / "t.csv"
    path.write_text('slug,name,countries\ndach,DACH,"DE, AT"\nfrance,France,FR\n')
    said = run("import_territories", str(path), "--dry-run")
    assert "~ dach: DACH\n    Countries: DE → DE, AT\n" in said
    assert "+ france: France\n    Name: France\n    Countries: FR\n" in said
    assert "Of the newest 1 leads 1 would belong to another territory." in said
    assert "Dry run: nothing was changed." in said
    assert Territory.objects.count() == 1


def test_a_file_is_applied_in_somebodys_name_and_the_rest_switched_off(tmp_path: Path) -> None:
    TerritoryFactory(slug="old")
    make_manager(username="mona")
    path = tmp_path / "t.csv"
    path.write_text("slug,name\nfrance,France\n")
    said = run("import_territories", str(path), "--switch-off-missing", "--user", "mona")
    assert "1 new, 0 changed, 1 switched off" in said
    assert list(Territory.objects.filter(is_active=True).values_list("slug", flat=True)) == [
        "france"
    ]
    assert LogEntry.objects.filter(user__username="mona").count() == 2


def test_a_wrong_file_ends_in_an_error_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("slug,name,countries\nfrance,France,FR\nx,X,Atlantis\n")
    output = StringIO()
    with pytest.raises(CommandError, match="cannot be applied; nothing was changed"):
        call_command("import_territories", str(path), stdout=output)
    assert "row 3, x, countries: “Atlantis” is not a country code." in output.getvalue()
    assert not Territory.objects.exists()
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run("import_territories", str(tmp_path / "nowhere.csv"))
    with pytest.raises(CommandError, match="There is no user “nobody”"):
        run("import_territories", str(path), "--user", "nobody")
    with pytest.raises(CommandError, match="should end in"):
        run("export_territories", str(tmp_path / "t.pdf"))
