"""A conversion on a real SLURM, some of whose jobs are cancelled: every session is done, and said once."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import h5py
import pytest

from nwbgate.conversion.batches import ledger
from support.hostile_sources import HOSTILE_RECIPE, make_hostile
from support.slurm import QUEUE, missing_programs, running_jobs, running_slurm

SESSIONS = 200
CLUSTER = f"slurm:jobs=2,queue={QUEUE},interface=lo,memory=1GB,walltime=01:00:00"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.slurm,
    pytest.mark.skipif("NWBGATE_SLURM" not in os.environ, reason="starts daemons as root: NWBGATE_SLURM=1 asks for it"),
    pytest.mark.skipif(bool(missing_programs()), reason="there is no SLURM, or this is not root"),
]


@pytest.fixture
def environment(tmp_path: Path):
    folder = tmp_path / "slurm"
    folder.mkdir()
    with running_slurm(folder) as found:
        yield found


def entries(output: Path) -> list[dict[str, object]]:
    path = output / ledger.FILE_NAME
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def cancel_one(environment: dict[str, str], output: Path, done: int, process: subprocess.Popen[str]) -> str:
    """Cancel a job once so many sessions are done, and return its number."""
    while len(entries(output)) < done:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    while not (jobs := running_jobs(environment)):
        time.sleep(0.2)
    subprocess.run(["scancel", jobs[0]], env=environment, check=True)
    return jobs[0]


def test_sessions_survive_the_cancelling_of_their_jobs(environment, tmp_path):
    sources = make_hostile(tmp_path / "sources", **{f"s{number:03}": "pause" for number in range(SESSIONS)})
    output, logs = tmp_path / "nwb", tmp_path / "logs"
    logs.mkdir()
    command = [sys.executable, "-m", "nwbgate", "convert", HOSTILE_RECIPE, sources, "--output", output]
    process = subprocess.Popen(
        [*map(str, command), "--cluster", CLUSTER],
        env=environment, cwd=logs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    cancelled = [cancel_one(environment, output, done, process) for done in (20, 70, 130)]
    out, said = process.communicate(timeout=3000)
    assert process.returncode == 0, out[-2000:] + said[-2000:]
    assert len(set(cancelled)) == 3
    states = Counter(str(entry["status"]) for entry in entries(output))
    print(f"cancelled jobs {', '.join(cancelled)}; ledger: {dict(states)}; {out.splitlines()[-1]}")
    assert Counter(str(entry["session_id"]) for entry in entries(output)) == {
        f"s{number:03}": 1 for number in range(SESSIONS)
    }
    files = sorted(output.rglob("*.nwb"))
    assert len(files) == SESSIONS
    assert all(h5py.is_hdf5(path) and not path.name.startswith(".") for path in files)
    assert "Traceback" not in said
