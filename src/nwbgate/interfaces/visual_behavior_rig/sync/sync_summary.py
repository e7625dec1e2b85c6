"""Summary of a sync file: lines, number of changes, and rates."""

from pathlib import Path

import numpy as np
import pandas as pd

from nwbgate.algorithms.sync_edges import glitches
from nwbgate.interfaces.raw_source import RawSource
from nwbgate.interfaces.visual_behavior_rig.sync.rig_lines import SIGNALS
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import SyncFile


def sync_summary(path: Path) -> RawSource:
    """Return a sync file's summary: a text per line, and edge tables.

    Raises
    ------
    SourceError
        If the file is unsound.
    """
    sync = SyncFile(path)
    lines = lines_table(sync)
    facts = {
        "file": str(path),
        "kind": "sync file",
        "started": sync.metadata.start or "not said",
        "duration": f"{sync.duration:,.3f} s",
        "counter": f"{sync.metadata.rate:g} Hz, {sync.metadata.counter_bits} bits, wrapped {sync.wraps}x",
        "changes": f"{sync.rows:,}",
        **{f"line {row.line}": _sentence(row) for row in lines.itertuples()},
    }
    tables = {"lines": lambda: lines} | {line: lambda line=line: _edges(sync, line) for line in sync.lines}
    counts = {"lines": len(lines)} | {line: len(sync.edges(line)) for line in sync.lines}
    return RawSource(path, facts, tables, counts)


def lines_table(sync: SyncFile) -> pd.DataFrame:
    """Return one row per line in use: signal, edges, rate and span.

    Parameters
    ----------
    sync : SyncFile
        The file.

    Returns
    -------
    DataFrame
        ``rate`` is the inverse of the median interval between rising edges. ``glitches`` are edges that follow another
        within 0.1 ms.
    """
    meanings = {name: signal.meaning for signal in SIGNALS.values() for name in signal.names}
    rows = []
    for line in sync.lines:
        edges, rising = sync.edges(line), sync.rising(line)
        intervals = np.diff(rising)
        rows.append(
            {
                "line": line,
                "signal": meanings.get(line, ""),
                "rising": len(rising),
                "falling": len(edges) - len(rising),
                "rate": 1 / np.median(intervals) if len(intervals) else np.nan,
                "longest_interval": intervals.max() if len(intervals) else np.nan,
                "first": edges[0] if len(edges) else np.nan,
                "last": edges[-1] if len(edges) else np.nan,
                "glitches": glitches(edges),
            }
        )
    return pd.DataFrame(rows)


def _sentence(row: object) -> str:
    """Return how often a line changed, and how fast."""
    line = row._asdict()  # type: ignore[attr-defined]  # a row of pandas is a named tuple
    if not line["rising"] + line["falling"]:
        return "never changed"
    rate = "" if np.isnan(line["rate"]) else f", {line['rate']:.2f} Hz"
    signal = f"{line['signal']}: " if line["signal"] else ""
    return f"{signal}{line['rising']:,} rising, {line['falling']:,} falling{rate}, from {line['first']:.3f} s"


def _edges(sync: SyncFile, line: str) -> pd.DataFrame:
    edges = sync.edges(line)
    return pd.DataFrame({"timestamps": edges, "rising": np.isin(edges, sync.rising(line))})
