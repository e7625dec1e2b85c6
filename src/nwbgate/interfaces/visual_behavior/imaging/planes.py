"""All imaging planes of a session together, each from its own file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import FilePath, validate_call
from pynwb import NWBFile

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import BehaviorInterface
from nwbgate.interfaces.visual_behavior.imaging.cells import CellsInterface
from nwbgate.interfaces.visual_behavior.imaging.events import EventsInterface
from nwbgate.interfaces.visual_behavior.imaging.fluorescence import FluorescenceInterface
from nwbgate.interfaces.visual_behavior.imaging.imaging_plane import ImagingPlaneInterface
from nwbgate.interfaces.visual_behavior.imaging.motion_correction import MotionCorrectionInterface
from nwbgate.interfaces.visual_behavior.imaging.plane_stream import TIMES, PlaneInterface, PlaneStream
from nwbgate.interfaces.visual_behavior.imaging.projections import ProjectionsInterface
from nwbgate.interfaces.visual_behavior.release.file import FloatArray, ReleasedFile, released_file
from nwbgate.interfaces.visual_behavior.release.shared_behavior import refuse_differences

#: The streams of a plane, in the order in which they are written.
STREAMS: tuple[type[PlaneInterface], ...] = (
    ImagingPlaneInterface,
    CellsInterface,
    FluorescenceInterface,
    EventsInterface,
    MotionCorrectionInterface,
    ProjectionsInterface,
)


class PlanesInterface(BehaviorInterface):
    """Every stream of every imaging plane of a session.

    Parameters
    ----------
    file_paths : list of FilePath
        The ``behavior_ophys_experiment_<id>.nwb`` of one session, in any order; they are written by identifier.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    planes : dict of str to ReleasedFile
        Each file by the name that its plane gets.

    Raises
    ------
    SourceError
        If a file is not of the release, has no plane, or the files are of several sessions or twice of one plane.
    """

    display_name = "Visual Behavior imaging planes"
    info = "Interface for all imaging planes of a session of the Visual Behavior release."
    table_name = "planes"

    @validate_call
    def __init__(self, file_paths: list[FilePath], *, verbose: bool = False) -> None:
        if not file_paths:
            raise UsageError(
                "no file of an imaging plane given",
                where="file_paths",
                expected="one or more files",
                fix="give the files of one session",
            )
        first, *_ = file_paths
        super().__init__(file_path=first, verbose=verbose)
        self.source_data = {"file_paths": [str(path) for path in file_paths], "verbose": verbose}
        files = [released_file(path) for path in file_paths]
        _refuse_several_sessions(files)
        self.planes = files_by_plane(files)
        self.source = next(iter(self.planes.values()))
        self.streams = [
            kind(file_path=file.path, plane_name=name) for name, file in self.planes.items() for kind in STREAMS
        ]

    @property
    def is_there(self) -> bool:
        """Whether there is a plane: always."""
        return True

    def get_original_timestamps(self) -> FloatArray:
        """Return the frame times of the first plane, in seconds, shape (frames,)."""
        return self.source.timestamps(TIMES)

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        refuse_differences([file.path for file in self.planes.values()])
        for stream in self.streams:
            if isinstance(stream, PlaneStream):
                stream.clock = self.clock
            stream.add_to_nwbfile(nwbfile, dict(metadata))


def files_by_plane(files: Sequence[ReleasedFile]) -> dict[str, ReleasedFile]:
    """Return files by plane name, in the order of their experiments.

    A plane is ``<targeted_structure>_<targeted_imaging_depth>``; planes of which that is equal get their experiment's
    identifier after it.
    """
    ordered = sorted(files, key=lambda file: file.ophys_experiment_id or 0)
    count = Counter(file.plane for file in ordered)
    return {
        f"{file.plane}_{file.ophys_experiment_id}" if count[file.plane] > 1 else str(file.plane): file
        for file in ordered
    }


def _refuse_several_sessions(files: Sequence[ReleasedFile]) -> None:
    first, seen = files[0], dict[int | None, ReleasedFile]()
    for file in files:
        other = seen.get(file.ophys_experiment_id)
        if file.behavior_session_id != first.behavior_session_id:
            raise SourceError(
                "the files belong to different sessions",
                where=f"{first.path} and {file.path}",
                got=f"behavior sessions {first.behavior_session_id} and {file.behavior_session_id}",
                expected="planes of one session",
                fix="convert each session with its own converter",
            )
        if other is not None:
            raise SourceError(
                "two files belong to one imaging plane",
                where=f"{other.path} and {file.path}",
                got=f"ophys experiment {file.ophys_experiment_id} twice",
                expected="one file per plane",
                fix="give each file once",
            )
        seen[file.ophys_experiment_id] = file
