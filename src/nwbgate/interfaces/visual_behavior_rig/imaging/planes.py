"""All imaging planes of a rig session, each from its own facts, in one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import FilePath, validate_call
from pynwb import NWBFile

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.visual_behavior_rig.imaging.cells import CellsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.events import EventsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.fluorescence import FluorescenceInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.motion_correction import MotionCorrectionInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.plane_interface import PlaneInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.projections import ProjectionsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.rig_plane import RigPlane
from nwbgate.interfaces.visual_behavior_rig.rig_interface import RigInterface
from nwbgate.interfaces.visual_behavior_rig.sync.rig_lines import FrameEdge

#: Streams of a plane, in the order in which they are written, and the facts without which a stream is left out.
STREAMS: dict[type[PlaneInterface], tuple[str, ...]] = {
    CellsInterface: (),
    FluorescenceInterface: (),
    EventsInterface: ("events_file",),
    MotionCorrectionInterface: ("rigid_motion_transform_file",),
    ProjectionsInterface: ("max_projection_file", "average_intensity_projection_image_file"),
}

#: What the facts of each plane tell about their session: of one file, only those of its first plane are written.
SHARED_FACTS = (
    "external_specimen_name", "sex", "age", "full_genotype", "driver_line", "reporter_line", "date_of_acquisition",
    "rig_name", "stimulus_name", "project_code", "foraging_id", "behavior_stimulus_file", "sync_file",
    "ophys_session_id", "monitor_delay", "eye_tracking_filepath", "eye_tracking_rig_geometry", "plane_group_count",
)  # fmt: skip


class PlanesInterface(RigInterface, AlignedInterface):
    """Every stream of every imaging plane of a session.

    Parameters
    ----------
    file_paths : list of FilePath
        The ``experiment.json`` of each plane, in any order; they are written by identifier.
    allow_trim : int
        Surplus two-photon pulses at the end that may be cut.
    imaging_edge : {"rising", "falling"}
        Edge of the two-photon line that is a frame; ``falling`` on Nikon and older microscopes.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    planes : dict of str to RigPlane
        Each plane by its name in the written file.

    Raises
    ------
    SourceError
        If facts are unsound, or of several sessions, or twice of one plane, or contradict each other.
    """

    display_name = "Visual Behavior rig imaging planes"
    info = "Interface for all imaging planes of a session of a Visual Behavior rig."
    associated_suffixes = (".json",)

    @validate_call
    def __init__(
        self,
        file_paths: list[FilePath],
        *,
        allow_trim: int = 0,
        imaging_edge: FrameEdge = "rising",
        verbose: bool = False,
    ) -> None:
        super().__init__(file_paths=[str(path) for path in file_paths], verbose=verbose)
        self.source_data |= {"allow_trim": allow_trim, "imaging_edge": imaging_edge}
        self.planes = planes_by_name([RigPlane(path, allow_trim, imaging_edge) for path in file_paths])
        self.facts = next(iter(self.planes.values())).facts
        self.streams = [
            kind(file_path=plane.path, plane_name=name, allow_trim=allow_trim, imaging_edge=imaging_edge)
            for name, plane in self.planes.items()
            for kind, needed in STREAMS.items()
            if all(getattr(plane.facts, fact) is not None for fact in needed)
        ]
        for stream in self.streams:
            stream.plane = self.planes[stream.plane_name]  # which reads clock and cells once for all streams

    def get_original_timestamps(self) -> FloatArray:
        """Return the times of the frames of the first plane, in seconds, shape (frames,)."""
        return next(iter(self.planes.values())).clock.times

    def source_paths(self) -> list[Path]:
        """Return the files of all planes, each once."""
        return list(dict.fromkeys(path for stream in self.streams for path in stream.source_paths()))

    @property
    def decisions(self) -> list[str]:
        """Cuts and assumptions, one sentence each."""
        several = len(self.planes) > 1
        return [
            f"plane {name}: {decision}" if several else decision
            for name, plane in self.planes.items()
            for decision in plane.clock.decisions
        ]

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        for stream in self.streams:
            stream.clock = self.clock
            stream.add_to_nwbfile(nwbfile, dict(metadata))


def planes_by_name(planes: Sequence[RigPlane]) -> dict[str, RigPlane]:
    """Return planes by the name that each gets, in the order of their experiments.

    A plane is ``<targeted_structure>_<targeted_depth>``; where that is equal, the experiment's identifier follows.

    Raises
    ------
    UsageError
        If there is none.
    SourceError
        If they are of several sessions, or twice of one experiment, or tell different facts about the session.
    """
    if not planes:
        raise UsageError(
            "no imaging plane is given",
            where="file_paths",
            expected="the experiment.json of one or more planes",
            fix="give the facts of each plane, or leave planes out",
        )
    ordered = sorted(planes, key=lambda plane: plane.facts.ophys_experiment_id)
    for first, second in pairwise(ordered):
        _refuse_strangers(first, second)
    count = Counter(plane.name for plane in ordered)
    return {
        f"{plane.name}_{plane.facts.ophys_experiment_id}" if count[plane.name] > 1 else plane.name: plane
        for plane in ordered
    }


def _refuse_strangers(first: RigPlane, second: RigPlane) -> None:
    sessions = [plane.facts.behavior_session_id for plane in (first, second)]
    if len(set(sessions)) > 1:
        raise _wrong("the planes are of different sessions", first, second, f"sessions {sessions[0]} and {sessions[1]}")
    if first.facts.ophys_experiment_id == second.facts.ophys_experiment_id:
        got = f"ophys experiment {first.facts.ophys_experiment_id} twice"
        raise _wrong("two facts are of one imaging plane", first, second, got)
    for name in SHARED_FACTS:
        told = [getattr(plane.facts, name) for plane in (first, second)]
        if told[0] != told[1]:
            got = f"{name} {told[0]} and {told[1]}"
            raise _wrong("planes of one session tell different facts about it", first, second, got)


def _wrong(what: str, first: RigPlane, second: RigPlane, got: str) -> SourceError:
    return SourceError(
        what,
        where=f"{first.path} and {second.path}",
        got=got,
        expected="planes of one session, each once, with the same facts about it",
        fix="convert each session with its own converter, or correct the facts of one plane",
    )
