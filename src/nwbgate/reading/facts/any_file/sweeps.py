"""Sweeps of intracellular recordings: a stimulus and the response to it."""

from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import address, dataset_at, group_at
from nwbgate.storage.values import number_attribute, stored_content

#: Where the table of intracellular recordings is, by the NWB schema.
_TABLE = "/general/intracellular_ephys/intracellular_recordings"
#: Types of series of a pipette.
PATCH_TYPES = frozenset(
    {"PatchClampSeries", "CurrentClampSeries", "IZeroClampSeries", "VoltageClampSeries",
     "CurrentClampStimulusSeries", "VoltageClampStimulusSeries"}
)  # fmt: skip


def sweep_frame(file: h5py.File, series: pd.DataFrame) -> pd.DataFrame | None:
    """Return the summary ``sweeps`` of `session_tables.yaml`; None without pipettes.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    series : pandas.DataFrame
        The summary ``series``.
    """
    if PATCH_TYPES.isdisjoint(series["neurodata_type"]):
        return None
    patch = series[series["neurodata_type"].isin(PATCH_TYPES)]
    paths = {address(file[path]): path for path in patch["path"]}
    pairs = list(_recorded_pairs(file, paths))
    stimuli = {response: stimulus for stimulus, response in pairs if response and stimulus and response != stimulus}
    listed = {path for pair in pairs for path in pair}
    rows = [
        {
            "path": path,
            "number": _number(file[path]),
            "is_listed": path in listed,
            "stimulus": stimuli.get(path),
            "is_stimulus": "Stimulus" in kind,
            "electrode": _electrode(file[path]),
        }
        for path, kind in zip(patch["path"], patch["neurodata_type"], strict=True)
    ]
    _pair_by_number(rows, dict(zip(patch["path"], patch["neurodata_type"], strict=True)))
    return records_frame(rows, session_tables().summaries["sweeps"].columns)


def _electrode(group: h5py.Group) -> str | None:
    """Return the path of the pipette of a series, which all series link to."""
    link = group.get("electrode", getlink=True)
    if isinstance(link, h5py.SoftLink):
        return str(link.path)
    electrode = group_at(group, "electrode") if link is not None else None
    return None if electrode is None else str(electrode.name)


def _number(group: h5py.Group) -> float:
    """Return the number of the sweep of a series, NaN where it gives none."""
    return number_attribute(group, "sweep_number", np.nan)


def _pair_by_number(rows: list[dict[str, Any]], types: dict[Any, Any]) -> None:
    """Give a lone response the one stimulus with its sweep number."""
    stimuli: dict[float, list[str]] = {}
    for row in rows:
        if "Stimulus" in types[row["path"]] and not np.isnan(row["number"]):
            stimuli.setdefault(row["number"], []).append(row["path"])
    for row in rows:
        same = stimuli.get(row["number"], [])
        if row["stimulus"] is None and "Stimulus" not in types[row["path"]] and len(same) == 1:
            row["stimulus"] = same[0]


def _recorded_pairs(file: h5py.File, paths: dict[int, str]) -> Iterator[tuple[str, str]]:
    """Yield stimulus and response paths of each recording, empty where absent."""
    table = group_at(file, _TABLE)
    stimulus, response = (
        None if table is None else dataset_at(table, column) for column in ("stimuli/stimulus", "responses/response")
    )
    if stimulus is not None and response is not None:
        yield from zip(_series_of(stimulus, paths), _series_of(response, paths), strict=False)


def _series_of(column: h5py.Dataset, paths: dict[int, str]) -> Iterator[str]:
    """Yield the series path of each row of a reference column.

    HDF5 searches the whole file for the name of what a reference leads to; an address costs nothing.
    """
    for row in np.ravel(stored_content(column)) if column.dtype.names else ():
        reference, count = row[column.dtype.names[-1]], row[column.dtype.names[1]]
        if not isinstance(reference, h5py.Reference) or not reference or count < 0:
            yield ""
            continue
        yield paths.get(address(column.file[reference]), "")
