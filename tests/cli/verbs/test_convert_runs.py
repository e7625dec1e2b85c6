"""`nwbgate convert` as a process: runs that are killed, interrupted, full, or made of several processes."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nwbgate.cli import main
from nwbgate.conversion.batches import ledger
from nwbgate.writing import provenance
from support.file_content import content
from support.hostile_sources import HOSTILE_RECIPE, heed_interrupts, make_hostile


def convert(*arguments: object) -> int:
    return main(["convert", *map(str, arguments)])


def process(*arguments: object, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "nwbgate", "convert", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_long_paths_are_not_cut_in_a_pipe(tmp_path):
    folder = make_hostile(tmp_path / "sources", **{"a" * 90: "fine"})
    running = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", env={**os.environ, "COLUMNS": "40"})
    out, _ = running.communicate(timeout=60)
    assert f"sub-rat7/sub-rat7_ses-{'a' * 90}.nwb\n" in out
    assert "\x1b" not in out


def test_a_killed_run_is_completed_by_the_next_and_equals_an_undisturbed_one(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="large", b="wait", c="large", d="fine")
    killed = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", start_new_session=True)
    limit = time.monotonic() + 60
    while not (folder / "b.waiting").exists() and time.monotonic() < limit:
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    good = tmp_path / "nwb" / "sub-rat7" / "sub-rat7_ses-a.nwb"
    assert [name for name in files(tmp_path / "nwb") if not Path(name).name.startswith(".")] == [
        good.relative_to(tmp_path / "nwb").as_posix()
    ]
    before = good.stat().st_mtime_ns
    make_hostile(folder, b="fine")
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb") == 0
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "undisturbed") == 0
    assert good.stat().st_mtime_ns == before
    assert files(tmp_path / "nwb") == files(tmp_path / "undisturbed")
    for name in files(tmp_path / "undisturbed"):
        if name.endswith(".nwb"):
            assert content(tmp_path / "nwb" / name) == content(tmp_path / "undisturbed" / name)


def test_a_run_killed_inside_the_writer_leaves_a_temporary_file_that_the_next_removes(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine")
    program = (
        "import os, signal, sys, nwbgate.conversion.session as s\n"
        "from nwbgate.conversion.batches.batch import convert_batch\n"
        "from nwbgate.conversion.batches.task import Settings\n"
        "die = lambda path: os.kill(os.getpid(), signal.SIGKILL)\n"
        "convert_batch(*sys.argv[1:2], sys.argv[2:3], sys.argv[3], settings=Settings(check=die))\n"
    )
    command = [sys.executable, "-c", program, HOSTILE_RECIPE, folder, tmp_path / "nwb"]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    (left,) = files(tmp_path / "nwb")
    assert Path(left).name.startswith(".sub-rat7_ses-a.nwb")
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb") == 0
    assert files(tmp_path / "nwb") == [ledger.FILE_NAME, "sub-rat7/sub-rat7_ses-a.nwb"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_disk_that_fills_up_fails_the_session_and_leaves_nothing(jobs, tmp_path):
    folder = make_hostile(tmp_path / "sources", a="large", b="large", c="fine")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    running = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", "--jobs", jobs, preexec_fn=limit)
    out, said = running.communicate(timeout=120)
    assert running.returncode == 1, out + said
    assert out.count(" failed: ") == 2
    assert "what to do" in out
    assert "1 converted, 2 failed" in out
    assert files(tmp_path / "nwb") == [ledger.FILE_NAME, "sub-rat7/sub-rat7_ses-c.nwb"]


def test_an_interrupt_is_130_and_leaves_only_whole_files(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="wait")
    running = process(
        HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", start_new_session=True, preexec_fn=heed_interrupts
    )
    limit = time.monotonic() + 60
    while not (folder / "b.waiting").exists() and time.monotonic() < limit:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert files(tmp_path / "nwb") == [ledger.FILE_NAME, "sub-rat7/sub-rat7_ses-a.nwb"]


def test_processes_give_what_one_process_gives(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="refuse", c="fine", d="warn")
    assert convert(HOSTILE_RECIPE, folder, "--output", tmp_path / "one") == 1
    running = process(HOSTILE_RECIPE, folder, "--output", tmp_path / "two", "--jobs", "2", "--threads", "1")
    out, said = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "look at this" in out
    assert "grumbles" not in out + said
    assert files(tmp_path / "one") == files(tmp_path / "two")
    name = "sub-rat7/sub-rat7_ses-a.nwb"
    assert content(tmp_path / "one" / name) == content(tmp_path / "two" / name)
    assert provenance.read(tmp_path / "one" / name) == provenance.read(tmp_path / "two" / name)


@pytest.mark.slow
def test_a_watching_run_converts_what_comes_and_ends_cleanly_when_interrupted(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine")
    options = ("--output", tmp_path / "nwb", "--watch", "--settle", "0.4")
    running = process(HOSTILE_RECIPE, folder, *options, preexec_fn=heed_interrupts)
    assert "watching" in running.stderr.readline()
    assert running.stderr.readline().startswith("a: converted in ")
    make_hostile(folder, b="refuse")
    assert running.stderr.readline().startswith("b: failed - ")
    time.sleep(1)  # The run looks for sources again; within a conversion it would end with 130.
    running.send_signal(signal.SIGINT)
    out, rest = running.communicate(timeout=60)
    assert running.returncode == 1, rest
    assert "1 converted, 1 failed" in out
    assert "Traceback" not in rest


@pytest.mark.slow
def test_a_session_that_kills_its_worker_costs_itself_and_the_cluster_goes_on(tmp_path, capsys):
    folder = make_hostile(tmp_path / "sources", a="fine", b="die", c="die_once", d="fine")
    arguments = (HOSTILE_RECIPE, folder, "--output", tmp_path / "nwb", "--cluster", "local:2")
    assert convert(*arguments) == 1
    out, _ = capsys.readouterr()
    assert "3 converted, 1 failed" in out
    assert "the process that converted the session died" in out
    make_hostile(folder, b="fine")
    assert convert(*arguments) == 0
    out, _ = capsys.readouterr()
    assert "1 converted, 3 skipped" in out
    assert main(["check", str(tmp_path / "nwb"), "--cluster", "local:2", "--no-inspector", "--select", "file"]) == 0
