"""The verbs work where nothing of POSIX is: no fork, no fcntl, no pread, and a console of 256 letters.

The children run with `support/other_system/sitecustomize.py`, which takes these away and behaves as Windows does with
open files. It stands in for a machine that the suite does not have; the CI workflow runs the verbs on real ones.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from nwbgate.samples.visual_behavior import make_release
from support.faulty_server import serving
from support.places import TESTS

pytestmark = pytest.mark.slow
ELSEWHERE = TESTS / "support" / "other_system"


def run(folder, *arguments, code=0):
    """Run a Python process of the other system and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ELSEWHERE), "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == code, done.stdout.decode("cp1252") + done.stderr.decode("cp1252")
    return done.stdout.decode("cp1252")


def nwbgate(folder, *arguments, code=0):
    return run(folder, "-m", "nwbgate", *arguments, code=code)


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Two recordings made, and converted in two worker processes."""
    folder = tmp_path_factory.mktemp("elsewhere")
    nwbgate(folder, "sample", "dataset-ii", "sources", "--recordings", "2", "--seconds", "10")
    assert "2 converted" in nwbgate(folder, "convert", "dataset-ii", "sources", "--output", "nwb", "--jobs", "2")
    return folder


def test_the_other_system_has_nothing_of_posix(tmp_path):
    probe = "import os, sys, multiprocessing; print(hasattr(os, 'fork'), multiprocessing.get_all_start_methods())"
    assert run(tmp_path, "-c", probe).split() == ["False", "['spawn']"]
    run(tmp_path, "-c", "import fcntl", code=1)
    Path(tmp_path, "held").touch()
    run(tmp_path, "-c", "import os; held = open('held'); os.unlink('held')", code=1)


def test_converting_leaves_the_files_and_the_ledger_alone(converted):
    files = [path for path in (converted / "nwb").rglob("*") if path.is_file()]
    assert sorted(path.suffix for path in files) == [".jsonl", ".nwb", ".nwb"]
    assert "2 skipped" in nwbgate(converted, "convert", "dataset-ii", "sources", "--output", "nwb")


def test_check_passes_and_reads_every_chunk(converted):
    assert "PASSED" in nwbgate(converted, "check", "nwb", "--jobs", "2", "--integrity", "--ignore", "inspector")


def test_a_damaged_file_is_found(converted, tmp_path):
    source = next((converted / "nwb").rglob("*.nwb"))
    (tmp_path / source.name).write_bytes(source.read_bytes()[:1_000_000])
    assert "file.unreadable" in nwbgate(tmp_path, "check", source.name, code=1)


def test_show_and_open_read(converted):
    assert "recordings  2" in nwbgate(converted, "show", "nwb")
    spikes = (
        "import nwbgate, pathlib; print(len(nwbgate.open(next(pathlib.Path('nwb').rglob('*.nwb'))).spike_times) > 0)"
    )
    assert run(converted, "-c", spikes).strip() == "True"


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="the extra qc is not installed")
def test_qc_measures_in_workers_and_draws(converted, tmp_path):
    nwbgate(converted, "qc", "nwb", "--jobs", "2", "--output", str(tmp_path / "quality"))
    assert (tmp_path / "quality" / "index.html").is_file()


def test_fetch_downloads_and_verifies(tmp_path):
    make_release(tmp_path / "web")
    with serving(tmp_path / "web") as server:
        out = nwbgate(
            tmp_path, "fetch", "visual-behavior", "copy", "--base-url", server.url, "--sessions", "1900011401"
        )
    assert "present and verified" in out
    assert not [*(tmp_path / "copy").rglob("*.part")]
