"""A place to run verbs in, one at a time: the same folder again and again, filled from a template."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

from support.torture.outputs import outputs
from support.torture.refusing import Control
from support.torture.runs import PATIENCE, Ended, learn_modules, run_forked
from support.torture.verbs import Verb, served_release

#: Imported once, for all runs.
_PRELOADED = (
    "pynwb", "nwbinspector", "matplotlib.pyplot", "skimage.measure", "pandas", "neuroconv", "dandi.dandiapi",
    "nwbgate.gate.preloaded",
)  # fmt: skip


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing went wrong in.

    Attributes
    ----------
    ended : Ended
        How it ended.
    older, newer : dict
        What the outputs held before and after it.
    calls : list of str
        The kinds of its calls about files below its folder.
    """

    ended: Ended
    older: dict[str, str]
    newer: dict[str, str]
    calls: list[str]


class Bench:
    """The folders of a session of torture.

    Parameters
    ----------
    work : Path
        Empty folder.
    control : Control
        Of the library that this process has loaded; None without one.
    patience : float
        Seconds after which a run hangs.
    """

    def __init__(self, work: Path, control: Control | None, patience: float = PATIENCE) -> None:
        self.work, self.control, self.root, self.patience = work, control, work / "run", patience
        self._templates, self._undisturbed = dict[tuple[str, bool], Path](), dict[tuple[str, bool], Undisturbed]()
        self._server: subprocess.Popen[bytes] | None = None
        for name, folder in (("XDG_CACHE_HOME", "cache"), ("XDG_STATE_HOME", "state"), ("TMPDIR", "tmp")):
            os.environ[name] = str(self.root / folder)

    def preload(self) -> None:
        """Import what the runs need, while files of the system may still be opened."""
        from nwbgate.cli import VERBS

        self._emptied()
        for name in [*_PRELOADED, *(place.partition(":")[0] for place, _ in VERBS.values())]:
            import_module(name)
        tempfile.tempdir = None

    def close(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    @cached_property
    def address(self) -> str:
        """Address at which the folder of the work is served, with a release in ``release``."""
        served_release(self.work / "release")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", self.work]
        unfaulted = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        self._server = subprocess.Popen(command, env=unfaulted, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return f"http://127.0.0.1:{port}"

    def run(
        self,
        words: tuple[str, ...],
        *,
        at: int = -1,
        error: int = 0,
        stays: bool = False,
        meanwhile: Callable[[int], None] | None = None,
    ) -> Ended:
        """Run a command line in the folder, and refuse one of its calls; see `Control.aim`."""
        said = self.work / "stderr"
        line = [word.replace("SERVER", f"{self.address}/release") for word in words]
        if self.control is None:
            return run_forked(line, self.root, said, meanwhile=meanwhile or _nothing)
        self.control.aim(self.root, at=at, error=error, stays=stays)
        swift = at < 0 and meanwhile is None
        ended = run_forked(line, self.root, said, swift=swift, begin=self.control.arm, meanwhile=meanwhile or _nothing)
        self.control.disarm()
        learn_modules(said)
        return ended

    def prepare(self, verb: Verb, older: bool) -> None:
        """Fill the folder for a verb, with older outputs or without."""
        template = self._templates.get((verb.name, older))
        if template is None:
            self._emptied()
            verb.make(self.root)
            if older:
                ended = self.run(verb.before or verb.words)
                assert ended.code in (0, 1), (verb.name, ended)
            template = self._templates[verb.name, older] = self.work / f"template_{len(self._templates)}"
            shutil.copytree(self.root, template)
        self.fill(template)

    def fill(self, template: Path) -> None:
        """Make the folder a copy of another."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(template, self.root)

    def undisturbed(self, verb: Verb, older: bool) -> Undisturbed:
        """Run a verb twice without a fault, and hold that both runs are equal."""
        known = self._undisturbed.get((verb.name, older))
        if known is None:
            first, known = self._whole_run(verb, older), self._whole_run(verb, older)
            assert first.ended.code in (0, 1), (verb.name, first.ended)
            assert first.newer, verb.name
            different = [name for name in first.newer if first.newer[name] != known.newer.get(name)]
            assert not different, f"{verb.name}: two undisturbed runs differ in {different}"
            self._undisturbed[verb.name, older] = known
        return known

    def _whole_run(self, verb: Verb, older: bool) -> Undisturbed:
        self.prepare(verb, older)
        before = outputs(self.root)
        ended = self.run(verb.words)
        calls = self.control.calls() if self.control else []
        newer = {**outputs(self.root), "standard output": ended.out_without_times}
        return Undisturbed(ended, before, newer, calls)

    def _emptied(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in (self.root / "out", self.root / "tmp"):
            folder.mkdir(parents=True)


def _nothing(process: int) -> None:
    """Let a run alone."""
