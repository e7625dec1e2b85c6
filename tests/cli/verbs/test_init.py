"""``nwbgate init``: first files of a recipe and of a specification."""

import pytest

from nwbgate.cli import main
from support.two_photon_task import make_sources


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    return make_sources(tmp_path_factory.mktemp("lab"))


def test_a_recipe_is_written_and_said(sources, tmp_path, capsys):
    folder = tmp_path / "mine"
    command = [
        "init",
        "recipe",
        str(folder),
        "--interfaces",
        "CsvTimeIntervals",
        "--example",
        str(sources / "anna/day1"),
    ]
    assert main(command) == 0
    names = ("conversion.yaml", "metadata.yaml", "README.md", "test_recipe.py", "sessions.csv")
    assert capsys.readouterr().out.splitlines() == [
        *(f"wrote {folder / name}" for name in names),
        f"Next: fill in metadata.yaml and sessions.csv in {folder}, then",
        f"  nwbgate convert {folder} {sources} --sessions {folder / 'sessions.csv'} --output nwb",
    ]
    assert main(command) == 2


def test_a_specification_of_tables_fits_them_and_a_changed_table_does_not(sources, tmp_path, capsys):
    spec = tmp_path / "spec"
    assert main(["init", "spec", str(sources / "sessions.csv"), "--output", str(spec)]) == 0
    assert capsys.readouterr().out == f"wrote {spec / 'manifest.yaml'}\n"
    assert main(["check", "--manifest", str(sources), "--spec", str(spec)]) == 0
    (tmp_path / "sessions.csv").write_text((sources / "sessions.csv").read_text().replace("1.25", "soon"))
    assert main(["check", "--manifest", str(tmp_path), "--spec", str(spec)]) == 1
    assert "task_started" in capsys.readouterr().out


def test_tables_without_a_key_are_an_error(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("x\n1\n1\n")
    assert main(["init", "spec", str(tmp_path / "t.csv"), "--output", str(tmp_path / "spec")]) == 2
    assert "no table has a key" in capsys.readouterr().err
