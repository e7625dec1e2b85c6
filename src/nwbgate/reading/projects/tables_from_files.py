"""Tables of a project without manifest, from the files.

What only a manifest can say (publication, exposures before the first file) is not made up: such columns are absent.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from nwbgate.manifest import derive
from nwbgate.reading.facts.files import FileFacts
from nwbgate.reading.projects.table_format import INDEX, as_published

#: Column of the facts to the name that it has in the published tables.
_SESSION = {
    "behavior_session_id": "behavior_session_id", "ophys_session_id": "ophys_session_id", "subject_id": "mouse_id",
    "genotype": "full_genotype", "sex": "sex", "age_in_days": "age_in_days", "session_type": "session_type",
    "go_trials": "go_trial_count", "catch_trials": "catch_trial_count", "hit_trials": "hit_trial_count",
    "miss_trials": "miss_trial_count", "false_alarm_trials": "false_alarm_trial_count",
    "correct_reject_trials": "correct_reject_trial_count", "n_trials": "trial_count",
    "project_code": "project_code", "equipment_name": "equipment_name",
}  # fmt: skip
_PLANE = (
    "ophys_experiment_id", "ophys_container_id", "targeted_structure", "imaging_depth", "targeted_imaging_depth",
    "imaging_plane_group",
)  # fmt: skip
#: Columns of sessions that those of planes repeat.
_REPEATED = (
    "ophys_session_id", "mouse_id", "indicator", "full_genotype", "driver_line", "cre_line", "reporter_line", "sex",
    "age_in_days", "project_code", "session_type", "session_number", "image_set", "behavior_type", "passive",
    "date_of_acquisition", "equipment_name",
)  # fmt: skip
_CELLS = ("cell_roi_id", "ophys_experiment_id", "cell_specimen_id")


def behavior_sessions(facts: FileFacts) -> pd.DataFrame:
    """Return one row per session of any file."""
    return as_published(_sessions(facts).drop(columns="passive"), INDEX["behavior_sessions"])


def ophys_sessions(facts: FileFacts) -> pd.DataFrame:
    """Return one row per session with imaging."""
    sessions = _sessions(facts)
    counts = [name for name in sessions if str(name).endswith("trial_count")]
    imaged = sessions[sessions["ophys_session_id"].notna()].drop(columns=["passive", *counts])
    return as_published(imaged, INDEX["ophys_sessions"])


def ophys_experiments(facts: FileFacts) -> pd.DataFrame:
    """Return one row per imaging plane."""
    planes = _planes(facts)
    sessions = _sessions(facts).set_index("behavior_session_id")
    for name in (name for name in _REPEATED if name in sessions):
        planes[name] = sessions[name].reindex(planes["behavior_session_id"]).set_axis(planes.index)
    planes["image_set"] = derive.image_set_letter(planes["session_type"])
    return as_published(planes.drop(columns="path"), INDEX["ophys_experiments"]).sort_index()


def ophys_cells(facts: FileFacts) -> pd.DataFrame:
    """Return one row per cell of a plane."""
    cells = facts.nwb_rois.reindex(columns=list(_CELLS)).dropna(subset=["ophys_experiment_id"])
    return as_published(cells.drop_duplicates(list(_CELLS[:2])), INDEX["ophys_cells"])


def recordings(facts: FileFacts) -> pd.DataFrame:
    """Return one row per electrical recording: animal, length (s), rate (Hz), number of spikes."""
    files = facts.nwb_files.reindex(columns=_RECORDING)
    rows = files[files["recording_id"].notna()].drop_duplicates("recording_id")
    return as_published(rows.assign(session_start_time=_dates(rows["session_start_time"])), INDEX["recordings"])


_RECORDING = [
    "recording_id", "path", "subject_id", "sex", "age", "genotype", "indicator", "session_start_time", "duration",
    "sampling_rate", "n_spikes",
]  # fmt: skip

#: Table to the function that makes it of facts.
TABLES: dict[str, Callable[[FileFacts], pd.DataFrame]] = {
    "behavior_sessions": behavior_sessions,
    "ophys_sessions": ophys_sessions,
    "ophys_experiments": ophys_experiments,
    "ophys_cells": ophys_cells,
    "recordings": recordings,
}


def _sessions(facts: FileFacts) -> pd.DataFrame:
    """Return one row per session, from the first of its files."""
    files = facts.nwb_files.reindex(columns=["path", "indicator", "session_start_time", *_SESSION])
    files = files[files["behavior_session_id"].notna()]
    indicators = files.groupby("behavior_session_id")["indicator"].first()
    sessions = files.drop_duplicates("behavior_session_id").rename(columns=_SESSION).drop(columns="path")
    expressed = derive.indicator(sessions["full_genotype"])
    said = sessions["behavior_session_id"].map(indicators).astype(object)  # of no type where no file says one
    sessions["indicator"] = said.where(said.notna(), expressed)
    sessions["date_of_acquisition"] = _dates(sessions.pop("session_start_time"))
    planes = _planes(facts)
    for name in ("ophys_container_id", "ophys_experiment_id"):
        sessions[name] = _lists(planes, name).reindex(sessions["behavior_session_id"]).to_numpy()
    for name, derivation, source in _DERIVED:
        sessions[name] = derivation(sessions[source])
    return sessions.sort_values("date_of_acquisition", kind="stable", ignore_index=True)


_DERIVED: tuple[tuple[str, Any, str], ...] = (
    ("driver_line", derive.driver_line, "full_genotype"),
    ("cre_line", derive.cre_line, "full_genotype"),
    ("reporter_line", derive.reporter_line, "full_genotype"),
    ("session_number", derive.session_number, "session_type"),
    ("image_set", derive.image_set, "session_type"),
    ("behavior_type", derive.behavior_type, "session_type"),
    ("passive", derive.passive, "session_type"),
)


def _dates(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.to_datetime(texts, utc=True, format="ISO8601", errors="coerce")


def _planes(facts: FileFacts) -> pd.DataFrame:
    """Return one row per plane, with the session of its file."""
    planes = facts.nwb_planes.reindex(columns=["path", *_PLANE])
    planes = planes[planes["ophys_experiment_id"].notna()].drop_duplicates("ophys_experiment_id")
    files = facts.nwb_files.reindex(columns=["path", "behavior_session_id"]).set_index("path")
    planes.insert(1, "behavior_session_id", planes["path"].map(files["behavior_session_id"]))
    return planes.reset_index(drop=True)


def _lists(planes: pd.DataFrame, name: str) -> "pd.Series[Any]":
    """Return, per session, the sorted distinct values of a column of its planes."""
    known = planes.dropna(subset=["behavior_session_id", name])
    return known.groupby("behavior_session_id")[name].apply(lambda each: tuple(sorted(set(map(int, each)))))
