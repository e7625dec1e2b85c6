"""`nwbgate convert`: options, tables and exit codes."""

import os
from pathlib import Path

import h5py
import pytest

from nwbgate.cli import main
from nwbgate.conversion.recipes.recipe import shipped_recipes
from support.hostile_sources import HOSTILE_RECIPE, make_hostile


def convert(*arguments: object) -> int:
    return main(["convert", *map(str, arguments)])


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def sources(tmp_path):
    return make_hostile(tmp_path / "sources", a="fine", b="fine")


def test_a_folder_is_converted_and_everything_is_said(sources, tmp_path, capsys):
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0].split() == ["session", "status", "time", "size", "file"]
    assert lines[1].split()[:2] == ["a", "converted"]
    assert lines[1].endswith("sub-rat7/sub-rat7_ses-a.nwb")
    assert lines[-1].startswith(f"2 converted, in {tmp_path / 'nwb'}")
    assert "[2/2] b: converted" in captured.err


def test_a_second_run_skips_everything(sources, tmp_path, capsys):
    convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb")
    before = {name: (tmp_path / "nwb" / name).stat().st_mtime_ns for name in files(tmp_path / "nwb") if name[0] != "."}
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 skipped")
    assert {name: (tmp_path / "nwb" / name).stat().st_mtime_ns for name in before} == before
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb", "--overwrite") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 converted")


def test_a_failed_session_is_1_and_its_reason_is_said(sources, tmp_path, capsys):
    make_hostile(sources, b="refuse", c="crash", d="exclude", e="remark")
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 1
    captured = capsys.readouterr()
    assert (
        f"b failed: refused\n  where: {sources / 'b.txt'}\n  got: a\n  expected: b\n  what to do: c\n" in captured.out
    )
    assert "ValueError: crashed" in captured.out
    assert "d excluded: not wanted" in captured.out
    assert "e: remarkable" in captured.out
    assert "2 converted, 1 excluded, 2 failed" in captured.out.splitlines()[-1]
    assert "Traceback" not in captured.out + captured.err


def test_debug_shows_where_a_converter_crashed(tmp_path, capsys):
    folder = make_hostile(tmp_path / "sources", a="crash")
    assert main(["--debug", "convert", str(HOSTILE_RECIPE), str(folder), "--output", str(tmp_path / "nwb")]) == 1
    assert "hostile.py" in capsys.readouterr().out


def test_a_session_that_fails_by_our_fault_is_3(sources, tmp_path, capsys):
    make_hostile(sources, b="bug")
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb") == 3
    assert "nwbgate broke" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(sources, tmp_path, capsys):
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 would convert")
    assert not (tmp_path / "nwb").exists()


def test_a_hidden_change_is_seen_with_verify_sources(sources, tmp_path, capsys):
    arguments = (HOSTILE_RECIPE, sources / "a.txt", "--output", tmp_path / "nwb")
    convert(*arguments)
    status = (sources / "a.txt").stat()
    (sources / "a.txt").write_text("good")
    os.utime(sources / "a.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    convert(*arguments)
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 skipped")
    convert(*arguments, "--verify-sources")
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 converted")


def test_metadata_of_a_file_reach_the_sessions(sources, tmp_path):
    (tmp_path / "mine.yaml").write_text("NWBFile: {lab: My lab}\n")
    arguments = ("--output", tmp_path / "nwb", "--metadata", tmp_path / "mine.yaml")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 0
    with h5py.File(tmp_path / "nwb" / "sub-rat7" / "sub-rat7_ses-a.nwb") as file:
        assert file["general/lab"].asstr()[()] == "My lab"


def test_a_typing_error_in_metadata_is_2_and_names_the_right_key(sources, tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text("NWBFile: {institutoin: Mine}\n")
    arguments = ("--output", tmp_path / "nwb", "--metadata", tmp_path / "mine.yaml")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 2
    said = capsys.readouterr().err
    assert "NWBFile.institutoin" in said
    assert "did you mean 'NWBFile.institution'" in said
    assert not (tmp_path / "nwb").exists()


@pytest.mark.parametrize(
    ("metadata", "where", "expected"),
    [
        (
            "NWBFile: {session_start_time: yesterday}",
            "NWBFile.session_start_time",
            "an ISO 8601 date and time, such as",
        ),
        ("NWBFile: {session_start_time: '2019-03-01T10:00:00'}", "NWBFile.session_start_time", "offset from UTC"),
        ("NWBFile: {session_start_time: 2019-03-01 10:00:00}", "NWBFile.session_start_time", "no time zone"),
        ("NWBFile: {session_start_time: 2019-03-01}", "NWBFile.session_start_time", "an ISO 8601 date and time"),
        ("Subject: {date_of_birth: never}", "Subject.date_of_birth", "an ISO 8601 date and time"),
        ("Subject: {sex: male}", "Subject.sex", "one of M, F, U, O"),
        ("Subject: {species: mouse}", "Subject.species", "text that matches ^[A-Z]"),
        ("Subject: {age: 5}", "Subject.age", "expected: text"),
        ("NWBFile: {session_start_time: 2019-13-45}", "line 1, column 31", "month must be in 1..12"),
        ("NWBFile: {? [a] : b}", "line 1", "unhashable key"),
    ],
)
def test_a_bad_value_in_metadata_is_2_and_says_what_belongs_there(metadata, where, expected, sources, tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text(metadata + "\n")
    arguments = ("--output", tmp_path / "nwb", "--metadata", tmp_path / "mine.yaml")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 2
    said = capsys.readouterr().err
    assert where in said
    assert expected in said
    assert not (tmp_path / "nwb").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-recipe", "."], "no-such-recipe"),
        ([HOSTILE_RECIPE, "gone"], "gone"),
        ([HOSTILE_RECIPE, "empty"], "*.txt"),
        ([HOSTILE_RECIPE, "sources", "--jobs", "0"], "--jobs"),
        ([HOSTILE_RECIPE, "sources", "--threads", "0"], "--threads"),
        ([HOSTILE_RECIPE, "sources", "--metadata", "gone.yaml"], "gone.yaml"),
        ([HOSTILE_RECIPE, "sources", "--unknwon", "x"], "--unknown"),
        ([HOSTILE_RECIPE], "SOURCE"),
    ],
)
def test_a_bad_command_line_is_2(arguments, said, sources, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert convert(*arguments, "--output", tmp_path / "nwb") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "nwb").exists()


def test_the_output_folder_has_to_be_said(sources, capsys):
    assert convert(HOSTILE_RECIPE, sources) == 2
    assert "--output" in capsys.readouterr().err


def test_help_of_a_recipe_shows_its_options(capsys):
    assert convert(HOSTILE_RECIPE, "--help") == 0
    said = capsys.readouterr().out
    assert "--unknown" in said
    assert "--same" in said
    assert convert("--jobs", "2", HOSTILE_RECIPE, "--help") == 0
    assert "--unknown" in capsys.readouterr().out
    assert convert("--help") == 0
    said = capsys.readouterr().out
    assert "--unknown" not in said
    assert all(name.replace("_", "-") in said for name in shipped_recipes())


def test_help_is_given_even_for_a_recipe_that_is_unknown(capsys):
    assert convert("no-such-recipe", "--help") == 0
    assert "--output" in capsys.readouterr().out


def test_options_of_the_recipe_reach_its_planner(sources, tmp_path, capsys):
    arguments = ("--output", tmp_path / "nwb", "--unknown", "the colour of the mouse")
    assert convert(HOSTILE_RECIPE, sources, *arguments) == 0
    said = capsys.readouterr().out
    assert said.count("the colour of the mouse") == 1
    (tmp_path / "mine.yaml").write_text("NWBFile: {protocol: it says the colour}\n")
    assert convert(HOSTILE_RECIPE, sources, *arguments, "--metadata", tmp_path / "mine.yaml") == 0
    assert "the colour of the mouse" not in capsys.readouterr().out
    assert convert(HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb", "--same") == 2
    assert "one output file" in capsys.readouterr().err


def test_an_option_that_hides_one_of_the_command_is_refused(sources, tmp_path, capsys):
    folder = tmp_path / "recipe"
    folder.mkdir()
    for path in HOSTILE_RECIPE.glob("*.*"):
        (folder / path.name).write_text(path.read_text().replace("    same:", "    jobs:"))
    assert convert(folder, sources, "--output", tmp_path / "nwb") == 2
    assert "'jobs'" in capsys.readouterr().err


def test_every_type_of_option_is_understood(sources, tmp_path, capsys):
    folder = tmp_path / "recipe"
    folder.mkdir()
    (folder / "hostile.py").write_text(
        (HOSTILE_RECIPE / "hostile.py")
        .read_text()
        .replace("def plan(", "def plan(sources, options):\n    return []\n\ndef other(")
    )
    (folder / "conversion.yaml").write_text(
        "title: x\nconverter: hostile.py:HostileInterface\nplanner: hostile.py:plan\nsources: {pattern: '*'}\n"
        "output: '{session_id}.nwb'\noptions:\n  properties:\n    shift: {type: number, default: 0.5}\n"
        "    count: {type: integer}\n    kind: {enum: [a, b]}\n    table: {type: string, format: file-path}\n"
    )
    good = ("--shift", "1.5", "--count", "3", "--kind", "b", "--table", sources / "a.txt")
    assert convert(folder, sources, "--output", tmp_path / "nwb", *good) == 0
    assert "nothing to do" in capsys.readouterr().out
    for bad in (("--shift", "x"), ("--count", "1.5"), ("--kind", "c"), ("--table", tmp_path / "gone.csv")):
        assert convert(folder, sources, "--output", tmp_path / "nwb", *bad) == 2, bad
        assert bad[0].removeprefix("--") in capsys.readouterr().err


def test_a_naive_start_needs_the_zone_of_the_laboratory(sources, tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text("NWBFile: {session_start_time: 2019-03-01 10:00:00}\n")
    arguments = (HOSTILE_RECIPE, sources, "--output", tmp_path / "nwb", "--metadata", tmp_path / "mine.yaml")
    assert convert(*arguments, "--dry-run") == 2
    assert "no time zone" in capsys.readouterr().err
    assert convert(*arguments, "--timezone", "America/New_York") == 0
    with h5py.File(tmp_path / "nwb" / "sub-rat7" / "sub-rat7_ses-a.nwb") as file:
        assert file["session_start_time"].asstr()[()] == "2019-03-01T10:00:00-05:00"
    assert convert(*arguments, "--timezone", "Seattle") == 2
    assert "unknown time zone" in capsys.readouterr().err
