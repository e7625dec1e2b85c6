"""The benchmark of a session's quality runs; what it promises is measured by running it whole."""

import subprocess
import sys

from support.places import ROOT, TESTS

BENCHMARK = ROOT / "benchmarks" / "qc_session.py"
RELEASED = TESTS / "data" / "visual_behavior_release" / "behavior_ophys_experiment_1900011010.nwb"


def output(*options: str) -> str:
    command = [sys.executable, str(BENCHMARK), "--small", *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_small_run_of_generated_arrays_measures_nearly_everything() -> None:
    said = output()
    assert said.startswith("calibration: gzip of 10 MB")
    rows, measured = (int(words.split()[0]) for words in said.splitlines()[2].split(",")[:2])
    assert measured > 0.9 * rows
    assert "(promised: ≤ 20)" in said
    assert "(promised: ≤ 1.5)" in said


def test_file_is_measured_in_place_of_generated_arrays() -> None:
    assert str(RELEASED) in output("--file", str(RELEASED))
