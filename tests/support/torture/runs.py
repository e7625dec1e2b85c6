"""Runs of the command line in copies of this process, which has imported everything already."""

import atexit
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from support.process_groups import is_gone
from support.torture.outputs import without_times

#: Seconds after which a run hangs on a machine that has nothing else to do.
PATIENCE = 120.0
#: Modules that were imported because a run had done so.
_TRIED = set[str]()


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes
    ----------
    code : int or None
        Exit code; the number of a signal, negative; None where it hung.
    out, said : str
        Standard output and standard error.
    seconds : float
        Time that it took.
    """

    code: int | None
    out: str
    said: str
    seconds: float

    @property
    def out_without_times(self) -> str:
        """What equal runs print alike."""
        return without_times(self.out)

    @property
    def broke(self) -> str:
        """What nobody may ever see, empty where it is not there."""
        words = ("Traceback", "nwbgate 0.1.0 broke", " broke: ", "Exception ignored", "Segmentation fault")
        return next((word for word in words if word in self.out + self.said), "")


def run_forked(
    words: Sequence[str],
    folder: Path,
    said: Path,
    *,
    patience: float = PATIENCE,
    swift: bool = False,
    begin: Callable[[], None] = lambda: None,
    meanwhile: Callable[[int], None] = lambda number: None,
) -> Ended:
    """Run a command line in a copy of this process.

    Parameters
    ----------
    words : sequence of str
        Arguments of ``nwbgate``.
    folder : Path
        Working folder; standard output goes to ``said`` in it.
    said : Path
        File for standard error.
    patience : float
        Seconds after which the run hangs.
    swift : bool
        Whether the process ends without taking its modules apart, which takes longer than most runs.
    begin : callable
        Called by the copy before it begins.
    meanwhile : callable
        Called here with the process number, which is also that of its group.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    started = time.monotonic()
    number = os.fork()
    if number == 0:
        _become(words, folder, said, begin, swift)
    while os.getpgid(number) != number:  # the group is signalled, once there is one
        time.sleep(0.001)
    meanwhile(number)
    status = _wait(number, started + patience)
    with suppress(ProcessLookupError):
        if not is_gone(number, seconds=20):
            os.killpg(number, signal.SIGKILL)
            status = None
    code = None if status is None else os.waitstatus_to_exitcode(status)
    texts = [path.read_text(errors="replace") if path.exists() else "" for path in (folder / "said", said)]
    return Ended(code, *texts, time.monotonic() - started)


def _become(words: Sequence[str], folder: Path, said: Path, begin: Callable[[], None], swift: bool) -> None:
    """Run the command line in this process, which ends with it as any other."""
    os.setsid()
    os.chdir(folder)
    for path, descriptor in ((folder / "said", 1), (said, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, descriptor)
        os.close(opened)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from nwbgate.cli import main

    sys.argv = ["nwbgate", *words]
    begin()
    code = main()
    Path(f"{said}.modules").write_text("\n".join(list(sys.modules)))
    if swift:
        _leave(code)
    raise SystemExit(code)


def _leave(code: int) -> None:
    """End this process as Python does, apart from what it does to modules."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def learn_modules(said: Path) -> None:
    """Import what the last run imported, so that the next ones, copies of this process, have it."""
    listed = Path(f"{said}.modules")
    names = listed.read_text().splitlines() if listed.exists() else []
    listed.unlink(missing_ok=True)
    new = {*names} - {*sys.modules} - _TRIED
    for name in sorted(new):
        with suppress(Exception):  # what cannot be imported by itself is left to the runs
            import_module(name)
    if new:
        _TRIED.update(new)
        gc.collect()
        gc.freeze()  # the collector of a copy looks at its own objects alone


def _wait(number: int, end: float) -> int | None:
    """Wait for a process; kill its group where it takes too long, and return None."""
    while time.monotonic() < end:
        found, status = os.waitpid(number, os.WNOHANG)
        if found:
            return status
        time.sleep(0.002)
    os.killpg(number, signal.SIGKILL)
    os.waitpid(number, 0)
    return None
