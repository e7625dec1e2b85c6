"""A sync file as an interface: a clock for others, and line edges."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from hdmf.common import VectorData
from pydantic import FilePath, validate_call
from pynwb import NWBFile
from pynwb.event import EventsTable, TimestampVectorData

from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile


class SyncLinesInterface(AlignedInterface):
    """Lines of a sync file.

    Its `clocks` give every other interface, ours or NeuroConv's, its times::

        sync = SyncLinesInterface(file_path="session_sync.h5")
        sync.clocks.imaging(frames=1000, group=0, groups=2).align(suite2p)
        sync.clocks.camera("eye").align(poses, samples=5000, surplus=-1)

    Where lines are named, their edges are added to the file as the `EventsTable` ``sync_edges``.

    Parameters
    ----------
    file_path : FilePath
        HDF5 file with ``data`` and ``meta``.
    lines : sequence of str
        Lines whose edges are written; none by default.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    sync : SyncFile
        The file.

    Raises
    ------
    SourceError
        If it is not a sound sync file, or has no line of a name.
    """

    display_name = "Visual Behavior rig sync lines"
    keywords = ("synchronization", "digital lines")
    associated_suffixes = (".h5", ".sync")
    info = "Interface for the sync file of a Visual Behavior rig."

    @validate_call
    def __init__(self, file_path: FilePath, lines: Sequence[str] = (), *, verbose: bool = False) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source_data |= {"lines": list(lines)}
        self.lines = tuple(dict.fromkeys(lines))
        self.sync = SyncFile(file_path)
        for line in self.lines:
            self.sync.first_line([line], f"name {line!r}")

    @cached_property
    def clocks(self) -> Clocks:
        """The clocks of the streams, in seconds of the sync file."""
        return Clocks(self.sync)

    def get_original_timestamps(self) -> FloatArray:
        """Return the times of changes of the named lines, seconds, shape (n,)."""
        return np.unique(np.concatenate([np.empty(0), *(self.sync.edges(line) for line in self.lines)]))

    def add_to_nwbfile(self, nwbfile: NWBFile, metadata: dict[str, Any] | None = None) -> None:
        """Add the edges of the named lines, if any, to a file in memory.

        Parameters
        ----------
        nwbfile : NWBFile
            File to add to.
        metadata : dict, optional
            Not needed.

        Raises
        ------
        UsageError
            If the lines were aligned to times that do not ascend.
        """
        rows = [
            (time, line, rising)
            for line in self.lines
            for rising in (True, False)
            for time in (self.sync.rising(line) if rising else self.sync.falling(line))
        ]
        if not rows:
            return
        rows.sort()
        times, lines, rising = (list(column) for column in zip(*rows, strict=True))
        columns = [
            TimestampVectorData(name="timestamp", description="Time of the edge.", data=self.aligned(np.array(times))),
            VectorData(name="line", description="Name of the line.", data=lines),
            VectorData(name="rising", description="Whether the line rose; else it fell.", data=rising),
        ]
        words = "Edges of digital lines of the rig, by the sync file."
        nwbfile.add_events_table(EventsTable(name="sync_edges", description=words, columns=columns))
