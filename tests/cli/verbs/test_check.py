"""``nwbgate check`` as a command: options, formats, exit codes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import parse

import h5py
import numpy as np
import pytest
from pynwb import NWBHDF5IO, H5DataIO, TimeSeries

from nwbgate.cli import main
from nwbgate.cli.options.reports import FORMATS, put_report
from support.made_nwbfiles import plain
from support.places import TESTS, VALID_MANIFEST

VALID = VALID_MANIFEST
SESSION = TESTS / "data" / "visual_behavior_release" / "behavior_session_1900011401.nwb"


@pytest.fixture
def wrong(tmp_path):
    """A manifest with one wrong cell."""
    shutil.copytree(VALID, tmp_path / "wrong")
    path = tmp_path / "wrong" / "ophys_session_table.csv"
    path.write_text(path.read_text().replace(",F,", ",M,", 1))
    return str(path.parent)


def run(*arguments: str) -> int:
    return main(["check", *map(str, arguments)])


def test_a_clean_manifest_is_0(capsys):
    assert run("--manifest", VALID) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASSED: no findings in 4 tables (195 rows)")


def test_a_finding_is_1_and_said(wrong, capsys):
    assert run("--manifest", wrong) == 1
    assert "error: ophys_sessions.sex.copied  (1 row)" in capsys.readouterr().out


def test_codes_may_be_given_with_commas_or_repeated(wrong):
    assert run("--manifest", wrong, "--ignore", "ophys_sessions.sex,ophys_cells") == 0
    assert run("--manifest", wrong, "--select", "ophys_cells", "--select", "ophys_sessions.sex") == 1
    assert run("--manifest", wrong, "--select", "ophys_cells") == 0


def test_what_is_not_judged_is_a_warning_and_counted(tmp_path, capsys):
    shutil.copy(SESSION, tmp_path)
    (tmp_path / "image.zarr").mkdir()
    (tmp_path / "image.zarr" / ".zgroup").write_text("{}")
    (tmp_path / "._session.nwb").write_bytes(b"macOS")
    arguments = [tmp_path, "--select", "file"]
    assert run(*arguments) == 0
    said = capsys.readouterr().out
    assert "warning: file.not_judged  (1 row)\n  Zarr by its name, not NWB" in said
    assert "left out, because hidden: " in said
    assert "1 warning in 1 of 2 files (1 not judged)" in said
    assert run(*arguments, "--fail-on", "warning") == 1


@pytest.mark.parametrize("coding", ["cp1252", "cp437", "ascii"])
def test_a_report_is_printed_and_written_whatever_the_encoding_of_the_output(tmp_path, coding):
    (tmp_path / "資料Ł").mkdir()
    (tmp_path / "資料Ł" / "x.nwb").touch()
    command = [sys.executable, "-m", "nwbgate", "check", ".", "--format", "text", "--format", "junit=j.xml"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False,
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": coding},
    )  # fmt: skip
    assert done.returncode == 1
    assert b"file.unreadable" in done.stdout
    assert (tmp_path / "j.xml").is_file()


def test_a_warning_fails_on_request():
    arguments = [SESSION, "--select", "dandi", "--no-inspector"]
    assert run(*arguments) == 0
    assert run(*arguments, "--fail-on", "warning") == 1


def test_complete_is_1_when_rules_were_not_run():
    assert run("--manifest", VALID, "--complete") == 1


def test_reports_go_to_files_and_one_to_standard_output(wrong, tmp_path, capsys):
    files = {name: tmp_path / f"report.{name}" for name in ("junit", "sarif", "html", "jsonl")}
    assert run("--manifest", wrong, "--format", "github", *(f"--format={n}={p}" for n, p in files.items())) == 1
    assert capsys.readouterr().out.startswith("::error file=")
    assert parse(files["junit"]).getroot().tag == "testsuites"
    assert json.loads(files["sarif"].read_text())["version"] == "2.1.0"
    lines = [json.loads(line) for line in files["jsonl"].read_text().splitlines()]
    assert lines[0]["id"] == "ophys_sessions.sex.copied"
    assert {line["metadata"]["status"] for line in lines[1:]} == {"not run"}
    assert files["html"].read_text().startswith("<!doctype html>")


def test_a_specification_may_be_named(wrong, capsys):
    assert run("--manifest", VALID, "--spec", "visual_behavior@1.1.0") == 0
    assert run("--manifest", VALID, "--spec", "visual_behavior@release-candidate") == 1
    assert "ophys_sessions." in capsys.readouterr().out


def test_without_the_inspector_there_is_nothing_of_it(capsys):
    arguments = [SESSION, "--select", "inspector,dandi", "--format", "jsonl"]
    assert run(*arguments, "--no-inspector") == 0
    assert "inspector." not in capsys.readouterr().out
    assert run(*arguments) == 0
    assert "inspector.check_" in capsys.readouterr().out


def test_two_processes_find_what_one_finds(capsys):
    arguments = [SESSION.parent / "behavior_session_*.nwb", "--no-inspector", "--select", "trials,series"]
    assert run(*arguments, "--jobs", 1) == 1
    one = capsys.readouterr().out
    assert run(*arguments, "--jobs", 2) == 1
    assert capsys.readouterr().out == one


def test_waivers_are_read(wrong, tmp_path, capsys):
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("- {code: ophys_sessions.sex.copied, reason: known}")
    assert run("--manifest", wrong, "--waivers", waivers) == 0
    assert "waived: ophys_sessions.sex.copied (1 row): known" in capsys.readouterr().out


def test_integrity_reads_every_chunk(tmp_path):
    """A byte between the blocks of a long series that rules look at is flipped; only --integrity reads there."""
    samples = np.random.default_rng(0).integers(-999, 999, 2**22).astype("i2")
    nwbfile = plain()
    nwbfile.add_acquisition(
        TimeSeries(name="long", data=H5DataIO(samples, chunks=(2**16,), compression="gzip"), rate=1e4, unit="a.u.")
    )
    path = tmp_path / "long.nwb"
    with NWBHDF5IO(path, "w") as io:
        io.write(nwbfile)
    with h5py.File(path) as file:
        chunk = file["acquisition/long/data"].id.get_chunk_info(5)
    with path.open("r+b") as file:
        file.seek(chunk.byte_offset + chunk.size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 0xFF]))
    assert run(path, "--select", "file") == 0
    assert run(path, "--integrity", "--select", "file") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nowhere.nwb"],
        ["--manifest", "nowhere"],
        ["--manifest", VALID, "--spec", "no_such_spec"],
        ["--manifest", VALID, "--select", "no_such_code"],
        ["--manifest", VALID, "--ignore", "no_such_code"],
        ["--manifest", VALID, "--integrity"],
        ["--manifest", VALID, "--qc"],
        ["--manifest", VALID, "--no-inspector=yes"],
        [SESSION, "--manual", "decisions.csv"],
        [SESSION, "--complete"],
        [SESSION, "--qc", "--manual", "nowhere.csv"],
        ["--manifest", VALID, "--waivers", "nowhere.yaml"],
        ["--manifest", VALID, "--format", "pdf"],
        ["--manifest", VALID, "--format", "text", "--format", "jsonl"],
        ["--manifest", VALID, "--format", "jsonl=/no/such/folder/report"],
        ["--manifest", VALID, "--jobs", "0"],
        ["--manifest", VALID, "--fail-on", "never"],
        ["--nonsense"],
    ],
)
def test_a_bad_command_line_is_2_without_a_traceback(arguments, capsys):
    assert run(*arguments) == 2
    shown = capsys.readouterr().err
    assert shown
    assert "Traceback" not in shown


def test_an_unreadable_file_is_1(tmp_path, capsys):
    (tmp_path / "cut.nwb").write_bytes(b"nothing")
    assert run(tmp_path / "cut.nwb") == 1
    assert "error: file.unreadable" in capsys.readouterr().out


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_reports_of_a_file_whose_name_is_no_utf8(name, tmp_path):
    (tmp_path / "bad\udcff.nwb").write_bytes(b"nothing")
    assert run(tmp_path, "--format", f"{name}={tmp_path / 'report'}") == 1
    assert "bad" in (tmp_path / "report").read_text()


def test_a_report_of_a_file_whose_name_is_no_utf8_is_written(tmp_path):
    report = tmp_path / "report"
    put_report("bad\udcff.nwb ü", report)
    assert report.read_bytes() == "bad\\udcff.nwb ü".encode()


@pytest.mark.parametrize(
    ("arguments", "preloaded"),
    [((), True), (("--select", "session"), False), (("--changed",), False)],
    ids=["one file", "some rules", "what changed"],
)
def test_one_file_is_judged_with_what_workers_preload(tmp_path, arguments, preloaded):
    path = Path(shutil.copy(SESSION, tmp_path))
    program = (
        "import sys; from nwbgate.cli import main; main(['check', *sys.argv[1:]]); "
        "print('nwbgate.gate.preloaded' in sys.modules)"
    )
    command = [sys.executable, "-c", program, path, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(preloaded)
