"""The benchmark of reading runs; what it promises is measured by running it whole."""

import json
import subprocess
import sys

import pytest

from support.places import ROOT

BENCHMARK = ROOT / "benchmarks" / "read_session.py"


@pytest.mark.slow
def test_a_small_run_prints_every_promise():
    pytest.importorskip("aiohttp")
    command = [sys.executable, str(BENCHMARK), "--small", "--json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert output.startswith("calibration: gzip of 10 MB")
    assert all("promised: " in line for line in output.splitlines()[2:-1])
    values = json.loads(output.splitlines()[-1])
    assert values["open imports PyNWB"] == 0
    assert 0 < values["trials over HTTP"] < 0.1
