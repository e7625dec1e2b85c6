"""The benchmark of rig sources runs, on small ones."""

import subprocess
import sys
from pathlib import Path

import pytest

import nwbgate

BENCHMARK = Path(nwbgate.__file__).parents[2] / "benchmarks" / "rig_sources.py"


@pytest.mark.slow
def test_the_benchmark_runs_and_keeps_its_promises_on_small_sources():
    result = subprocess.run([sys.executable, BENCHMARK, "--size", "small"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "NOT HELD" not in result.stdout
    assert "'trials': 12" in result.stdout
