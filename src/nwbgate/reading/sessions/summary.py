"""Summary of a session from names and shapes, without reading tables."""

from typing import TYPE_CHECKING

import h5py

from nwbgate.reading.facts.imaging.planes import plane_names
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.row_counts import row_count
from nwbgate.reading.format.session_table import places
from nwbgate.reading.planes.streams import PlaneStreams
from nwbgate.storage.hdf5 import dataset_at, group_at

if TYPE_CHECKING:
    from nwbgate.reading.sessions.session import Session

#: Attributes of a session that are a table of the file, and those that are computed from one.
TABLES = (
    "trials", "licks", "rewards", "stimulus_presentations", "stimulus_templates", "stimulus_timestamps",
    "running_speed", "raw_running_speed", "running_encoder", "eye_tracking", "eye_tracking_rig_geometry",
    "source_agreement", "task_parameters",
)  # fmt: skip
COMPUTED = {
    "reward_rate": "trials",
    "reward_rate_documented": "trials",
    "rolling_performance": "trials",
    "performance_metrics": "trials",
}
#: Tables that are empty, as AllenSDK gives them, where the file has none.
EMPTY = frozenset(
    {"licks", "rewards", "eye_tracking", "eye_tracking_rig_geometry", "stimulus_templates", "source_agreement"}
)
#: What a glance says of the session, and of what it counts the rows.
_FACTS = ("mouse_id", "behavior_session_id", "session_type", "date_of_acquisition", "cre_line", "equipment_name")
_COUNTED = ("trials", "licks", "rewards", "stimulus_presentations", "running_speed", "eye_tracking")


def absent(file: h5py.File, layout: LayoutName) -> dict[str, str]:
    """Return the missing attributes of a session and the table that each needs.

    Parameters
    ----------
    file : h5py.File
        An open file.
    layout : {"standard", "released"}
        Its layout.
    """
    lacking = {name for name in TABLES if name not in EMPTY and not _has(file, name, layout)}
    computed = {name: table for name, table in COMPUTED.items() if table in lacking}
    return {name: name for name in TABLES if name in lacking} | computed


def present(file: h5py.File, layout: LayoutName) -> list[str]:
    """Return the attributes of a session that are not missing."""
    lacking = absent(file, layout)
    return [each for each in (*TABLES, *COMPUTED, "metadata", "planes") if each not in lacking]


def _has(file: h5py.File, name: str, layout: LayoutName) -> bool:
    """Return whether a file has a non-empty home of a table."""
    if row_count(file, name, layout) is not None:
        return True
    homes = [home for home in session_tables().tables[name].homes.get(layout, ()) if home.one_row]
    return any(group_at(file, path) is not None for home in homes for path, _ in places(file, home, {}))


def glance(session: "Session") -> dict[str, str]:
    """Return a summary of a session as short texts by name.

    Parameters
    ----------
    session : Session
        An opened session.
    """
    layout: LayoutName = "released" if session.layout == "released" else "standard"
    facts = {name: str(session.metadata[name]) for name in _FACTS if session.metadata[name] is not None}
    counts = {name: str(row_count(session.file, name, layout) or 0) for name in _COUNTED}
    return facts | counts | dict(_plane(session.file, layout, *each) for each in _planes(session.file, layout))


def _planes(file: h5py.File, layout: LayoutName) -> list[tuple[str, str]]:
    return list(plane_names(file, layout).items())


def _plane(file: h5py.File, layout: LayoutName, path: str, name: str) -> tuple[str, str]:
    """Return a plane's name, with numbers of cells and frames."""
    series = PlaneStreams(file, layout, path, name).series("dff_traces")
    if series is None:
        return f"plane {name}", "no dF/F"
    data = dataset_at(series, "data")
    frames, *cells = (data.shape or (0,)) if data is not None else (0,)
    return f"plane {name}", f"{cells[0] if cells else 1} cells, {frames} frames"
