"""Metadata of a sync file: a Python dictionary as text, parsed as a literal."""

import ast
from dataclasses import dataclass
from typing import Any

import h5py

from nwbgate.errors import SourceError
from nwbgate.storage.source_hdf5 import source_dataset
from nwbgate.storage.values import text

#: Longest text (bytes) that is parsed; a real one has about 600.
LONGEST = 1_000_000
#: Brackets within brackets that are parsed; a real text has two.
DEEPEST = 20


@dataclass(frozen=True)
class SyncMetadata:
    """Facts about a sync recording.

    Attributes
    ----------
    rate : float
        Ticks of the counter per second, in Hz.
    counter_bits : int
        Bits of the counter, after which it wraps.
    labels : tuple of str
        Name of the line of each bit, lowest first; empty where a line is unused.
    start, stop : str
        Local times of start and stop as recorded; empty where they are not said.
    """

    rate: float
    counter_bits: int
    labels: tuple[str, ...]
    start: str = ""
    stop: str = ""


def read_metadata(file: h5py.File) -> SyncMetadata:
    """Return the metadata of an open sync file.

    Raises
    ------
    SourceError
        If there are none, they are not a plain dictionary, or lack the counter's rate or the names of the lines.
    """
    where = f"{file.filename}:/meta"
    meta = _literal(source_dataset(file, "meta", "the sync metadata, a dictionary as text"), where)
    daq = meta.get("ni_daq")
    return SyncMetadata(
        rate=_rate(daq if isinstance(daq, dict) else {}, where),
        counter_bits=_bits(daq if isinstance(daq, dict) else {}, where),
        labels=_labels(meta.get("line_labels"), where),
        start=str(meta.get("start_time", "")),
        stop=str(meta.get("stop_time", "")),
    )


def _literal(dataset: h5py.Dataset, where: str) -> dict[str, Any]:
    """Return the dictionary literal of a scalar text dataset."""
    if dataset.shape != () or dataset.dtype.kind not in "SO" or dataset.dtype.itemsize > LONGEST:
        raise _bad(f"shape {dataset.shape}, {dataset.dtype}", where)
    words = text(dataset[()])
    if len(words) > LONGEST or _depth(words) > DEEPEST:
        raise _bad(f"{len(words)} characters, {_depth(words)} brackets deep", where)
    try:
        found = ast.literal_eval(words.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as problem:
        raise _bad(f"{words[:60]!r} ... ({type(problem).__name__})", where) from problem
    if not isinstance(found, dict):
        raise _bad(f"a {type(found).__name__}", where)
    return found


def _depth(words: str) -> int:
    """Return the nesting depth of brackets, including those in texts."""
    depth = deepest = 0
    for character in words:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


def _bad(got: str, where: str) -> SourceError:
    return SourceError(
        "the sync metadata are not a plain dictionary",
        where=where,
        got=got,
        expected="a Python dictionary of texts, numbers and lists, parsed as a literal",
        fix="use the sync file as the rig wrote it",
    )


def _rate(daq: dict[str, Any], where: str) -> float:
    """Return the counter's rate: sample_freq, else counter_output_freq (not sample_rate)."""
    rate = daq.get("sample_freq", daq.get("counter_output_freq"))
    if isinstance(rate, int | float) and not isinstance(rate, bool) and 0 < rate < float("inf"):
        return float(rate)
    raise SourceError(
        "the sync metadata lack the counter's rate",
        where=where,
        got="nothing" if rate is None else repr(rate),
        expected="ni_daq.sample_freq or ni_daq.counter_output_freq, in Hz",
        fix="use the sync file as the rig wrote it",
    )


def _bits(daq: dict[str, Any], where: str) -> int:
    bits = daq.get("counter_bits", 32)
    if isinstance(bits, int) and 8 <= bits <= 64:
        return bits
    raise SourceError(
        "the sync metadata name an impossible counter",
        where=where,
        got=f"counter_bits {bits!r}",
        expected="a whole number from 8 to 64",
        fix="use the sync file as the rig wrote it",
    )


def _labels(labels: Any, where: str) -> tuple[str, ...]:
    if isinstance(labels, list | tuple) and labels and all(isinstance(label, str) for label in labels):
        return tuple(label.strip() for label in labels)
    raise SourceError(
        "the sync metadata do not name the lines",
        where=where,
        got="nothing" if labels is None else f"line_labels {labels!r}"[:200],
        expected="line_labels, a list with a text for each line",
        fix="use the sync file as the rig wrote it",
    )
