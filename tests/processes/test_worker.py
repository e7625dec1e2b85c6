"""Worker processes of scripts: started clean, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.hostile_sources import heed_interrupts
from support.places import TESTS
from support.process_groups import is_gone

WORKS = "from support.made_works import Counted; works = [Counted(n, Path(sys.argv[1]), SECONDS) for n in range(6)]\n"
HEAD = "import sys; from pathlib import Path; from nwbgate.processes.pool import results\n"
OWN = """
class Own:
    def __init__(self, number): self.number = number
    def run(self): return self.number
    def lost(self, error): return -self.number
sys.stderr.write("the script runs\\n")
"""


def start(tmp_path: Path, script: str, method: str = "") -> subprocess.Popen[str]:
    """Start a script in a process group of its own, with processes of a kind."""
    if method:
        script = f"import multiprocessing; multiprocessing.get_all_start_methods = lambda: ['{method}']\n" + script
    path = tmp_path / "script.py"
    path.write_text(script)
    return subprocess.Popen(
        [sys.executable, path, tmp_path],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        preexec_fn=heed_interrupts,
    )


@pytest.mark.parametrize("method", ["", "spawn"])
def test_a_script_runs_once_unless_its_own_work_is_to_be_done(tmp_path, method):
    script = HEAD + WORKS.replace("SECONDS", "0") + "print(sum(results(works, 2)))"
    out, said = start(tmp_path, script, method).communicate(timeout=100)
    assert (out, said) == ("15\n", "")


@pytest.mark.parametrize("method", ["", "spawn"])
def test_work_of_a_script_is_done_where_its_call_is_guarded(tmp_path, method):
    call = "if __name__ == '__main__': print(sum(results([Own(n) for n in range(6)], 2)))"
    out, said = start(tmp_path, HEAD + OWN + call, method).communicate(timeout=100)
    assert out == "15\n"
    assert set(said.splitlines()) == {"the script runs"}


@pytest.mark.parametrize("method", ["", "spawn"])
def test_work_of_a_script_whose_call_is_not_guarded_is_refused(tmp_path, method):
    process = start(tmp_path, HEAD + OWN + "print(sum(results([Own(n) for n in range(6)], 2)))", method)
    out, said = process.communicate(timeout=100)
    assert (out, process.returncode) == ("", 1)
    assert said.count("Traceback") == 1
    assert "the script runs again in each worker process" in said
    assert 'if __name__ == "__main__":' in said


@pytest.mark.parametrize("method", ["", "spawn"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_its_caller(tmp_path, method, number):
    script = HEAD + WORKS.replace("SECONDS", "60") + "print(sum(results(works, 2)))"
    process = start(tmp_path, script, method)
    end = time.monotonic() + 100
    while len(list(tmp_path.glob("?"))) < 2:
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=30)  # not before all that hold its standard error are gone
    assert process.returncode != 0
    assert is_gone(process.pid, seconds=30)
