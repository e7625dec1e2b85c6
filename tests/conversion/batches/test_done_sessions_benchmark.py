"""The benchmark of a whole release runs, on a few sessions."""

import subprocess
import sys

import pytest

from support.places import TESTS

BENCHMARK = TESTS.parent / "benchmarks" / "scale.py"


@pytest.mark.slow
def test_the_benchmark_resumes_every_session():
    done = subprocess.run([sys.executable, BENCHMARK, "--sessions", "20"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "20 sessions up to date" in done.stdout
    assert "promises hold" in done.stdout
