"""``nwbgate qc`` as a command: what it writes, what it refuses, and its exit codes."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from nwbgate.cli import VERBS, main
from nwbgate.cli.printing.quality import Measured
from nwbgate.qc_runs.tasks import Quality
from support.converted_sessions import converted_release, session_files

TRAINING = "1900011401"


@pytest.fixture(autouse=True)
def _verb(monkeypatch):
    monkeypatch.setitem(VERBS, "qc", ("nwbgate.cli.verbs.qc:qc", "Measure quality."))


@pytest.fixture(scope="session")
def training(tmp_path_factory):
    return session_files(converted_release(tmp_path_factory.getbasetemp()))[TRAINING]


@pytest.fixture(scope="session")
def written(training, tmp_path_factory):
    """The output folder of a run."""
    folder = tmp_path_factory.mktemp("qc") / "out"
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(VERBS, "qc", ("nwbgate.cli.verbs.qc:qc", "Measure quality."))
        assert run(training, "--output", folder, "--jobs", 1) == 0
    return folder


def run(*arguments: object) -> int:
    return main(["qc", *map(str, arguments)])


def decisions(folder: Path, row: str) -> Path:
    path = folder / "qc_manual.csv"
    path.write_text(f"session,criterion,status,reviewer,date,reason\n{row}\n")
    return path


@pytest.mark.slow
def test_a_file_over_its_limit_is_an_error_also_alone(training, capsys):
    assert run(training, "--jobs", 1, "--file-time", 0.001) == 1
    assert "error: file.over_limit" in capsys.readouterr().out
    assert run(training, "--jobs", 1, "--file-time", 600, "--file-memory", 8000) == 0


def test_a_run_writes_tables_pages_and_json(written, training):
    names = {str(path.relative_to(written)) for path in written.rglob("*") if path.is_file()}
    stem = training.stem
    assert names == {
        "measurements.csv", "measurements.parquet", "results.csv", "results.parquet", "index.html", f"{stem}.html",
        f"quality_control/{stem}.json", f"pictures/{stem}.json", "across.html", "outliers.csv", "outliers.parquet",
        "distributions.csv", "distributions.parquet",
    }  # fmt: skip
    csv, parquet = (pd.read_csv(written / "results.csv"), pd.read_parquet(written / "results.parquet"))
    assert list(csv["criterion"]) == list(parquet["criterion"])
    assert set(csv["status"]) <= {"Pass", "Fail", "Warning", "Not measured", "Not applicable"}
    assert json.loads((written / "quality_control" / f"{stem}.json").read_text())["schema_version"] == "2.4.1"


def test_a_page_is_whole_and_small(written, training):
    page = (written / f"{training.stem}.html").read_text()
    assert "Behavior over the session" in page
    assert page.count("<svg") >= 2
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert len(page.encode()) < 3_000_000


def test_the_overview_leads_to_the_page(written, training):
    assert f'href="{training.stem}.html"' in (written / "index.html").read_text()


def test_without_output_nothing_is_written(training, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(training, "--jobs", 1) == 0
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out.splitlines()[-1].startswith("PASSED: ")


def test_judging_again_reads_no_recording_and_keeps_the_pictures(written, training, tmp_path, capsys):
    moved = tmp_path / "moved"
    shutil.copytree(written, moved)
    for path in moved.rglob("*.html"):
        path.unlink()
    manual = decisions(tmp_path, f"{TRAINING},brain_health,Fail,Ann,2024-05-31,swollen")
    again = tmp_path / "again"
    assert run("--from", moved, "--output", again, "--manual", manual) == 1
    assert "error: qc.brain_health" in capsys.readouterr().out
    assert "Behavior over the session" in (again / f"{training.stem}.html").read_text()
    assert "equipment name" in (again / f"{training.stem}.html").read_text()


def test_pictures_that_are_damaged_are_left_out(written, training, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(written, moved)
    (moved / "pictures" / f"{training.stem}.json").write_text("[")
    assert run("--from", moved, "--output", moved) == 0
    assert "Behavior over the session" not in (moved / f"{training.stem}.html").read_text()


def test_what_was_not_measured_fails_a_complete_run(written):
    assert run("--from", written) == 0
    assert run("--from", written, "--complete") == 1


def test_reports_go_to_files(written, tmp_path):
    report = tmp_path / "report.jsonl"
    assert run("--from", written, "--format", f"jsonl={report}", "--format", f"junit={tmp_path / 'j.xml'}") == 0
    assert report.exists()


def test_results_are_stored_in_the_file(training, tmp_path, capsys):
    import h5py

    copy = Path(shutil.copy(training, tmp_path))
    assert run(copy, "--store", "--jobs", 1) == 0
    assert f"stored in {copy}" in capsys.readouterr().err
    with h5py.File(copy) as file:
        assert len(file["analysis/quality_control/id"]) > 10


def test_a_file_that_takes_no_results_keeps_them_from_no_other(training, tmp_path, capsys):
    import h5py

    first, second = (Path(shutil.copy(training, tmp_path / f"{name}.nwb")) for name in "ab")
    first.chmod(0o444)
    assert run(tmp_path, "--store", "--jobs", 1) == 1
    told = capsys.readouterr()
    assert "the file is read-only" in told.err
    assert f"stored in {second}" in told.err
    assert "PASSED: " in told.out
    with h5py.File(second) as file:
        assert "quality_control" in file["analysis"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to measure"),
        (("--from", "nowhere"), "no stored measurements"),
        (("--from", "nowhere", "--store"), "--from judges stored measurements"),
        (("--from", "nowhere", "a.nwb"), "--from judges stored measurements"),
        (("no_such_file.nwb",), "no such file or folder"),
        (("--manual", "none.csv"), "cannot read the table"),
        (("--spec", "nothing"), "unknown quality criteria"),
        (("--waivers", "none.yaml"), "cannot read the file"),
        (("--format", "pdf"), "unknown report format"),
        (("--fail-on", "never"), "Invalid value"),
    ],
)
def test_a_wrong_command_line_is_2(arguments, said, capsys):
    assert run(*arguments) == 2
    assert said in capsys.readouterr().err


def test_a_wrong_decision_is_2_and_placed(written, tmp_path, capsys):
    manual = decisions(tmp_path, f"{TRAINING},brain_health,Pas,Ann,2024-05-31,")
    assert run("--from", written, "--manual", manual) == 2
    assert "row 2, column status" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_2(written, tmp_path, capsys):
    (tmp_path / "taken").write_text("")
    assert run("--from", written, "--output", tmp_path / "taken") == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_drawing_needs_its_extra_before_anything_is_measured(training, tmp_path, monkeypatch, capsys):
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert run(training, "--output", tmp_path / "out") == 2
    assert "pip install 'nwbgate[qc]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_progress_is_for_terminals(capsys, monkeypatch):
    Measured()(Quality("s", (Path("s.nwb"),)))
    assert not capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    Measured()(Quality("s", (Path("s.nwb"),)))
    assert "[1] session s measured" in capsys.readouterr().err


def test_a_check_takes_the_option(training, capsys):
    assert main(["check", str(training), "--qc", "--no-inspector", "--select", "qc", "--jobs", "1"]) == 0
    assert "qc.bleaching" in capsys.readouterr().out


@pytest.mark.slow
def test_a_conversion_measures_what_it_wrote(tmp_path, tmp_path_factory, capsys):
    release = converted_release(tmp_path_factory.getbasetemp()) / "release"
    output = tmp_path / "nwb"
    arguments = ["convert", "visual-behavior", str(release), "--output", str(output), "--qc"]
    assert main([*arguments, "--dry-run"]) == 0
    assert not output.exists()
    assert main(arguments) == 0
    assert len(pd.read_csv(output / "qc" / "measurements.csv")["session"].unique()) == 4
    assert "PASSED: " in capsys.readouterr().out
