"""NWB Inspector runs our rules about the inside of a file, and says what they say."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from nwbinspector import Importance, available_checks, inspect_all, inspect_nwbfile, inspect_nwbfile_object
from pynwb import NWBHDF5IO, NWBFile, TimeSeries

from nwbgate import inspector
from nwbgate.inspector import CHECKS, READABLE, check_name
from nwbgate.rules.rule import Severity
from nwbgate.rules.sessions import RULES

BIN = Path(sys.executable).parent
OURS = list(CHECKS)


def session() -> NWBFile:
    nwbfile = NWBFile("a session of a test", "one", datetime(2020, 1, 1, tzinfo=UTC))
    times = np.arange(100) / 10
    nwbfile.add_acquisition(TimeSeries(name="voltage", data=np.sin(times), unit="volts", timestamps=times))
    for start in (0.0, 1.0):
        nwbfile.add_unit(spike_times=start + np.arange(5.0), obs_intervals=[[0.0, 9.0]])
    return nwbfile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "session.nwb"
    with NWBHDF5IO(file, "w") as io:
        io.write(session())
    return file


def edit(path: Path, change: Callable[[h5py.File], object]) -> Path:
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def swapped_spikes(file: h5py.File) -> None:
    file["units/spike_times"][:2] = [1.0, 0.5]


def torn_index(file: h5py.File) -> None:
    file["units/spike_times_index"][:] = [5, 50]


def step_back(file: h5py.File) -> None:
    file["acquisition/voltage/timestamps"][50] = 0.0


def said(path: Path) -> dict[str, tuple[Importance, str]]:
    messages = inspect_nwbfile(path, select=OURS, skip_validate=True)
    return {message.check_function_name: (message.importance, message.message) for message in messages}


def test_every_session_rule_is_a_check_with_its_weight_and_words():
    registered = {
        check.__name__: check for check in available_checks if check.__wrapped__.__module__ == inspector.__name__
    }
    assert set(registered) == {READABLE, *(check_name(rule.code) for rule in RULES)}
    assert len(registered) == len(RULES) + 1
    for rule in RULES:
        check = registered[check_name(rule.code)]
        assert check.importance is (
            Importance.CRITICAL if rule.severity is Severity.ERROR else Importance.BEST_PRACTICE_VIOLATION
        )
        assert rule.title in check.__doc__


def test_a_good_file_gives_no_message(path):
    assert said(path) == {}


def test_a_fault_gives_the_message_of_its_rule_and_of_no_other(path):
    messages = said(edit(path, swapped_spikes))
    assert list(messages) == ["spikes_spike_times_are_sorted"]
    importance, text = messages["spikes_spike_times_are_sorted"]
    rule = next(rule for rule in RULES if rule.code == "spikes.spike_times_are_sorted")
    assert importance is Importance.CRITICAL
    assert text.startswith(rule.title.rstrip("."))
    assert rule.fix in text


def test_a_rule_that_needs_one_that_fired_is_silent(path):
    messages = said(edit(path, step_back))
    assert "clocks_timestamps_increase" in messages
    waiting = {check_name(rule.code) for rule in RULES if "clocks.timestamps_increase" in rule.needs}
    assert waiting
    assert not waiting & set(messages)


def test_a_file_that_changed_is_judged_again(path):
    assert said(path) == {}
    edit(path, swapped_spikes)
    os.utime(path, ns=(0, 1))
    assert said(path)


def test_two_files_do_not_answer_for_each_other(path):
    good = path.with_name("good.nwb")
    good.write_bytes(path.read_bytes())
    edit(path, swapped_spikes)
    assert (bool(said(path)), bool(said(good)), bool(said(path))) == (True, False, True)


def test_a_file_in_memory_is_passed_over():
    assert not list(inspect_nwbfile_object(session(), checks=list(CHECKS.values())))


def test_tables_that_cannot_be_read_are_one_message(path):
    messages = said(edit(path, torn_index))
    assert list(messages) == [READABLE]
    assert "/units/spike_times_index" in messages[READABLE][1]


def test_a_rule_that_breaks_is_reported_as_a_check_that_broke(path, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    code = "spikes.spike_times_are_sorted"
    monkeypatch.setitem(inspector._RULES, code, replace(inspector._RULES[code], function=broken))
    inspector._judge_once.cache_clear()
    (message,) = inspect_nwbfile(path, select=OURS, skip_validate=True)
    assert message.importance is Importance.ERROR
    assert "ZeroDivisionError" in message.check_function_name
    inspector._judge_once.cache_clear()


def test_a_message_names_values_of_any_kind_and_cuts_long_ones():
    rows = pd.DataFrame({"got": ["x" * 50_000, "y"], "expected": [(1, 2), (3,)], "path": ["/a", "/b"]})
    said = inspector._message(RULES[0], rows, ("path",))
    assert f"got {'x' * 200}... (50,000 characters), expected (1, 2) (" in said
    assert "path /a and 1 more)" in said
    assert "got" not in inspector._message(RULES[0], rows.assign(got=None), ("path",)).removeprefix(RULES[0].title)


def test_two_processes_say_the_same_as_one(path):
    edit(path, swapped_spikes)
    path.with_name("other.nwb").write_bytes(path.read_bytes())
    for jobs in (1, 2):
        messages = list(inspect_all(path.parent, select=OURS, skip_validate=True, n_jobs=jobs, progress_bar=False))
        assert sum(message.check_function_name == "spikes_spike_times_are_sorted" for message in messages) == 2


def test_the_command_line_shows_them(path, tmp_path):
    edit(path, swapped_spikes)
    report = tmp_path / "report.json"
    command = ["nwbinspector", path, "--modules", "nwbgate.inspector", "--config", "dandi", "--json-file-path", report]
    done = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = {message["check_function_name"] for message in json.loads(report.read_text())["messages"]}
    assert "spikes_spike_times_are_sorted" in names
