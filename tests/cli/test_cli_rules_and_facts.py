"""``nwbgate rules`` explains every code; ``nwbgate facts`` shows what files say of themselves."""

import contextlib
import csv
import io
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nwbgate.cli import main
from support.places import TESTS

RELEASED = TESTS / "data" / "visual_behavior_release"


def shown(capsys, *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def test_all_codes_are_listed_with_what_must_hold(capsys):
    lines = shown(capsys, "rules").splitlines()
    assert any(line.startswith("trials.one_outcome ") for line in lines)
    assert any(line.startswith("schema.dtype ") for line in lines)
    assert len(lines) > 700


def on_a_terminal(*arguments: str) -> str:
    """Return what the command line shows where its standard output is a terminal."""
    ours, terminal = pty.openpty()
    command = [sys.executable, "-c", "import sys; from nwbgate.cli import main; sys.exit(main())", *arguments]
    text = b""
    with subprocess.Popen(command, stdout=terminal, stdin=subprocess.DEVNULL):
        os.close(terminal)
        with contextlib.suppress(OSError):  # what Linux says at the end of a terminal that nobody writes to
            while piece := os.read(ours, 65536):
                text += piece
    os.close(ours)
    return text.decode().replace("\r\n", "\n")


def test_a_terminal_is_shown_families_and_how_to_see_more(capsys):
    listed = shown(capsys, "rules").splitlines()
    lines = on_a_terminal("rules").splitlines()
    counts = {family: int(number) for family, number, *_ in (line.split() for line in lines[:-3])}
    assert sum(counts.values()) == len(listed)
    assert counts["trials"] == sum(line.startswith("trials.") for line in listed)
    assert lines[-2].startswith(f"{len(listed)} rules. nwbgate rules FAMILY explains")
    assert lines[-1] == "nwbgate rules --all lists every code."


def test_a_terminal_is_shown_every_code_when_asked_for(capsys):
    assert on_a_terminal("rules", "--all") == shown(capsys, "rules") == shown(capsys, "rules", "--all")


def test_a_closed_standard_output_is_no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["rules"]) == 0


def test_one_code_is_explained(capsys):
    text = shown(capsys, "rules", "behavior_sessions.mouse_has_one_sex")
    assert text.startswith(
        "behavior_sessions.mouse_has_one_sex (error)\n  All sessions of a mouse name the same sex.\n"
    )
    assert "\n  why: a mouse with two sexes" in text
    assert "\n  example: mouse 457841" in text
    assert "\n  what to do: correct the session" in text


def test_a_prefix_explains_all_below_it(capsys):
    text = shown(capsys, "rules", "ophys_cells.cell_specimen_id")
    assert text.count("ophys_cells.cell_specimen_id.") >= 2


def test_rules_of_one_specification(capsys):
    text = shown(capsys, "rules", "--spec", "dataset_ii")
    assert "recordings.recording_id.unique" in text
    assert "ophys_sessions." not in text


def test_markdown_has_a_dictionary_and_a_section_per_code(capsys):
    text = shown(capsys, "rules", "ophys_cells", "--markdown")
    assert "| `cell_roi_id` | integer |" in text
    assert "## `ophys_cells.key.unique`" in text


def test_an_unknown_code_is_2(capsys):
    assert main(["rules", "ophys_cell"]) == 2
    assert "ophys_cells" in capsys.readouterr().err
    assert main(["rules", "ophys_cell", "--markdown"]) == 2


def test_a_code_of_another_specification_is_2(capsys):
    assert main(["rules", "ophys_cells", "--spec", "dataset_ii"]) == 2
    assert main(["rules", "--spec", "dataset_iii"]) == 2
    assert "dataset_ii" in capsys.readouterr().err


def test_facts_of_a_few_files_are_a_column_each(capsys):
    text = shown(capsys, "facts", RELEASED / "behavior_session_1900011401.nwb")
    assert "session_type" in text
    assert "TRAINING_1_gratings" in text


def test_facts_for_other_programs_are_csv(capsys):
    rows = list(csv.DictReader(io.StringIO(shown(capsys, "facts", RELEASED, "--csv"))))
    assert len(rows) == 4
    assert {row["subject_id"] for row in rows} == {"453988", "457841"}


@pytest.mark.parametrize(("table", "column"), [("nwb_planes", "imaging_rate"), ("nwb_rois", "cell_roi_id")])
def test_facts_of_planes_and_rois(table, column, capsys):
    path = RELEASED / "behavior_ophys_experiment_1900011010.nwb"
    assert column in shown(capsys, "facts", path, "--table", table)


def test_facts_that_no_file_has_are_said_to_be_none(capsys):
    arguments = ["facts", RELEASED / "behavior_session_1900011401.nwb", "--table", "nwb_planes"]
    assert shown(capsys, *arguments) == "no rows of nwb_planes\n"
    assert shown(capsys, *arguments, "--csv").startswith("path,plane,")


def test_an_unknown_table_of_facts_is_2(capsys):
    assert main(["facts", str(RELEASED), "--table", "trials"]) == 2
    assert "nwb_rois" in capsys.readouterr().err


def test_facts_are_cut_for_a_person_and_whole_as_csv(tmp_path, capsys):
    import h5py

    long, hostile = "x" * 20_000, "a\x07\nb"
    path = Path(shutil.copy(RELEASED / "behavior_session_1900011401.nwb", tmp_path))
    path.chmod(0o644)
    with h5py.File(path, "r+") as file:
        file["session_description"][...] = long
        file["general/institution"][...] = hostile
    text = shown(capsys, "facts", path)
    assert f"{long[:300]}... (20,000 characters)" in text
    assert len(text) < 20_000
    assert "a\x07" not in text
    (row,) = csv.DictReader(io.StringIO(shown(capsys, "facts", path, "--csv"), newline=""))
    assert (row["session_description"], row["institution"]) == (long, hostile)


def test_facts_of_a_file_that_cannot_be_read_is_1(tmp_path, capsys):
    (tmp_path / "cut.nwb").write_bytes(b"nothing")
    assert main(["facts", str(tmp_path / "cut.nwb")]) == 1
    assert "cut.nwb" in capsys.readouterr().err


def test_facts_of_the_other_files_are_shown_where_one_cannot_be_read(tmp_path, capsys):
    damaged = tmp_path / "damaged.nwb"
    damaged.write_bytes(b"no HDF5")
    good = RELEASED / "behavior_session_1900011401.nwb"
    assert main(["facts", "--csv", str(damaged), str(good)]) == 1
    said = capsys.readouterr()
    assert [Path(row["path"]).name for row in csv.DictReader(io.StringIO(said.out))] == [good.name]
    assert said.err.startswith("error: this is not an NWB file")
    assert str(damaged) in said.err


def test_facts_within_limits_are_those_without(capsys):
    assert shown(capsys, "facts", RELEASED, "--csv", "--file-time", 600) == shown(capsys, "facts", RELEASED, "--csv")


def test_facts_of_a_file_over_a_limit_is_1(capsys):
    assert main(["facts", str(RELEASED), "--file-memory", "1"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "given up: it took over 1 MB" in said.err


def test_facts_of_no_file_is_2():
    assert main(["facts"]) == 2
    assert main(["facts", "nowhere.nwb"]) == 2
