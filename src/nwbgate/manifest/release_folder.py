"""File locations in a local copy of a release, in either AllenSDK layout.

``<dir>/<project>-<version>/`` (fetched) or ``<dir>/<project>/`` (a mounted bucket), with ``project_metadata``,
``behavior_sessions`` and ``behavior_ophys_experiments`` in it: AllenSDK 2.16.2, ``allensdk/api/cloud_cache``.
"""

from importlib.resources import files
from pathlib import Path

from nwbgate.manifest.tables import RELEASE_FOLDER


class ReleaseFolder:
    """The folder of a release's files, found from the folder of its tables.

    Parameters
    ----------
    tables : Path
        Folder of the CSV files; ``project_metadata`` of a release, or beside the folders with its files.

    Attributes
    ----------
    folder : Path
        Where ``behavior_sessions`` and ``behavior_ophys_experiments`` are, or would be.
    """

    def __init__(self, tables: Path) -> None:
        self.folder = tables.parent if tables.name == RELEASE_FOLDER else tables

    def session_file(self, behavior_session_id: int) -> Path:
        """Return the expected path of a session without imaging."""
        return self.folder / "behavior_sessions" / f"behavior_session_{behavior_session_id}.nwb"

    def experiment_file(self, ophys_experiment_id: int) -> Path:
        """Return the expected path of an imaging plane."""
        name = f"behavior_ophys_experiment_{ophys_experiment_id}.nwb"
        return self.folder / "behavior_ophys_experiments" / name


def fetch_command(dataset: str, folder: Path, sessions: str) -> str:
    """Return the command that fetches a dataset's sessions, if nwbgate can.

    Parameters
    ----------
    dataset : str
        Name of the dataset's specification.
    folder : Path
        Folder of the local copy, as was given to ``nwbgate fetch``.
    sessions : str
        Numbers of sessions, separated by commas.
    """
    if not dataset or not (files("nwbgate.schemas") / dataset / "release.yaml").is_file():
        return ""
    return f"nwbgate fetch {dataset.replace('_', '-')} {folder} --sessions {sessions}"
