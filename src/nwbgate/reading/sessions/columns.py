"""Session columns and values in AllenSDK's format."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from nwbgate.algorithms.flashes import flashes_since_change
from nwbgate.manifest.derive import cre_line_of
from nwbgate.reading.format.layouts import LayoutColumn

#: Columns of eye tracking, in AllenSDK's order.
EYE_TRACKING = (
    "timestamps", "cr_area", "eye_area", "pupil_area", "likely_blink", "pupil_area_raw", "cr_area_raw", "eye_area_raw",
    *(
        f"{part}_{name}"
        for part in ("cr", "eye", "pupil")
        for name in ("center_x", "center_y", "width", "height", "phi")
    ),
)  # fmt: skip
#: Columns of presentations, in AllenSDK's order, which leaves those after ``active`` to chance.
_PRESENTATIONS = (
    "stimulus_block", "stimulus_block_name", "image_index", "image_name", "movie_frame_index", "duration",
    "start_time", "end_time", "start_frame", "end_frame", "is_change", "is_image_novel", "omitted", "movie_repeat",
    "flashes_since_change", "trials_id", "active", "is_sham_change", "stimulus_name", "orientation", "phase",
    "spatial_frequency",
)  # fmt: skip


def plain(values: "pd.Series[Any]", column: LayoutColumn) -> "pd.Series[Any]":
    """Return a nullable integer column with AllenSDK's number for missing values, if any."""
    sentinels = [each for each in column.missing if isinstance(each, int)]
    if values.dtype == "Int64" and sentinels:
        return values.fillna(sentinels[0]).astype(np.int64)
    return values


def presentations(frame: pd.DataFrame) -> pd.DataFrame:
    """Return presentations with AllenSDK's names, order and flash count."""
    frame = frame.rename(columns={"stop_time": "end_time"})
    for name in ("is_change", "is_sham_change", "active"):
        if name in frame:
            frame[name] = frame[name].fillna(False).astype(bool)
    if {"flashes_since_change", "is_change", "omitted"} <= set(frame):
        left_out = frame["omitted"].fillna(False).to_numpy(bool)  # gray screens and movie frames are counted as flashes
        frame["flashes_since_change"] = flashes_since_change(frame["is_change"].to_numpy(bool), left_out)
    if {"image_name", "is_image_novel", "omitted"} <= set(frame):
        shows_none = frame["image_name"].isna()
        omitted = frame["omitted"].fillna(False).astype(bool)
        frame["omitted"] = _unknown_where(frame["omitted"], shows_none)
        frame["is_image_novel"] = _unknown_where(frame["is_image_novel"], shows_none | omitted)
    frame = frame[[name for name in _PRESENTATIONS if name in frame]]
    return frame.rename_axis("stimulus_presentations_id")


def _unknown_where(truth: "pd.Series[Any]", rows: "pd.Series[bool]") -> "pd.Series[Any]":
    """Set truth values to missing in some rows, where HDF5 could only store False."""
    return truth.astype("boolean").mask(rows) if rows.any() else truth


def first_row(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the first row as plain values, arrays as lists."""
    return {str(name): _value(cell) for name, cell in frame.iloc[0].items()}


def _value(cell: Any) -> Any:
    return cell.tolist() if isinstance(cell, np.ndarray | np.generic) else cell


def metadata(facts: Mapping[Any, Any]) -> dict[str, Any]:
    """Return session and mouse metadata in AllenSDK's keys and order.

    Parameters
    ----------
    facts : mapping
        The row of the table ``session``.
    """
    known = {name: None if missing(value) else value for name, value in facts.items()}
    uuid, lines, genotype = (known.get(name) for name in ("behavior_session_uuid", "driver_line", "genotype"))
    return {
        "equipment_name": known.get("equipment_name"),
        "sex": known.get("sex"),
        "age_in_days": days(known.get("age")),
        "stimulus_frame_rate": known.get("stimulus_frame_rate"),
        "session_type": known.get("session_type"),
        "date_of_acquisition": datetime.fromisoformat(str(known["session_start_time"])),
        "reporter_line": known.get("reporter_line"),
        "cre_line": known.get("cre_line") or (cre_line_of(genotype) if genotype else None),
        "behavior_session_uuid": UUID(uuid) if uuid else None,
        "driver_line": sorted(str(lines).split("; ")) if lines else [],
        "mouse_id": known.get("subject_id"),
        "project_code": known.get("project_code"),
        "full_genotype": known.get("genotype"),
        "behavior_session_id": whole_or_none(known.get("behavior_session_id")),
    }


def missing(cell: Any) -> bool:
    """Return whether a cell is a missing value."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell))


def whole_or_none(cell: Any) -> int | None:
    """Return a cell as a whole number, or None."""
    return None if missing(cell) else int(cell)


def days(age: object) -> int | None:
    """Return an age such as P206D in days; None for other forms."""
    found = re.fullmatch(r"P(\d+)D", str(age))
    return int(found[1]) if found else None
