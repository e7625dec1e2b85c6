"""A window of a track as CSV or Parquet, bit-equal to the file."""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.browser.tracks.samples import Samples
from nwbgate.browser.tracks.track import EventsTrack, Heatmap, Intervals
from nwbgate.errors import UsageError
from nwbgate.extras import import_extra
from nwbgate.manifest.csv.formulas import quote_formulas

if TYPE_CHECKING:
    from nwbgate.browser.serving.browsed_file import BrowsedFile
    from nwbgate.browser.serving.keys import TrackNumber

Array = np.ndarray[Any, np.dtype[Any]]

#: Numbers in one download.
_MOST = 2 * 10**7


@dataclass(frozen=True)
class WindowTable:
    """Columns of equal length by name; numbers are float64, texts lists of str."""

    columns: dict[str, Any]

    def as_csv(self) -> bytes:
        """Return CSV with exact numbers, and texts safe from formulas."""
        import pandas as pd

        return quote_formulas(pd.DataFrame(self.columns)).to_csv(index=False, lineterminator="\n").encode()

    def as_parquet(self) -> bytes:
        """Return a Parquet file.

        Raises
        ------
        MissingExtraError
            If the extra ``parquet`` is not installed.
        """
        arrow, parquet = import_extra("pyarrow", "parquet"), import_extra("pyarrow.parquet", "parquet")
        stream = BytesIO()
        parquet.write_table(arrow.table({name: list(column) if isinstance(column, list) else column
                                         for name, column in self.columns.items()}), stream)  # fmt: skip
        return stream.getvalue()


def window_table(file: "BrowsedFile", which: "TrackNumber", start: float, stop: float) -> WindowTable:
    """Return a track's samples or rows from `start` to `stop` seconds, ends included.

    Raises
    ------
    UsageError
        If these are too many numbers for one download.
    """
    track = file.track(which)
    if isinstance(track, EventsTrack | Intervals):
        return _rows_between(track, start, stop)
    if isinstance(track, Heatmap) and which.row is None:
        times = np.asarray(track.times(), np.float64)
        first, last = int(np.searchsorted(times, start)), int(np.searchsorted(times, stop, "right"))
        _refuse_many((last - first) * len(track.rows), track.name)
        matrix = track.matrix()[first:last]
        columns = {name: matrix[:, row] for row, name in enumerate(track.rows)}
        return WindowTable({"time_s": times[first:last], **columns})
    samples = file.samples(which)
    first, last = between(samples, start, stop)
    _refuse_many(last - first, track.name)
    title = track.name if which.row is None else f"{track.name} {which.row}"
    named = f"{title} ({track.unit})" if track.unit else title
    return WindowTable({"time_s": samples.times(first, last), named: samples.values(first, last)})


def between(samples: Samples, start: float, stop: float) -> tuple[int, int]:
    """Return the index range of samples from `start` to `stop`, ends included."""
    if samples.clock is None:
        times = samples.times(0, len(samples))
        return int(np.searchsorted(times, start)), int(np.searchsorted(times, stop, "right"))
    first, last = (_near(samples, time) for time in (start, stop))
    near_first, near_last = samples.times(first, first + 4), samples.times(last, last + 4)
    return first + int(np.searchsorted(near_first, start)), last + int(np.searchsorted(near_last, stop, "right"))


def _near(samples: Samples, time: float) -> int:
    """Return an index just before a time, by the stored rate."""
    clock = samples.clock
    assert clock is not None
    return int(np.clip((time - clock.start) / clock.period - 2, 0, len(samples)))


def _rows_between(track: EventsTrack | Intervals, start: float, stop: float) -> WindowTable:
    rows = track.read()
    last = rows.start if rows.stop is None else rows.stop
    kept = np.flatnonzero((rows.start <= stop) & (np.where(np.isnan(last), rows.start, last) >= start))
    columns: dict[str, Any] = {"start_time_s": rows.start[kept]}
    if rows.stop is not None:
        columns["stop_time_s"] = rows.stop[kept]
    columns["category"] = [rows.categories[number] for number in rows.category[kept]]
    columns["label"] = [rows.label[row] for row in kept]
    return WindowTable(columns)


def _refuse_many(numbers: int, name: str) -> None:
    if numbers > _MOST:
        raise UsageError(
            "the window holds too many numbers for one download",
            where=name,
            got=f"{numbers:,} numbers",
            expected=f"at most {_MOST:,}",
            fix="zoom in, or read the file in Python: nwbgate.open(FILE)",
        )
