"""Facts in a file as rows comparable with a manifest: file, planes, ROIs."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.json_text import parse_json
from nwbgate.manifest.specification.fact_columns import FILE_COLUMNS, PLANE_COLUMNS, ROI_COLUMNS
from nwbgate.reading.facts.digests import behavior_digests, imaging_digests
from nwbgate.reading.facts.fact_frames import Columns, fact_frame
from nwbgate.reading.facts.file_frames import session_frames

Frames = dict[str, pd.DataFrame]

#: Frames that facts are made of.
TABLES = ("session", "trials", "planes", "cells", "series", "clocks", "spikes", "table_lengths")

#: Columns for which whole series are read, which only the gate does.
_DIGESTS = ["behavior_digests", "imaging_digests"]

_COUNTED = ("go", "catch", "hit", "miss", "false_alarm", "correct_reject")


@dataclass(frozen=True)
class FileFacts:
    """Rows of one file in the tables of facts.

    Parameters
    ----------
    nwb_files : pandas.DataFrame
        One row: identifiers, subject, session, counts of trials, units and spikes, duration (seconds) and sampling
        rate (Hz) of the electrical recording.
    nwb_planes : pandas.DataFrame
        One row per imaging plane: ids, place, indicator, stated and measured rate (Hz), numbers of ROIs and frames.
    nwb_rois : pandas.DataFrame
        One row per ROI: its id, the cell it was matched to, whether it is one.
    """

    nwb_files: pd.DataFrame
    nwb_planes: pd.DataFrame
    nwb_rois: pd.DataFrame

    def frames(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the name and rows of each table."""
        yield "nwb_files", self.nwb_files
        yield "nwb_planes", self.nwb_planes
        yield "nwb_rois", self.nwb_rois


def file_facts(source: Path | str | h5py.File, frames: Frames | None = None) -> FileFacts:
    """Return the facts in a file.

    Parameters
    ----------
    source : path or h5py.File
        An NWB file.
    frames : dict of DataFrame, optional
        What `session_frames` returned for this file, which is then not read again; it needs those in `TABLES`.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is no NWB file, is truncated or damaged, or a table in it cannot be taken apart.
    """
    path = source.filename if isinstance(source, h5py.File) else str(source)
    columns = fact_columns(session_frames(source, TABLES) if frames is None else frames, path)
    facts = {name: fact_frame(name, [found]) for name, found in columns.items()}
    return FileFacts(**{name: frame.drop(columns=_DIGESTS, errors="ignore") for name, frame in facts.items()})


def fact_columns(frames: Frames, path: str) -> dict[str, Columns]:
    """Return the facts in a file as columns.

    Frames of one row each would cost more than to read the file.

    Parameters
    ----------
    frames : dict of DataFrame
        What `session_frames` returned; it needs those in `TABLES`.
    path : str
        The file.
    """
    planes = _planes(frames)
    cells = frames.get("cells", pd.DataFrame())
    return {
        "nwb_files": {name: [value] for name, value in _file(frames, planes).items()} | {"path": [path]},
        "nwb_planes": _columns(planes, PLANE_COLUMNS)
        | {"path": [path] * len(planes)}
        | ({"imaging_digests": imaging_digests(frames, planes["plane"].tolist())} if len(planes) else {}),
        "nwb_rois": _with_experiment(cells, planes) | {"path": [path] * len(cells)},
    }


def _columns(frame: pd.DataFrame, names: Collection[str]) -> Columns:
    """Return the values of those columns that a frame has."""
    return {str(name): frame[name].tolist() for name in frame if name in names}


def _with_experiment(cells: pd.DataFrame, planes: pd.DataFrame) -> Columns:
    """Return the columns of the ROIs, and the experiment of their plane."""
    columns = _columns(cells, ROI_COLUMNS)
    if cells.empty or planes.empty:
        return columns
    experiment = dict(zip(planes["plane"][::-1], planes["ophys_experiment_id"][::-1], strict=True))  # the first counts
    return columns | {"ophys_experiment_id": [experiment.get(name) for name in cells["plane"]]}


def _file(frames: Frames, planes: pd.DataFrame) -> dict[str, Any]:
    """Return the row of the file."""
    session: dict[str, Any] = {}
    if "session" in frames:
        session = {str(name): value for name, value in frames["session"].iloc[0].items()}
    facts = {name: session.get(name) for name in FILE_COLUMNS if name in session}
    facts["dataset_layout"] = session.get("layout")
    facts["age_in_days"] = _days(session.get("age"))
    facts["behavior_digests"] = behavior_digests(frames)
    facts["provenance_timezone"] = _timezone(session)
    facts["indicator"] = "; ".join(sorted(set(planes["indicator"].dropna()))) or None if len(planes) else None
    facts["n_planes"], facts["n_rois"] = len(planes), len(frames.get("cells", ()))
    facts["imaging_plane_group_count"] = planes["imaging_plane_group_count"].max() if len(planes) else None
    counts = _trial_counts(frames) | _recording(frames, session)
    return facts | (counts | _counts_of_any(frames) if session.get("layout") == "other" else counts)


def _counts_of_any(frames: Frames) -> dict[str, Any]:
    """Return counts by the types of objects, and the length of the series."""
    lengths = frames.get("table_lengths", pd.DataFrame(columns=["kind", "n_rows"]))
    rows = {kind: int(found.sum()) for kind, found in lengths.groupby("kind")["n_rows"]}
    series, clocks = frames["series"], frames["clocks"]
    spans = clocks.loc[clocks["clock"].isin(series["clock"]), ["first", "last"]].astype(np.float64)
    duration = float(spans["last"].max() - spans["first"].min())
    return {"n_rois": rows.get("rois", 0), "n_trials": rows.get("trials"), "duration": duration}


def _trial_counts(frames: Frames) -> dict[str, Any]:
    trials = frames.get("trials")
    if trials is None:
        return {}
    counts = {f"{kind}_trials": int(trials[kind].eq(True).fillna(False).sum()) for kind in _COUNTED}
    return {"n_trials": len(trials), **counts}


def _recording(frames: Frames, session: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of an electrical recording: id, units, spikes, length, rate."""
    spikes, clocks = frames.get("spikes"), frames["clocks"]
    voltage = clocks[clocks["stream"] == "ephys"]
    if spikes is None or voltage.empty:
        return {"n_units": len(spikes)} if spikes is not None else {}
    first = voltage.iloc[0]
    return {
        "recording_id": session.get("session_id"),
        "n_units": len(spikes),
        "n_spikes": int(spikes["n_spikes"].sum()),
        "duration": first["n"] * first["period"],
        "sampling_rate": 1 / first["period"],
    }


def _planes(frames: Frames) -> pd.DataFrame:
    """Return one row per plane: ROIs, frames and measured rate.

    Where the traces give a rate instead of timestamps, that is the rate which the file states.
    """
    planes = frames.get("planes", pd.DataFrame())
    if planes.empty:
        return planes
    names, clocks = planes["plane"].tolist(), frames["clocks"]
    numbers = dict(zip(clocks["clock"], zip(clocks["n"], clocks["period"], strict=True), strict=True))
    clock_of = _imaging_clocks(frames["series"])
    n_frames, period = zip(*(numbers.get(clock_of.get(name), (np.nan, np.nan)) for name in names), strict=True)
    measured = 1 / pd.Series(period, index=planes.index, dtype="float64")
    by_rate = [str(clock_of.get(name)).endswith("/starting_time") for name in names]
    cells = _cells_of_planes(frames)
    return planes.assign(
        n_frames=n_frames,
        measured_rate=measured,
        imaging_rate=planes["imaging_rate"].fillna(measured.where(np.array(by_rate))),
        n_rois=[cells[name] for name in names],
    )


def _cells_of_planes(frames: Frames) -> Counter[Any]:
    """Return the number of ROIs of each plane."""
    if "cells" in frames:
        return Counter(frames["cells"]["plane"])
    rois, found = frames.get("table_lengths"), Counter[Any]()
    for plane, n_rows in () if rois is None else zip(rois["plane"], rois["n_rows"], strict=True):
        found[plane] += int(n_rows) if isinstance(plane, str) else 0
    return found


def _imaging_clocks(series: pd.DataFrame) -> dict[Any, Any]:
    """Return each plane's clock: that of its first series."""
    clocks: dict[Any, Any] = {}
    for row in series[["plane", "stream", "neurodata_type", "clock"]].itertuples(index=False):
        if row.stream == "imaging" or (row.plane and row.neurodata_type == "RoiResponseSeries"):
            clocks.setdefault(row.plane, row.clock)
    return clocks


def _days(age: object) -> int | None:
    """Return an age such as P206D in days; None for other forms."""
    found = re.fullmatch(r"P(\d+)D", str(age))
    return int(found[1]) if found else None


def _timezone(session: dict[str, Any]) -> str | None:
    """Return the time zone used by our conversion, if recorded."""
    if session.get("layout") != "standard":
        return None
    try:
        parameters = parse_json(str(session.get("source_script"))).get("parameters", {})
    except (ValueError, AttributeError):
        return None
    return parameters.get("timezone") if isinstance(parameters, dict) else None
