"""The benchmarks run; what they promise is measured by running them whole."""

import subprocess
import sys

import pytest

from support.places import ROOT

BENCHMARKS = ROOT / "benchmarks"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["writer.py", "writer_lazy.py"])
def test_a_quick_run_prints_a_ratio(name):
    command = [sys.executable, str(BENCHMARKS / name), "--quick"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert output.startswith("calibration: gzip of 10 MB")
    assert "NeuroConv: " in output
    assert " times" in output
    assert "promised" in output
