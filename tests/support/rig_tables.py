"""The four tables that a release of the rig sample would have, from what was made up and not from its files."""

from pathlib import Path

import numpy as np
import pandas as pd

from nwbgate.manifest import derive
from nwbgate.samples.rig.imaging import plane_data
from nwbgate.samples.rig.session import SESSIONS, SampleSession
from nwbgate.samples.rig.truth import trials

#: Columns of the session table that the experiment table has too.
COPIED = (
    "mouse_id", "indicator", "full_genotype", "driver_line", "cre_line", "reporter_line", "sex", "age_in_days",
    "project_code", "session_type", "session_number", "behavior_type", "experience_level",
    "prior_exposures_to_session_type", "prior_exposures_to_image_set", "prior_exposures_to_omissions",
    "date_of_acquisition", "equipment_name",
)  # fmt: skip


def write_tables(folder: Path) -> Path:
    """Write the tables into a folder and return it."""
    folder.mkdir(parents=True)
    sessions, experiments = _sessions(), _experiments()
    imaged = sessions[sessions["ophys_session_id"].notna()]
    experiments = experiments.merge(sessions[["behavior_session_id", *COPIED]], on="behavior_session_id")
    experiments["image_set"] = derive.image_set_letter(experiments["session_type"])
    experiments["passive"] = derive.passive(experiments["session_type"])
    tables = {
        "behavior_session": sessions,
        "ophys_session": imaged.drop(columns=["file_id", *sessions.filter(like="trial_count")]),
        "ophys_experiment": experiments.assign(file_id=experiments["ophys_experiment_id"]),
        "ophys_cells": _cells(),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}_table.csv", index=False)
    return folder


def _sessions() -> pd.DataFrame:
    rows = [
        {
            "behavior_session_id": session.number,
            "ophys_session_id": session.number + 1 if session.planes else None,
            "ophys_container_id": [plane.container for plane in session.planes] or None,
            "ophys_experiment_id": [plane.experiment for plane in session.planes] or None,
            "imaging_plane_group_count": session.groups or None,
            "mouse_id": session.mouse,
            "full_genotype": session.genotype,
            "sex": session.sex,
            "age_in_days": int(session.age.removeprefix("P")),
            "project_code": "VisualBehaviorMultiscope" if session.groups else "VisualBehavior",
            "session_type": session.stage,
            "date_of_acquisition": pd.Timestamp(session.start, tz="America/Los_Angeles")
            if "." in session.start
            else pd.Timestamp(session.start, tz="UTC"),
            "equipment_name": session.rig,
            "file_id": -999 if session.planes else session.number,
            **_counts(session),
        }
        for session in SESSIONS
    ]
    return _derived(pd.DataFrame(rows))


def _counts(session: SampleSession) -> dict[str, int]:
    """Count the trials that were played."""
    played = trials(session)
    kinds = ("go", "catch", "hit", "miss", "false_alarm", "correct_reject")
    counts = {f"{kind}_trial_count": int(played[kind].sum()) for kind in kinds}
    return {**counts, "engaged_trial_count": 0, "trial_count": len(played)}


def _derived(table: pd.DataFrame) -> pd.DataFrame:
    """Add what follows from other columns."""
    table["date_of_acquisition"] = pd.to_datetime(table["date_of_acquisition"], utc=True)
    for name in ("indicator", "driver_line", "cre_line", "reporter_line"):
        table[name] = [
            list(one) if isinstance(one, tuple) else one for one in getattr(derive, name)(table.full_genotype)
        ]
    for name in ("session_number", "image_set", "behavior_type"):
        table[name] = getattr(derive, name)(table["session_type"])
    mouse, day = table["mouse_id"], table["date_of_acquisition"]
    table["prior_exposures_to_session_type"] = derive.prior_exposures_to_session_type(mouse, table["session_type"], day)
    table["prior_exposures_to_image_set"] = derive.prior_exposures_to_image_set(mouse, table["image_set"], day)
    table["prior_exposures_to_omissions"] = [0, 0, 0, 0, 1]
    table["experience_level"] = derive.experience_level(table["session_number"], table["prior_exposures_to_image_set"])
    imaged = table["ophys_session_id"].notna()
    for name in ("num_targeted_structures", "num_depths_per_area"):
        table[name] = getattr(derive, name)(table["project_code"]).where(imaged)
    return table.astype({"ophys_session_id": "Int64", "imaging_plane_group_count": "Int64"})


def _experiments() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ophys_experiment_id": plane.experiment,
            "behavior_session_id": session.number,
            "ophys_session_id": session.number + 1,
            "ophys_container_id": plane.container,
            "imaging_depth": plane.depth,
            "targeted_structure": plane.structure,
            "targeted_imaging_depth": plane.depth,
            "imaging_plane_group": plane.group,
            "published_at": "2026-01-01",
            "isi_experiment_id": None,
        }
        for session in SESSIONS
        for plane in session.planes
    ).astype({"imaging_plane_group": "Int64"})


def _cells() -> pd.DataFrame:
    """All regions but the third and the sixth of each plane, which are no cells."""
    parts = []
    for session in SESSIONS:
        for plane in session.planes:
            data = plane_data(session, plane)
            kept = np.setdiff1d(np.arange(len(data.roi_ids)), [2, 5])
            ids = {"cell_roi_id": np.take(data.roi_ids, kept), "cell_specimen_id": np.take(data.specimen_ids, kept)}
            parts.append(pd.DataFrame({**ids, "ophys_experiment_id": plane.experiment}))
    return pd.concat(parts)
