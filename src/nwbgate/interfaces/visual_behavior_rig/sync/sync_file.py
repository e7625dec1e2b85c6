"""A sync file: changes of a rig's digital lines, on one clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.algorithms.sync_edges import changed_rows, rollovers
from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior_rig.sync.sync_metadata import SyncMetadata, read_metadata
from nwbgate.storage.source_hdf5 import opened_source, source_dataset

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: Rows that are read at once; 8 MB of two unsigned 32-bit columns.
BLOCK_ROWS = 1_000_000
_KIND = "a sync file"


@dataclass(frozen=True)
class _Recorded:
    """Edges of each line as unwrapped counter ticks, and the first edge's kind.

    Ticks stay in the pieces that they were read in: joined for all lines at once, they would need twice the memory.
    """

    ticks: dict[str, list[IntArray]]
    first_rises: dict[str, bool]
    wraps: int
    first: int
    last: int


class SyncFile:
    """One sync recording: ``data``, a row per change, and ``meta``.

    Parameters
    ----------
    path : path
        HDF5 file (``*_sync.h5``, ``*.sync``). It is opened for each reading; the object holds no open file.

    Attributes
    ----------
    path : Path
        The file.
    metadata : SyncMetadata
        Rate of the counter and names of the lines.
    rows : int
        Recorded changes.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not a sync file, is damaged, or leads to other files.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        with opened_source(self.path, _KIND) as file:
            self.metadata: SyncMetadata = read_metadata(file)
            self.rows = len(self._data(file))
        self._labels = unique_names(self.metadata.labels)

    def __reduce__(self) -> tuple[type["SyncFile"], tuple[Path]]:
        """Pickle as the path; the file is validated again where it arrives."""
        return SyncFile, (self.path,)

    @property
    def lines(self) -> tuple[str, ...]:
        """Names of the lines in use, by ascending bit; each name once."""
        return tuple(label for label in self._labels if label)

    @property
    def duration(self) -> float:
        """Seconds from the first recorded change to the last."""
        return (self._contents.last - self._contents.first) / self.metadata.rate

    @property
    def wraps(self) -> int:
        """Number of times that the counter restarted from zero."""
        return self._contents.wraps

    def edges(self, line: str) -> FloatArray:
        """Return the times of all edges of a line, ascending, in seconds.

        Raises
        ------
        SourceError
            If the file has no line of that name; those present are named.
        """
        return self._ticks(line) / self.metadata.rate

    def rising(self, line: str) -> FloatArray:
        """Return the times at which a line rose, in seconds."""
        return self._every_second(line, rising=True)

    def falling(self, line: str) -> FloatArray:
        """Return the times at which a line fell, in seconds."""
        return self._every_second(line, rising=False)

    def first_line(self, names: Sequence[str], signal: str) -> str:
        """Return the first of a signal's names that is a line here.

        Parameters
        ----------
        names : sequence of str
            What rigs have called the line, in the order of preference.
        signal : str
            What it signals, for the error.

        Raises
        ------
        SourceError
            If there is none; the lines present are named.
        """
        for name in names:
            if name in self.lines:
                return name
        raise SourceError(
            f"the sync file has no line of the {signal}",
            where=f"{self.path}:/meta line_labels",
            got=", ".join(self.lines) or "lines without names",
            expected=" or ".join(names),
            fix="use the sync file of this session, or leave out what needs this line",
        )

    def _require(self, line: str) -> None:
        if line not in self.lines:
            self.first_line([line], f"name {line!r}")

    def _every_second(self, line: str, *, rising: bool) -> FloatArray:
        """Return the edges of one kind: those of a line take turns."""
        ticks = self._ticks(line)
        first = 0 if self._contents.first_rises[line] == rising else 1
        return ticks[first::2] / self.metadata.rate

    def _ticks(self, line: str) -> IntArray:
        """Return the edges of a line as ticks of the counter."""
        self._require(line)
        return np.concatenate([np.empty(0, np.int64), *self._contents.ticks[line]])

    @cached_property
    def _contents(self) -> _Recorded:
        """Contents of the file, read once for all lines."""
        bits = {label: bit for bit, label in enumerate(self._labels) if label}
        parts: dict[str, list[IntArray]] = {label: [] for label in bits}
        first_rises: dict[str, bool] = {}
        ends: list[int] = []
        wraps = 0
        for ticks, state, turns in self._blocks():
            ends, wraps = [*ends[:1], int(ticks[0]), int(ticks[-1])], turns
            for label, bit in bits.items():
                rows = changed_rows(state, bit)
                if len(rows):
                    first_rises.setdefault(label, bool(state[rows[0]] >> state.dtype.type(bit) & 1))
                    parts[label].append(ticks[rows])
        return _Recorded(parts, dict.fromkeys(bits, True) | first_rises, wraps, ends[0], ends[-1])

    def _blocks(self) -> Iterator[tuple[IntArray, npt.NDArray[np.unsignedinteger], int]]:
        """Yield unwrapped ticks and line states by block, overlapping by one row."""
        span, wraps = 1 << self.metadata.counter_bits, 0
        with opened_source(self.path, _KIND) as file:
            data = self._data(file)
            for start in range(0, max(self.rows - 1, 1), BLOCK_ROWS):
                block = data[start : start + BLOCK_ROWS + 1]
                turns = self._rollovers(block[:, 0], span, start)
                ticks = block[:, 0].astype(np.int64) + (turns + wraps) * span if wraps or turns[-1] else block[:, 0]
                wraps += int(turns[-1])
                yield ticks.astype(np.int64), np.ascontiguousarray(block[:, -1]), wraps

    def _rollovers(self, counter: npt.NDArray[np.unsignedinteger], span: int, start: int) -> IntArray:
        try:
            return rollovers(counter, span)
        except ValueError as problem:
            raise SourceError(
                "the counter of the sync file runs backwards",
                where=f"{self.path}:/data, from row {start}",
                got=str(problem),
                expected=f"ascending counts, or a wrap after {span}",
                fix="copy the file again; if it is as recorded, the recording cannot be used as a clock",
            ) from problem

    def _data(self, file: h5py.File) -> h5py.Dataset:
        """Return the recorded changes, refused where they are not rows of counter and state."""
        data = source_dataset(file, "data", "rows of sample counter and state of the lines")
        sound = data.ndim == 2 and data.shape[1] in (2, 3) and data.shape[0] > 0 and data.dtype.kind == "u"
        if sound:
            return data
        raise SourceError(
            "the rows of the sync file are not counter and state",
            where=f"{self.path}:/data",
            got=f"shape {data.shape}, {data.dtype}",
            expected="shape (rows, 2), at least one row, unsigned integers",
            fix="use the sync file as the rig wrote it",
        )


def shared_sync_file(path: Path) -> SyncFile:
    """Return a sync file, shared by streams until it changes."""
    state = path.stat() if path.is_file() else None
    return _sync_file(path.absolute(), *((state.st_size, state.st_mtime_ns) if state else (0, 0)))


@lru_cache(maxsize=1)
def _sync_file(path: Path, size: int, changed: int) -> SyncFile:
    return SyncFile(path)


def unique_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Return unique line names, with the bit added to repeated ones."""
    return tuple(
        f"{label} (bit {bit})" if label and labels.count(label) > 1 else label for bit, label in enumerate(labels)
    )
