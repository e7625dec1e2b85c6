"""A folder of made-up rig sessions, with the images they show."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nwbgate.samples.rig.eye_ellipses import write_ellipses
from nwbgate.samples.rig.image_set import write_image_set
from nwbgate.samples.rig.imaging import write_plane
from nwbgate.samples.rig.session import SESSIONS, SamplePlane, SampleSession
from nwbgate.samples.rig.stimulus_pickle import write_stimulus_pickle
from nwbgate.samples.rig.sync_recording import write_sync
from nwbgate.samples.target import writing_sample
from nwbgate.storage.safe_files.atomic import write_whole

IMAGE_SETS = "image_sets"
#: Where monitor, camera and light stood, in millimeters and degrees.
GEOMETRY = {
    "monitor_position_mm": [118.6, 86.2, 31.6],
    "monitor_rotation_deg": [0.0, 0.0, 0.0],
    "camera_position_mm": [102.8, 74.7, 31.6],
    "camera_rotation_deg": [0.0, 0.0, 2.8],
    "led_position": [246.0, 92.3, 52.6],
}


def make_sessions(folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write five sessions and their image set into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Made when it does not exist.
    overwrite : bool
        Replace existing files of the same names.

    Returns
    -------
    list of pathlib.Path
        The JSON with the facts of each session or plane.

    Raises
    ------
    UsageError
        A folder of the same name exists and `overwrite` is false.
    WriteError
        The folder cannot be made or written to.
    """
    paths = [folder / session.folder for session in SESSIONS]
    with writing_sample(folder, paths, "sessions", overwrite=overwrite):
        (folder / IMAGE_SETS).mkdir(parents=True, exist_ok=True)
        write_image_set(folder / IMAGE_SETS)
        return [path for session in SESSIONS for path in make_session(folder / session.folder, session)]


def make_session(folder: Path, session: SampleSession) -> list[Path]:
    """Write a session's files and return the JSON files of its facts."""
    folder.mkdir(parents=True, exist_ok=True)
    write_stimulus_pickle(folder / session.pickle_name, session)
    if not session.planes:
        return [_write_facts(folder / "session.json", _facts(session))]
    facts = {**_facts(session), **_imaging_facts(session)}
    write_sync(folder / facts["sync_file"], session)
    write_ellipses(folder / facts["eye_tracking_filepath"], session)
    return [_write_plane(folder, session, plane, facts) for plane in session.planes]


def describe_session(path: Path) -> Mapping[str, str]:
    """Return the session of a JSON and its plane as a row of text."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    plane = f"{facts['targeted_structure']}, {facts['targeted_depth']} um" if "ophys_experiment_id" in facts else "none"
    return {
        "session": str(facts["behavior_session_id"]),
        "session type": facts["stimulus_name"],
        "imaging plane": plane,
    }


def _write_plane(folder: Path, session: SampleSession, plane: SamplePlane, facts: dict[str, Any]) -> Path:
    own = write_plane(folder, session, plane)
    return _write_facts(folder / f"ophys_experiment_{plane.experiment}" / "experiment.json", {**facts, **own})


def _facts(session: SampleSession) -> dict[str, Any]:
    return {
        "behavior_session_id": session.number,
        "foraging_id": session.uuid,
        "behavior_stimulus_file": session.pickle_name,
        "driver_line": list(session.drivers),
        "reporter_line": [session.reporter],
        "full_genotype": session.genotype,
        "rig_name": session.rig,
        # As the database tells it: a local time, labelled UTC for most sessions.
        "date_of_acquisition": session.start.replace("T", " ") + ("" if "." in session.start else "+00:00"),
        "external_specimen_name": int(session.mouse),
        "age": session.age,
        "sex": session.sex,
        "stimulus_name": session.stage,
        "project_code": "VisualBehaviorMultiscope" if session.groups else "VisualBehavior",
        "novel_images": [],
    }


def _imaging_facts(session: SampleSession) -> dict[str, Any]:
    number = session.number + 1
    return {
        "ophys_session_id": number,
        "sync_file": f"{number}_{session.start[:10].replace('-', '')}_sync.h5",
        "eye_tracking_filepath": f"{number}_ellipse.h5",
        "eye_tracking_rig_geometry": {**GEOMETRY, "equipment": session.rig},
    }


def _write_facts(path: Path, facts: dict[str, Any]) -> Path:
    write_whole(path, [(json.dumps(facts) + "\n").encode()])
    return path
