"""The benchmark of reading runs; what it promises is measured by running it whole."""

import json
import os
import subprocess
import sys

import pytest

from support.places import ROOT

BENCHMARK = ROOT / "benchmarks" / "read_session.py"


@pytest.mark.slow
def test_a_small_run_prints_every_promise(tmp_path):
    pytest.importorskip("aiohttp")
    command, claims = [sys.executable, str(BENCHMARK), "--small"], tmp_path / "claims.jsonl"
    environment = {**os.environ, "NWBGATE_CLAIMS": str(claims)}
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    assert output.startswith("calibration: gzip of 10 MB")
    values = {claim["what"]: claim["value"] for claim in map(json.loads, claims.read_text().splitlines())}
    assert all(what in output for what in values)
    assert output.count("(promised: ") >= 10
    assert values["open imports PyNWB"] == 0
    assert 0 < values["trials over HTTP"] < 10
