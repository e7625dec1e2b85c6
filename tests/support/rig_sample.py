"""The made-up rig sessions, written once per test process."""

from pathlib import Path

from nwbgate.samples.rig.session import SESSIONS
from nwbgate.samples.rig.sessions_folder import make_sessions

BY_FOLDER = {session.folder: session for session in SESSIONS}


def rig_sample(base: Path) -> Path:
    """Return a folder with the sample, not to be changed; `base` is ``tmp_path_factory.getbasetemp()``."""
    folder = base / "rig_sample"
    if not folder.exists():
        make_sessions(folder)
    return folder


def plane_json(folder: Path, session: str, number: int = 0) -> Path:
    """Return the facts of a plane of a session of the sample."""
    experiment = BY_FOLDER[session].planes[number].experiment
    return folder / session / f"ophys_experiment_{experiment}" / "experiment.json"


def facts_json(folder: Path, session: str) -> Path:
    """Return the facts of a session of the sample, of its first plane where it has planes."""
    return plane_json(folder, session) if BY_FOLDER[session].planes else folder / session / "session.json"
