"""Base of the imaging plane interfaces: file, plane name and shared clock."""

from pydantic import FilePath, validate_call

from nwbgate.errors import SourceError
from nwbgate.interfaces.clock import Clock
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface, ReleasedInterface
from nwbgate.interfaces.visual_behavior.release.file import FloatArray, ReleasedFile

#: Group of a released file with everything about its plane.
OPHYS = "/processing/ophys"
#: Timestamps of the frames of the plane.
TIMES = f"{OPHYS}/dff/traces/timestamps"


class PlaneInterface(ReleasedInterface):
    """One imaging plane of a Visual Behavior session.

    Parameters
    ----------
    file_path : FilePath
        A ``behavior_ophys_experiment_<id>.nwb`` of the release.
    plane_name : str, optional
        Name of the plane in the written file; ``<targeted_structure>_<targeted_imaging_depth>`` by default.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    source : ReleasedFile
        The file.
    plane_name : str
        Name of the plane in the written file.

    Raises
    ------
    SourceError
        If the file is not of the release, or has no imaging plane.
    """

    associated_suffixes = (".nwb",)
    keywords = ("two-photon", "calcium imaging", "visual behavior")

    @validate_call
    def __init__(self, file_path: FilePath, plane_name: str | None = None, *, verbose: bool = False) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source_data["plane_name"] = plane_name
        _refuse_without_plane(self.source)
        self.plane_name = plane_name or str(self.source.plane)

    @property
    def is_there(self) -> bool:
        """Whether the file has the plane: always."""
        return True


class PlaneStream(PlaneInterface, BehaviorInterface):
    """One stream of one imaging plane, with its frame times."""

    def get_original_timestamps(self) -> FloatArray:
        """Return the frame times of the source, in seconds, shape (frames,)."""
        return self.source.timestamps(TIMES)


def _refuse_without_plane(source: ReleasedFile) -> None:
    if source.ophys_experiment_id is None or source.plane is None:
        raise SourceError(
            "the file has no imaging plane",
            where=str(source.path),
            got=f"behavior session {source.behavior_session_id}",
            expected="a behavior_ophys_experiment_<id>.nwb",
            fix="give the file of an experiment, or leave the streams of the plane out",
        )


def plane_times(source: ReleasedFile, path: str, clock: Clock) -> FloatArray:
    """Return the aligned timestamps of a series of a plane, in seconds.

    Parameters
    ----------
    source : ReleasedFile
        The file of the plane.
    path : str
        HDF5 path of the timestamps, seconds.
    clock : Clock
        How the stream was aligned.
    """
    clock.refuse_backwards()
    return clock.times(source.timestamps(path))
