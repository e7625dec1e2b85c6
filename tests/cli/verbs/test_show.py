"""`nwbgate show`: summaries and tables at the shell, whole tables for programs, and what is refused."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from nwbgate.cache.folder_cache import NAME
from nwbgate.cli import main
from nwbgate.cli.verbs.show import show
from nwbgate.errors import NwbgateError
from nwbgate.reading.opening import open_nwb
from support.any_nwb_file import make_nwb_file
from support.converted_sessions import converted_recordings, converted_release, session_files
from support.rig_pickles import behavior, tree, write_pickle

SHOW = "from nwbgate.cli.verbs.show import show; show(standalone_mode=False)"


@dataclass(frozen=True)
class Files:
    session: str
    training: str
    recording: str
    folder: str
    other: str


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    base = tmp_path_factory.getbasetemp()
    release, recordings = converted_release(base), converted_recordings(base)
    sessions = session_files(release)
    return Files(
        str(sessions["1900011001"]),
        str(sessions["1900011401"]),
        str(next(iter(session_files(recordings).values()))),
        str(release / "nwb"),
        str(other_file(tmp_path_factory.mktemp("other") / "other.nwb")),
    )


def other_file(path):
    """An NWB file of somebody else, whose names and texts try to steer the terminal."""
    with h5py.File(path, "w") as file:
        file.attrs.update(nwb_version="2.8.0", neurodata_type="NWBFile")
        file["identifier"] = "x\x1b[2J"
        file["session_description"] = "a\x07b"
        table = file.create_group("intervals/epochs")
        table.attrs.update(colnames=np.array(["label"], dtype=object), neurodata_type="TimeIntervals")
        table["id"] = [0, 1]
        table["label"] = np.array(["one", "\x1b[31mtwo"], dtype=object)
        table["label"].attrs["neurodata_type"] = "VectorData"
        series = file.create_group("acquisition/lfp")
        series.attrs["neurodata_type"] = "TimeSeries"
        series["data"] = np.arange(6.0).reshape(3, 2)
        series["timestamps"] = np.arange(3.0)
    return path


def shown(*arguments):
    result = CliRunner().invoke(show, [str(each) for each in arguments])
    assert result.exit_code == 0, repr(result.exception)
    return result.stdout


def refused(*arguments):
    result = CliRunner().invoke(show, [str(each) for each in arguments])
    assert isinstance(result.exception, NwbgateError), result.output
    return str(result.exception)


def test_a_session_is_summed_up(files):
    text = shown(files.session)
    assert re.search(r"^mouse_id +457841$", text, re.MULTILINE)
    rows = dict(line.split() for line in text.splitlines() if line.startswith("  ") and len(line.split()) == 2)
    session = open_nwb(files.session)
    assert int(rows["trials"]) == len(session.trials)
    assert int(rows["running_speed"].replace(",", "")) == len(session.running_speed)
    assert int(rows["stimulus_presentations"].replace(",", "")) == len(session.stimulus_presentations)
    assert "  planes/VISp_150/events\n" in text
    assert "intervals/trials" not in text
    assert "--all names them" in text
    assert "intervals/trials" in shown(files.session, "--all")


def test_a_recording_is_summed_up(files):
    text = shown(files.recording)
    assert "recording_id" in text
    recording = open_nwb(files.recording)
    assert f"{len(recording.voltage):,}" in text
    (spikes,) = [line for line in text.splitlines() if line.startswith("  spike_times")]
    assert spikes.split() == ["spike_times", str(len(recording.spike_times))]


def test_a_folder_is_summed_up(files):
    text = shown(files.folder)
    assert "NWB files" in text
    assert "  behavior_sessions          4\n" in text


def test_any_other_file_is_summed_up_without_steering_the_terminal(files):
    text = shown(files.other)
    assert not {"\x1b", "\x07"} & set(text)
    assert "  intervals/epochs          2\n" in text
    assert "  acquisition/lfp           3\n" in text
    assert "\x1b" not in shown(files.other, "intervals/epochs")
    assert "3 rows x 3 columns" in shown(files.other, "acquisition/lfp")  # times, and two channels


def test_the_beginning_of_a_table_is_shown(files):
    text = shown(files.session, "trials", "--rows", 2)
    assert text.endswith("18 rows x 21 columns; showing the first 2\n")
    assert shown(files.session, "trials", "--rows", "all").endswith("18 rows x 21 columns\n")
    assert shown(files.session, "stimulus_presentations").endswith("showing the first 20\n")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("planes/VISp_150/events", "cell_specimen_id,cell_roi_id,events,filtered_events,lambda,noise_std"),
        ("planes/VISl_75/ophys_timestamps", "ophys_timestamps"),
        ("planes/VISp_150/metadata", "name,value"),
        ("metadata", "name,value"),
        ("reward_rate", "reward_rate"),
        ("rolling_performance", "trials_id,reward_rate,hit_rate_raw"),
        ("licks", "timestamps,frame"),
        ("stimulus_templates", "image_name,unwarped,warped"),
    ],
)
def test_every_kind_of_table_of_a_session_is_one(files, table, columns):
    assert shown(files.session, table, "--csv").startswith(columns)


def test_what_is_named_is_what_can_be_asked_for(files):
    names = [line.split()[0] for line in shown(files.session, "--all").splitlines() if line.startswith("  ")]
    assert len(names) > 60
    for name in names:
        assert re.search(r"^\d+ rows? x \d+ columns", shown(files.session, name, "--rows", 1), re.M), name


def test_tables_of_a_recording_have_their_times(files):
    rows = list(csv.DictReader(io.StringIO(shown(files.recording, "dff", "--csv"))))
    recording = open_nwb(files.recording)
    np.testing.assert_allclose([float(row["timestamps"]) for row in rows], recording.dff_timestamps)
    np.testing.assert_allclose([float(row["dff"]) for row in rows], recording.dff)


def test_infinite_is_null_in_json_alone(files):
    latencies = open_nwb(files.session).trials["response_latency"]
    assert np.isinf(latencies).any()
    records = json.loads(shown(files.session, "trials", "--json"))
    assert [row["response_latency"] is None for row in records] == list(~np.isfinite(latencies))
    rows = csv.DictReader(io.StringIO(shown(files.session, "trials", "--csv")))
    assert [row["response_latency"] == "inf" for row in rows] == list(np.isinf(latencies))
    assert "infinite is null" in " ".join(shown("--help").split())


def test_whole_tables_are_the_same_in_every_format(files, tmp_path):
    trials = open_nwb(files.session).trials
    rows = list(csv.DictReader(io.StringIO(shown(files.session, "trials", "--csv"))))
    assert [int(row["trials_id"]) for row in rows] == list(trials.index)
    records = json.loads(shown(files.session, "trials", "--json"))
    assert [row["change_frame"] for row in records] == list(trials["change_frame"])
    assert records[0]["lick_times"] == list(trials["lick_times"][0])
    pytest.importorskip("pyarrow")
    for options in (["--parquet", "--output", tmp_path / "a"], ["--output", tmp_path / "b.parquet"]):
        shown(files.session, "trials", *options)
        found = pd.read_parquet(options[-1]).set_index("trials_id")
        pd.testing.assert_frame_equal(
            found.drop(columns="lick_times"), trials.drop(columns="lick_times"), check_dtype=False
        )
    shown(files.session, "trials", "--output", tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_text() == shown(files.session, "trials", "--csv")
    assert not list(tmp_path.glob(".*"))


def test_an_existing_file_is_replaced_only_when_asked_for(files, tmp_path):
    output = tmp_path / "licks.csv"
    output.write_text("mine")
    assert "the file exists" in refused(files.session, "licks", "--output", output)
    assert output.read_text() == "mine"
    shown(files.session, "licks", "--output", output, "--overwrite")
    assert output.read_text().startswith("timestamps,frame")


def test_a_file_that_cannot_be_written_is_refused(files, tmp_path):
    (tmp_path / "file").touch()
    for folder, reason in (("none", "No such file or directory"), ("file", "Not a directory")):
        said = refused(files.session, "licks", "--output", tmp_path / folder / "licks.csv")
        assert "cannot write the table" in said
        assert f"got: {reason}\n" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trails"], "did you mean 'trials'?"),
        (["planes/VISp_150/evens"], "did you mean 'planes/VISp_150/events'?"),
        (["zzzzzzzzzz"], "show it without a table to see the names"),
        (["--csv"], "--csv needs the name of a table"),
        (["trials", "--output", "trials.xlsx"], "unknown output format"),
    ],
)
def test_what_cannot_be_shown_is_refused(files, arguments, said):
    assert said in refused(files.session, *arguments)


def test_what_a_training_session_does_not_have_is_said(files):
    text = refused(files.training, "planes/VISp_150/events")
    assert "no table 'planes/VISp_150/events'" in text
    assert files.training in text


def test_what_the_file_lacks_is_said(files, tmp_path):
    path = Path(shutil.copy(files.session, tmp_path / "less.nwb"))
    with h5py.File(path, "r+") as file:
        del file["processing/ophys/motion_correction_VISp_150"]
        del file["intervals/trials"]
    assert "planes/VISp_150/motion_correction is missing" in refused(path, "planes/VISp_150/motion_correction")
    assert "trials is missing" in refused(path, "trials")
    assert "rows x 2 columns" in shown(path, "licks")


def test_a_number_of_rows_is_one_or_all(files):
    result = CliRunner().invoke(show, [files.session, "trials", "--rows", "-1"])
    assert result.exit_code == 2
    assert "expected a number or 'all', got" in result.output


@pytest.mark.parametrize("name", ["none.nwb", "empty", "text.nwb"])
def test_what_is_no_file_and_no_project_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.nwb").write_text("text")
    assert str(tmp_path / name) in refused(tmp_path / name)


@pytest.mark.parametrize("form", [["--csv"], ["--json"], ["--rows", "all"]])
def test_whoever_reads_may_stop_reading(files, form):
    command = [sys.executable, "-c", SHOW, files.recording, "voltage", *form]
    if form == ["--rows", "all"]:
        command[4:5] = ["dff"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read().decode()
        assert "Traceback" not in said
        assert "Broken pipe" not in said
    assert process.returncode == 0


def test_help_does_not_import_what_is_heavy():
    code = (
        "import sys; from nwbgate.cli.verbs.show import show; assert not {'pandas', 'h5py', 'pynwb'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_verb_is_part_of_the_command_line(files, capsys):
    assert main(["show", files.session, "licks", "--rows", "1"]) == 0
    assert "108 rows x 2 columns" in capsys.readouterr().out
    assert main(["show", files.session, "trails"]) == 2
    assert "did you mean 'trials'?" in capsys.readouterr().err


def test_the_examples_of_the_help_are_a_line_each():
    lines = [line.strip() for line in CliRunner().invoke(show, ["--help"]).output.splitlines()]
    assert "nwbgate show session.nwb" in lines
    assert r"\b" not in lines


def test_files_of_a_rig_are_shown_as_files_of_sessions_are(tmp_path):
    stimulus = write_pickle(tmp_path / "stimulus.pkl", tree(behavior()))
    result = CliRunner().invoke(show, [str(stimulus)])
    assert result.exit_code == 0
    assert "session type  OPHYS_1_images_A" in result.stdout
    assert re.search(r"trials +3\n", result.stdout)
    result = CliRunner().invoke(show, [str(stimulus), "licks", "--csv"])
    assert [row["frame"] for row in csv.DictReader(io.StringIO(result.stdout))] == ["200", "330", "540", "800"]


def test_a_folder_keeps_its_facts_unless_told_not_to(tmp_path, monkeypatch):
    monkeypatch.setattr("nwbgate.reading.projects.files.FEWEST_KEPT", 1)
    monkeypatch.setattr("nwbgate.cache.file_stamp.GRANULARITY", 0)
    make_nwb_file(tmp_path / "a.nwb")
    time.sleep(0.02)  # the clock of the file system goes in steps of some milliseconds
    without = shown(tmp_path, "nwb_files", "--no-cache")
    assert not (tmp_path / NAME).exists()
    assert shown(tmp_path, "nwb_files") == without
    assert (tmp_path / NAME).exists()
    assert shown(tmp_path, "nwb_files") == without
