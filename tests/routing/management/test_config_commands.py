"""manage.py export_config and import_config."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from routing.configuration.exporting import export_configuration
from routing.demo.organisation import FILE
from tests.routing.configuration.organisations import erase_organisation, make_organisation

pytestmark = pytest.mark.django_db


def _run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_file_goes_out_and_comes_in_byte_for_byte(tmp_path: Path) -> None:
    make_organisation()
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    _run("export_config", first)
    erase_organisation()
    _run("import_config", first, "--publish")
    _run("export_config", second)
    assert first.read_bytes() == second.read_bytes()
    assert _run("export_config", "-") == first.read_text(encoding="utf-8")


def test_the_demo_file_comes_in_and_goes_out_byte_for_byte() -> None:
    _run("import_config", FILE, "--publish")
    assert _run("export_config", "-") == FILE.read_text(encoding="utf-8")


def test_a_dry_run_prints_the_difference_and_changes_nothing(tmp_path: Path) -> None:
    make_organisation()
    path = tmp_path / "organisation.yaml"
    _run("export_config", path)
    text = path.read_text(encoding="utf-8").replace("maria-weber: 3", "maria-weber: 5")
    path.write_text(text, encoding="utf-8")
    before = export_configuration()
    printed = _run("import_config", path, "--dry-run")
    assert "~ pools: smb\n    members.maria-weber: 3 → 5\n" in printed
    assert "0 added, 1 changed, 0 removed" in printed
    assert "Dry run: nothing was changed." in printed
    assert export_configuration() == before


def test_mistakes_are_printed_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("leadrouter: 1\nteams:\n- name: Berlin\npolls: []\n", encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        _run("import_config", path)
    text = str(caught.value)
    assert "nothing was changed" in text
    assert "teams[Berlin]: “slug” is missing." in text
    assert "“polls” is not known here. Did you mean “pools”?" in text


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_files_that_cannot_be_read_are_refused_in_words(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "odd.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=r"cannot be read|is not UTF-8"):
        _run("import_config", path)


def test_an_export_into_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        _run("export_config", tmp_path / "no" / "file.yaml")
