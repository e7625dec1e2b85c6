"""Channels of traces, voltages, currents and positions in numbers, from sampled blocks or whole."""

import warnings
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.repetition import longest_still, repeated_stretch
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at
from nwbgate.storage.values import number_attribute, refuse_large, text_attribute

#: One sample in so many tells the middle of a plain series, and most values of a digital one.
_SPARSELY, _LEVELS = 8, 10
#: Bytes of a series that is read whole, and bytes read of a larger one.
_SMALL = 4 * 2**20
#: Blocks in which a larger series is looked at, spread from its beginning to its end.
_BLOCKS = 8
#: Most channels of one series that are judged; what is wrong with a probe shows in its first thousand.
_MOST_CHANNELS = 1024
#: Types of intracellular series, and what they measure.
_PATCH = {
    "CurrentClampSeries": "membrane", "IZeroClampSeries": "membrane", "VoltageClampStimulusSeries": "membrane",
    "VoltageClampSeries": "current", "CurrentClampStimulusSeries": "current",
}  # fmt: skip
#: What is measured by noisy amplifiers and cameras: no stretch of it is equal to another.
_NOISY = ("roi", "extracellular")
#: Share of the samples that are within the spread of a channel.
_MOST_SAMPLES = 0.8
#: Series of snippets: their samples are not one trace.
_SNIPPETS = "SpikeEventSeries"
#: Quantities that other types measure.
_KINDS = {**_PATCH, "SpatialSeries": "position", "OptogeneticSeries": "light"}
#: Spellings of volts.
_VOLTS = frozenset({"volts", "volt", "V"})
#: Types of marks and images, whose samples are not judged as signals.
_NO_SIGNALS = frozenset({"AnnotationSeries", "IntervalSeries", "IndexSeries", "ImageSeries", "OpticalSeries"})

Block = np.ndarray[Any, np.dtype[np.float64]]


def signal_frame(file: h5py.File, series: pd.DataFrame, *, whole: bool = False) -> pd.DataFrame:
    """Return the summary ``signals`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series : pandas.DataFrame
        The summary ``series``.
    whole : bool
        Read every sample, not only blocks of large series.
    """
    undescribed = series[series["table"].isna() & (series["n_samples"] > 1)]
    rows = [
        row
        for path, kind in zip(undescribed["path"], undescribed["neurodata_type"], strict=True)
        if (measured := _kind(file[path], kind)) is not None
        for row in _channels(file, path, measured, whole=whole)
    ]
    return records_frame(rows, session_tables().summaries["signals"].columns)


def _kind(group: h5py.Group, neurodata_type: str) -> str | None:
    """Return the quantity of a series, by its references or type."""
    if neurodata_type == _SNIPPETS:
        return None
    if "rois" in group:
        return "roi"
    if "electrodes" in group:
        return "extracellular"
    data = dataset_at(group, "data") if neurodata_type == "TimeSeries" else None
    if data is not None and text_attribute(data, "unit") in _VOLTS:
        return "voltage"
    return _KINDS.get(neurodata_type, None if neurodata_type in _NO_SIGNALS else "other")


def _channels(file: h5py.File, path: str, kind: str, *, whole: bool) -> Iterator[dict[str, Any]]:
    """Yield one row per channel of a numeric series."""
    data = dataset_at(file[path], "data")
    if data is None or data.ndim not in (1, 2) or data.dtype.kind not in "iuf" or not data.size:
        return
    width = min(data.shape[1] if data.ndim == 2 else 1, _MOST_CHANNELS)
    factor, offset = number_attribute(data, "conversion", 1.0), number_attribute(data, "offset", 0.0)
    if kind == "other":
        for column, row in enumerate(_plain_values(data, width, factor, offset, whole=whole)):
            yield {"path": path, "kind": kind, "column": column, "n_samples": data.shape[0], **row}
        return
    channels = _Channels(width, is_noisy=kind in _NOISY)
    for block in sampled_blocks(data, whole=whole):
        channels.add(block)
    place = {
        "path": path,
        "kind": kind,
        "n_samples": data.shape[0],
        "is_unsigned": data.dtype.kind == "u" and not offset,
    }
    for column, row in enumerate(channels.rows(factor, offset)):
        yield {**place, "column": column, **row}


def _plain_values(
    data: h5py.Dataset, width: int, factor: float, offset: float, *, whole: bool
) -> Iterator[dict[str, Any]]:
    """Yield what any quantity has: missing samples, size, samples at a limit."""
    counts = np.zeros((4, width), np.int64)
    middles = []
    limits = np.iinfo(data.dtype) if data.dtype.kind in "iu" and data.dtype.itemsize > 1 else None
    for block in sampled_blocks(data, whole=whole):
        lowest, highest = (limits.min or np.nan, limits.max) if limits else (np.nan, np.nan)
        at_limit = (block == lowest) | (block == highest) if limits else np.zeros((width, 1), bool)
        for channel in np.flatnonzero(at_limit.any(axis=1)).tolist():
            others = block[channel][~at_limit[channel]][::_SPARSELY]
            at_limit[channel] &= len(np.unique(others)) > _LEVELS  # a digital line is at its limit half of the time
        each = (np.ones(block.shape, bool), np.isnan(block), np.isinf(block), at_limit)
        counts += np.array([which.sum(axis=1) for which in each])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of channels without a value
            middles.append(np.nanmedian(np.abs(block[:, ::_SPARSELY] * factor + offset), axis=1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        middle = np.nanmedian(np.array(middles), axis=0)
    for column, (n_read, n_nan, n_infinite, n_at_limit) in enumerate(counts.T.tolist()):
        yield {
            "n_read": n_read, "n_nan": n_nan, "n_infinite": n_infinite, "n_nan_inside": 0,
            "middle": float(middle[column]), "at_limit": n_at_limit / max(n_read, 1),
        }  # fmt: skip


def sampled_blocks(data: h5py.Dataset, *, whole: bool = False) -> Iterator[Block]:
    """Yield blocks of a series as float64, shape (channels, samples), sampled if large.

    Parameters
    ----------
    data : h5py.Dataset
        Numbers of shape (samples,) or (samples, channels).
    whole : bool
        Yield every block.
    """
    width = data.shape[1] if data.ndim == 2 else 1
    chunk = data.chunks[0] if data.chunks else 1
    rows = max(_SMALL // _BLOCKS // max(width * data.dtype.itemsize, 1) // chunk, 1) * chunk
    refuse_large(data, rows)
    starts = range(0, data.shape[0], rows)
    if not whole and len(starts) > _BLOCKS:
        starts = [rows * round(number) for number in np.linspace(0, len(starts) - 1, _BLOCKS)]  # type: ignore[assignment]
    for start in starts:
        block = read(data, start, start + rows)
        yield np.ascontiguousarray(block.reshape(len(block), -1)[:, :_MOST_CHANNELS].T, dtype=np.float64)


class _Channels:
    """Numbers about the channels of one series, block by block."""

    def __init__(self, width: int, *, is_noisy: bool) -> None:
        self._is_noisy, self._repeated = is_noisy, 0
        self._still, self._equal = np.ones(width, np.int64), np.zeros(width, np.int64)
        self._digests = [blake2b(digest_size=16) for _ in range(width)]
        self._nan, self._inside, self._inf, self._zero, self._n = (np.zeros(width, np.int64) for _ in range(5))
        self._low, self._high = np.full(width, np.inf), np.full(width, -np.inf)
        self._at_low, self._at_high = np.zeros(width, np.int64), np.zeros(width, np.int64)
        self._waiting = np.zeros(width, np.int64)
        self._middles: list[Block] = []
        self._spreads: list[Block] = []

    def add(self, block: Block) -> None:
        """Add a block, shape (channels, samples)."""
        missing = np.isnan(block)
        if missing.any():
            self._add_missing(missing)
        elif self._waiting.any():
            self._inside, self._waiting = self._inside + self._waiting, np.zeros_like(self._waiting)
        infinite = np.isinf(block)
        self._inf += infinite.sum(axis=1)
        kept = np.where(infinite, np.nan, block) if infinite.any() else block
        self._add_extremes(kept)
        self._zero += (kept == 0).sum(axis=1)
        self._n += block.shape[1]
        some = np.nan_to_num(kept[:, :: max(block.shape[1] // 512, 1)])
        self._middles.append(np.median(np.abs(some), axis=1))
        self._spreads.append(np.quantile(np.abs(some - np.median(some, axis=1)[:, None]), _MOST_SAMPLES, axis=1))
        if self._is_noisy:
            self._add_repetition(block)
        for digest, channel in zip(self._digests, block, strict=True):
            digest.update(channel)

    def _add_repetition(self, block: Block) -> None:
        """Follow each channel's longest run of equal samples, and repeated stretches."""
        run, others = longest_still(block)
        self._still, self._equal = np.fmax(self._still, run), self._equal + others
        self._repeated += repeated_stretch(block).n

    def _add_missing(self, missing: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
        """Count NaN samples, and those between two samples that are none."""
        for row in np.flatnonzero(missing.any(axis=1)):
            there = np.flatnonzero(~missing[row])
            self._nan[row] += int(missing[row].sum())
            if not len(there):
                self._waiting[row] += missing.shape[1] if self._n[row] > self._nan[row] - missing.shape[1] else 0
                continue
            begun = self._n[row] > self._nan[row] - int(missing[row].sum())  # a value was met before this block
            self._inside[row] += self._waiting[row] + (there[0] if begun else 0)
            self._inside[row] += there[-1] - there[0] + 1 - len(there)
            self._waiting[row] = missing.shape[1] - 1 - there[-1]

    def _add_extremes(self, block: Block) -> None:
        """Follow the extremes of each channel and the number of samples at them."""
        low, high = np.fmin.reduce(block, axis=1), np.fmax.reduce(block, axis=1)
        lower, higher = low < self._low, high > self._high
        self._at_low[lower], self._at_high[higher] = 0, 0
        self._low, self._high = np.fmin(self._low, low), np.fmax(self._high, high)
        self._at_low += (block == self._low[:, None]).sum(axis=1)
        self._at_high += (block == self._high[:, None]).sum(axis=1)

    def rows(self, factor: float, offset: float) -> Iterator[dict[str, Any]]:
        """Yield the numbers of each channel."""
        middle, spread = (
            np.median(each, axis=0) if each else np.zeros(len(self._low)) for each in (self._middles, self._spreads)
        )
        sparse = bool(self._zero.sum() > self._n.sum() / 2)
        for column, digest in enumerate(self._digests):
            low, high, n = self._low[column], self._high[column], int(self._n[column])
            extremes = np.abs(np.array([low, high]) * factor + offset)
            yield {
                "n_read": n,
                "n_nan": int(self._nan[column]),
                "n_nan_inside": int(self._inside[column]),
                "n_infinite": int(self._inf[column]),
                "is_constant": bool(low == high),
                "is_sparse": sparse,
                "at_extreme": max(int(self._at_low[column]), int(self._at_high[column])) / n if n else 0.0,
                "at_extremes": (int(self._at_low[column]) + int(self._at_high[column])) / n if n else 0.0,
                "largest": float(np.max(extremes)) if np.isfinite(extremes).all() else np.nan,
                "middle": float(abs(middle[column] * factor + offset)),
                "spread": float(abs(spread[column] * factor)),
                "n_still": int(self._still[column]),
                "n_equal": int(self._equal[column]),
                "n_repeated": self._repeated,
                "digest": digest.hexdigest(),
            }
