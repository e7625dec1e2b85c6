"""Sessions in processes and on executors: whatever happens to one of them, the others are converted."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.batch import prepare
from nwbgate.conversion.batches.session_work import outcomes
from support.hostile_sources import HOSTILE_RECIPE, heed_interrupts, make_hostile

SCRIPT = """
import sys
from nwbgate.conversion.batches.batch import convert_batch
if __name__ == "__main__":
    convert_batch(sys.argv[1], [sys.argv[2]], sys.argv[3], jobs=int(sys.argv[4]))
"""


def statuses(folder: Path, **options: object) -> dict[str, str]:
    tasks = prepare(HOSTILE_RECIPE, [folder], folder.parent / "nwb")
    return {outcome.session_id: outcome.status.value for outcome in outcomes(tasks, **options)}


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_session_that_fails_leaves_the_others_alone(jobs, tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="crash", c="refuse", d="invalid", e="fine")
    expected = {"a": "converted", "b": "failed", "c": "failed", "d": "failed", "e": "converted"}
    assert statuses(folder, jobs=jobs) == expected
    assert written(tmp_path / "nwb") == ["sub-rat7_ses-a.nwb", "sub-rat7_ses-e.nwb"]


def test_a_worker_that_dies_takes_only_its_session_along(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="die", c="fine", d="fine", e="die", f="fine")
    expected = dict.fromkeys("acdf", "converted") | dict.fromkeys("be", "failed")
    assert statuses(folder, jobs=2) == expected
    assert written(tmp_path / "nwb") == [f"sub-rat7_ses-{name}.nwb" for name in "acdf"]


def test_a_session_that_dies_is_told_what_to_do(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="die", b="fine")
    tasks = prepare(HOSTILE_RECIPE, [folder], tmp_path / "nwb")
    (died,) = [outcome for outcome in outcomes(tasks, jobs=2) if outcome.status == "failed"]
    assert died.session_id == "a"
    assert "died" in died.reason
    assert "--jobs" in died.reason
    assert not died.broke


def test_a_session_that_dies_only_in_company_is_converted_alone(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="die_once", b="fine")
    assert statuses(folder, jobs=2) == {"a": "converted", "b": "converted"}


def test_any_executor_will_do(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="crash")
    with ThreadPoolExecutor(1) as executor:
        assert statuses(folder, executor=executor) == {"a": "converted", "b": "failed"}
        assert executor.submit(int).result() == 0  # it was not shut down


def test_an_executor_that_loses_a_session_fails_that_session(tmp_path):
    class Losing(ThreadPoolExecutor):
        """Loses what it is given second, as a scheduler does whose worker was killed."""

        given = 0

        def submit(self, function, *arguments):
            self.given += 1
            if self.given != 2:
                return super().submit(function, *arguments)
            lost: Future = Future()
            lost.set_exception(RuntimeError("worker lost"))
            return lost

    folder = make_hostile(tmp_path / "sources", a="fine", b="fine")
    with Losing(1) as executor:
        assert statuses(folder, executor=executor) == {"a": "converted", "b": "failed"}


def start(tmp_path: Path, folder: Path, jobs: int) -> subprocess.Popen[str]:
    """Start a batch in a process group of its own, and wait until a session has begun."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, script, HOSTILE_RECIPE, folder, tmp_path / "nwb", str(jobs)]
    process = subprocess.Popen(
        command, start_new_session=True, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    )
    limit = time.monotonic() + 60
    while not (waiting := list(folder.glob("*.waiting"))) and time.monotonic() < limit:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    assert waiting
    return process


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_ends_the_batch_and_leaves_nothing_half_done(jobs, tmp_path):
    folder = make_hostile(tmp_path / "sources", a="fine", b="wait", c="fine")
    process = start(tmp_path, folder, jobs)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in said
    names = [name for name in written(tmp_path / "nwb") if name != ledger.FILE_NAME]
    assert set(names) <= {"sub-rat7_ses-a.nwb", "sub-rat7_ses-c.nwb"}


def test_workers_do_not_outlive_a_killed_batch(tmp_path):
    folder = make_hostile(tmp_path / "sources", a="wait", b="wait")
    process = start(tmp_path, folder, 2)
    process.kill()
    process.communicate(timeout=30)
    limit = time.monotonic() + 30
    while not group_is_gone(process.pid) and time.monotonic() < limit:
        time.sleep(0.1)
    assert group_is_gone(process.pid)
