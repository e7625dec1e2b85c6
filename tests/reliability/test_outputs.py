"""Outputs with a name: an older good one survives whatever goes wrong with its successor."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

import nwbgate

SESSION = Path(nwbgate.__file__).parent / "samples" / "released" / "behavior_session_1900011501.nwb"
#: Verb and options; OUT is the folder of the outputs.
COMMANDS = {
    "check": ["check", "FILE", "--select", "file", "--format", "html=OUT/report.html"],
    "show": ["show", "FILE", "trials", "--output", "OUT/trials.csv", "--overwrite"],
    "qc": ["qc", "FILE", "--output", "OUT"],
    "sample": ["sample", "dataset-ii", "OUT", "--seconds", "5", "--overwrite"],
}
#: Bytes that a file may have on the full disk.
LIMIT = 500


def run(
    verb: str, folder: Path, *, full: bool = False, room: int = LIMIT, words: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a verb, on a disk that takes no file larger than the room where it is full."""

    def limit() -> None:
        if full:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    shutil.copy(SESSION, folder / "session.nwb")
    words = [word.replace("FILE", "session.nwb").replace("OUT", "out") for word in words or COMMANDS[verb]]
    command = [sys.executable, "-m", "nwbgate", *words]
    # Coverage of the process is not measured: its own data file would meet the full disk, too.
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    return subprocess.run(
        command, cwd=folder, env=unmeasured, preexec_fn=limit, capture_output=True, text=True, check=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("verb", COMMANDS)
def test_a_full_disk_leaves_the_older_outputs_and_nothing_else(verb: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    good = run(verb, tmp_path)
    assert good.returncode in (0, 1), good.stderr
    before = contents(tmp_path / "out")
    assert max(len(content) for content in before.values()) > LIMIT
    done = run(verb, tmp_path, full=True)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "what to do" in done.stderr
    after = contents(tmp_path / "out")
    assert after.keys() == before.keys()
    assert not [name for name in before if len(before[name]) > LIMIT and after[name] != before[name]]


@pytest.mark.parametrize("more", [100, 3000, 12_000])
def test_a_file_without_room_for_its_results_stays_as_it_was(more: int, tmp_path: Path) -> None:
    """The copy has room, and what HDF5 adds to it has not: at once, in the middle, at the end."""
    done = run("qc", tmp_path, full=True, room=SESSION.stat().st_size + more, words=["qc", "FILE", "--store"])
    assert done.returncode == 1, done.stderr
    assert "exceeds the maximum size" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(tmp_path) == {"session.nwb": SESSION.read_bytes()}


@pytest.mark.parametrize("room", [100_000, 1_000_000])
def test_a_release_without_room_leaves_no_damaged_file(room: int, tmp_path: Path) -> None:
    done = run("sample", tmp_path, full=True, room=room, words=["sample", "visual-behavior", "OUT"])
    assert done.returncode in (1, 2), done.stderr
    assert "exceeds the maximum size" in done.stderr
    made = [path for path in tmp_path.rglob("*.nwb") if path.name != "session.nwb"]
    assert all(path.stat().st_size <= room and h5py.is_hdf5(path) for path in made)


@pytest.mark.parametrize(("verb", "name"), [("check", "report.html"), ("show", "trials.csv"), ("qc", "results.csv")])
def test_a_planted_link_is_replaced_and_its_target_untouched(verb: str, name: str, tmp_path: Path) -> None:
    victim, output = tmp_path / "victim", tmp_path / "out" / name
    output.parent.mkdir()
    victim.write_bytes(b"precious")
    output.symlink_to(victim)
    done = run(verb, tmp_path)
    assert done.returncode in (0, 1), done.stderr
    assert victim.read_bytes() == b"precious"
    assert not output.is_symlink()
