"""Facts about clocks: first and last time, period, gaps."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.reading.format.time_series import starting_time
from nwbgate.storage.hdf5 import address, dataset_at
from nwbgate.storage.values import number_attribute, one_number, refuse_large, refuse_other_than_numbers

#: An interval longer than this many median intervals is a gap.
GAP = 1.5
#: Timestamps held at once: 4 MB, and a few times as much for what is computed of them.
BLOCK = 2**19

Times = np.ndarray[Any, np.dtype[np.float64]]


class FileClocks:
    """FileClocks of a file by address, each measured once."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[str, Any]] = {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows of the summary ``clocks``, in the order in which they were met."""
        return list(self._rows.values())

    def of_series(self, group: h5py.Group, series: dict[str, Any]) -> dict[str, Any]:
        """Return the row of a series' clock, from the summary ``series``."""
        timestamps = dataset_at(group, "timestamps")
        return self._by_rate(group, series) if timestamps is None else self.of_timestamps(timestamps, series)

    def of_timestamps(self, timestamps: h5py.Dataset, series: dict[str, Any]) -> dict[str, Any]:
        """Return the row of a set of timestamps."""
        where = address(timestamps)
        if where not in self._rows:
            refuse_other_than_numbers(timestamps, ("samples",))
            refuse_large(timestamps, BLOCK)
            row = {"clock": timestamps.name, "stream": series["stream"], "plane": series["plane"]}
            self._rows[where] = row | measure_clock(timestamps)
        return self._rows[where]

    def _by_rate(self, group: h5py.Group, series: dict[str, Any]) -> dict[str, Any]:
        """Return the clock of a series that gives a starting time and a rate."""
        start = starting_time(group)
        first, rate, n = one_number(start), number_attribute(start, "rate", np.nan), series["n_samples"]
        period = 1 / rate if rate else np.inf
        self._rows[address(start)] = {
            "clock": start.name, "stream": series["stream"], "plane": series["plane"], "n": n,
            "n_nan": int(not np.isfinite([first, rate]).all()), "first": first, "last": first + (n - 1) * period,
            "n_backward": n if rate < 0 else 0, "n_equal": 0, "period": period, "n_gaps": 0, "longest": period,
            "digest": f"{first!r} {rate!r} {n}",
        }  # fmt: skip
        return self._rows[address(start)]


def measure_clock(times: h5py.Dataset | Times, length: int = BLOCK) -> dict[str, Any]:
    """Return the numbers of the summary ``clocks`` about one set of timestamps.

    Parameters
    ----------
    times : dataset or array of numbers, shape (n,)
        Timestamps in seconds. NaN ones are counted and then left out.
    length : int
        Timestamps held at once. The period of more is the median of the medians of the blocks, and differs from that
        of all by less than the jitter of the clock.
    """
    digest, medians = blake2b(digest_size=16), []
    first = last = longest = np.nan
    n_kept = n_backward = n_equal = 0
    places: dict[str, Any] = {}
    for block in _blocks(times, length):
        digest.update(block.tobytes())
        kept = block[~np.isnan(block)]
        steps = _steps(kept, last)
        forward = steps[steps > 0]
        if len(forward):
            medians.append(np.median(forward))
            longest = np.fmax(longest, forward.max())
        for name, still in (("backward", steps < 0), ("equal", steps == 0)):
            if f"{name}_row" not in places and still.any():
                places |= _first_place(name, still, kept, last, n_kept)
        n_backward += int((steps < 0).sum())
        n_equal += int((steps == 0).sum())
        if len(kept):
            first, last, n_kept = (kept[0] if not n_kept else first), kept[-1], n_kept + len(kept)
    period = float(np.median(medians)) if medians else np.nan
    return {
        "n": len(times), "n_nan": len(times) - n_kept, "first": float(first), "last": float(last),
        "n_backward": n_backward, "n_equal": n_equal, "period": period,
        "n_gaps": _gaps(times, length, GAP * period) if longest > GAP * period else 0, "longest": float(longest),
        "digest": digest.hexdigest(), **places,
    }  # fmt: skip


def _blocks(times: h5py.Dataset | Times, length: int) -> Iterator[Times]:
    for start in range(0, len(times), length):
        yield np.ascontiguousarray(times[start : start + length], dtype=np.float64)


def _steps(kept: Times, last: float) -> Times:
    """Return the intervals between timestamps, including the one before the first if known."""
    return np.diff(kept) if np.isnan(last) else np.diff(kept, prepend=last)


def _first_place(name: str, still: npt.NDArray[np.bool_], kept: Times, last: float, n_before: int) -> dict[str, Any]:
    """Return row and times of the first step of a kind in a block."""
    at = int(np.flatnonzero(still)[0]) + len(kept) - len(still)
    before = float(kept[at - 1]) if at else last
    return {f"{name}_row": n_before + at, f"{name}_from": before, f"{name}_to": float(kept[at])}


def _gaps(times: h5py.Dataset | Times, length: int, threshold: float) -> int:
    """Return the number of intervals longer than the threshold."""
    number, last = 0, np.nan
    for block in _blocks(times, length):
        kept = block[~np.isnan(block)]
        number += int((_steps(kept, last) > threshold).sum())
        last = kept[-1] if len(kept) else last
    return number
