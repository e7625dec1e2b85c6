"""Verbs with many files in two processes: killed, terminated, and with processes that die."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nwbgate
from nwbgate.conversion.batches import ledger
from support.hostile_sources import HOSTILE_RECIPE, heed_interrupts, make_hostile
from support.process_groups import fork_server, is_gone, workers

SESSION = Path(nwbgate.__file__).parent / "samples" / "released" / "behavior_session_1900011501.nwb"
VERBS = ("convert", "check", "qc")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")


def start(verb: str, folder: Path, files: int = 48) -> subprocess.Popen[str]:
    """Start a verb on files, with two jobs, in a process group of its own."""
    command = [sys.executable, "-m", "nwbgate", verb, *_arguments(verb, folder, files), "--jobs", "2"]
    return subprocess.Popen(
        command,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )


def _arguments(verb: str, folder: Path, files: int) -> list[object]:
    if verb == "convert":
        sources = {f"s{number:02}": "pause" for number in range(files)}
        return [HOSTILE_RECIPE, make_hostile(folder / "sources", **sources), "--output", folder / "nwb"]
    for number in range(files):
        shutil.copy(SESSION, folder / f"{number:02}.nwb")
    return [folder, *(["--select", "file,schema"] if verb == "check" else [])]


def in_the_middle(process: subprocess.Popen[str]) -> list[int]:
    """Wait until both workers run, and return them."""
    end = time.monotonic() + 120
    while len(found := workers(process.pid)) < 2:
        assert time.monotonic() < end, "no workers came"
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    return found


def written(folder: Path) -> set[str]:
    """Return the names of files under a folder other than sources and ledger."""
    names = {path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".txt"}
    return names - {ledger.FILE_NAME}


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_outlives_a_killed_run(verb: str, tmp_path: Path) -> None:
    process = start(verb, tmp_path)
    in_the_middle(process)
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert is_gone(process.pid, seconds=30)


@pytest.mark.parametrize("verb", VERBS)
def test_a_terminated_run_says_so_and_leaves_only_whole_files(verb: str, tmp_path: Path) -> None:
    process = start(verb, tmp_path)
    in_the_middle(process)
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143
    assert said.strip().splitlines()[-1] == "terminated; what was written is whole"
    assert "Traceback" not in said
    assert is_gone(process.pid, seconds=30)
    assert not [name for name in written(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("verb", VERBS)
def test_a_run_loses_nothing_with_a_killed_worker_and_fork_server(verb: str, tmp_path: Path) -> None:
    files = 10
    process = start(verb, tmp_path, files)
    (worker, _), server = in_the_middle(process), fork_server(process.pid)
    assert server is not None
    os.kill(server, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)
    out, said = process.communicate(timeout=300)
    assert process.returncode == 0, out + said
    assert f"{files} {'converted' if verb == 'convert' else 'files'}" in out
    assert "died" not in out + said
    assert is_gone(process.pid, seconds=30)
