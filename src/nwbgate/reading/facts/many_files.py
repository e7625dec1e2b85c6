"""Facts of many files, each read within limits of time and memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nwbgate.errors import NwbgateError
from nwbgate.processes.limits import NO_LIMITS, WorkLimits
from nwbgate.processes.pool import results
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.files import TABLES, FileFacts, file_facts
from nwbgate.storage.hdf5 import readable


@dataclass(frozen=True)
class _FactsWork:
    """The facts of one file, as work that any process can do."""

    path: Path
    follow_links: bool

    def run(self) -> FileFacts | NwbgateError:
        """Return the facts, or the error of an unreadable file."""
        try:
            with readable(str(self.path)):
                return file_facts(self.path, session_frames(self.path, TABLES, follow_links=self.follow_links))
        except NwbgateError as problem:
            return problem

    def lost(self, error: Exception) -> NwbgateError:
        """Return the error of a file that was given up; raise our own faults."""
        if isinstance(error, WorkerDiedError):
            return error.at(str(self.path))
        raise error


def facts_of_files(
    paths: Sequence[Path], *, follow_links: bool = False, limits: WorkLimits = NO_LIMITS
) -> Iterator[FileFacts | NwbgateError]:
    """Yield the facts of each file, or its error, in the order of `paths`.

    Parameters
    ----------
    paths : sequence of Path
        NWB files.
    follow_links : bool
        Read also what the files link to in files beside them.
    limits : WorkLimits
        Time and memory for each file. With limits, another process reads the files, and is killed over them.
    """
    return results([_FactsWork(path, follow_links) for path in paths], 1, ordered=True, limits=limits)
