"""One session of a rig, its behavior and all its planes together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pynwb import NWBFile

from nwbgate.interfaces.dataset_metadata import complete_metadata
from nwbgate.interfaces.described import DescribedConverter
from nwbgate.interfaces.identity import identify, mark_generated
from nwbgate.interfaces.visual_behavior.converter import contents
from nwbgate.interfaces.visual_behavior.texts import DATASET as RELEASED
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import SessionInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.eye_tracking import EyeTrackingInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.licks_and_rewards import LicksInterface, RewardsInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.task_parameters import TaskParametersInterface
from nwbgate.interfaces.visual_behavior_rig.behavior.trials import TrialsInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.planes import PlanesInterface
from nwbgate.interfaces.visual_behavior_rig.rig_interface import RigInterface
from nwbgate.interfaces.visual_behavior_rig.session.rig_session import RigSession
from nwbgate.interfaces.visual_behavior_rig.session.session_metadata import SessionMetadataInterface
from nwbgate.interfaces.visual_behavior_rig.session.source_agreement import SourceAgreementInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.presentations import StimulusPresentationsInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.templates import StimulusTemplatesInterface
from nwbgate.interfaces.visual_behavior_rig.stimulus.timestamps import StimulusTimestampsInterface
from nwbgate.interfaces.visual_behavior_rig.sync.rig_lines import FrameEdge

#: Streams of the behavior, in the order in which they are written.
BEHAVIOR: dict[str, type[SessionInterface]] = {
    "SessionMetadata": SessionMetadataInterface,
    "TaskParameters": TaskParametersInterface,
    "StimulusTimestamps": StimulusTimestampsInterface,
    "Licks": LicksInterface,
    "Rewards": RewardsInterface,
    "Running": RunningInterface,
    "EyeTracking": EyeTrackingInterface,
    "Trials": TrialsInterface,
    "StimulusPresentations": StimulusPresentationsInterface,
    "StimulusTemplates": StimulusTemplatesInterface,
    "SourceAgreement": SourceAgreementInterface,
}


class RigConverter(DescribedConverter):
    """Behavior, stimuli and all imaging planes of one session.

    The tables of the session are made once for all streams, and for all planes.

    Parameters
    ----------
    source_data : dict
        ``{"Licks": {"file_path": ...}, ..., "Planes": {"file_paths": [...]}}``; streams may be left out.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Raises
    ------
    SourceError
        If the facts of the session are unsound.
    UsageError
        If no stream is named, one is unknown, or they are of different sessions.
    """

    dataset = RELEASED
    display_name = "Visual Behavior rig"
    keywords = ("behavior", "change detection", "two-photon", "calcium imaging")
    associated_suffixes = (".json",)
    info = "Converter for sessions of the rigs of Visual Behavior 2P."

    data_interface_classes: ClassVar[dict[str, type[RigInterface]]] = {**BEHAVIOR, "Planes": PlanesInterface}

    def __init__(self, source_data: dict[str, dict[str, Any]], verbose: bool = False) -> None:
        super().__init__(source_data, verbose)
        sessions = {stream.facts.behavior_session_id for stream in self.data_interface_objects.values()}
        self._refuse_several(sessions, "files of one behavior session")
        self._share_the_session()

    @classmethod
    def from_files(cls, *facts: str | Path, image_sets_folder: str | Path | None = None) -> Self:
        """Return the converter for a ``session.json``, or for ``experiment.json`` files."""
        paths = sorted(map(Path, facts))
        planes = [path for path in paths if path.name != "session.json"]
        return cls(source_data=source_data_of(paths[0], planes, image_sets_folder=image_sets_folder))

    @property
    def first(self) -> RigInterface:
        """The first of the streams."""
        found: RigInterface = next(iter(self.data_interface_objects.values()))
        return found

    @property
    def session(self) -> RigSession | None:
        """The session of the behavior streams; None where only planes are converted."""
        streams = [stream for stream in self.data_interface_objects.values() if isinstance(stream, SessionInterface)]
        return streams[0].session if streams else None

    @property
    def contents(self) -> str:
        """Kinds of data in the session, as file names on DANDI say them."""
        return contents(self.first.facts.stimulus_name or "", planes="Planes" in self.data_interface_objects)

    def decisions(self) -> list[str]:
        """Return what was dropped, cut, measured or assumed, one sentence each."""
        planes = self.data_interface_objects.get("Planes")
        behavior = self.session.decisions() if self.session else []
        return [*behavior, *(planes.decisions if isinstance(planes, PlanesInterface) else [])]

    def unknown_values(self, metadata: Mapping[str, Any]) -> list[str]:
        """Return what neither the sources nor the metadata say about the session."""
        facts = self.first.facts
        found = [] if facts.project_code else ["project_code: give a table with --projects"]
        if facts.novel_images is None:
            found.append("is_image_novel: give a table with --novelty")
        return found

    def create_nwbfile(
        self, metadata: Mapping[str, Any] | None = None, conversion_options: dict[str, Any] | None = None
    ) -> NWBFile:
        """Return a file in memory with all streams, whose notes say what was decided."""
        full = complete_metadata(self.get_metadata(), metadata)
        full = identify(full, str(self.first.facts.behavior_session_id), self.paths())
        notes = [full["NWBFile"].get("notes", "").rstrip(), *(f"{one}." for one in self.decisions())]
        full["NWBFile"]["notes"] = "\n".join(filter(None, notes))
        if self.session and full["NWBFile"]["session_description"] == self.first.facts.stimulus_name:
            full["NWBFile"]["session_description"] = self.session.pickle.settings.session_type
        return mark_generated(super().create_nwbfile(metadata=full, conversion_options=conversion_options))

    def paths(self) -> list[Path]:
        """Return the source files, each once."""
        return list(dict.fromkeys(path for one in self.data_interface_objects.values() for path in one.source_paths()))

    def further_sources(self) -> list[Path]:
        """Return the pickle's image set, if a folder of sets is given."""
        images = self.session.image_set if self.session else None
        return [] if images is None else [images.path]

    def further_source(self, name: str) -> Path | None:
        """Return an image set's file by name, or None if gone."""
        folder = self.session.image_sets if self.session else None
        path = None if folder is None else folder / Path(name).name
        return path if path is not None and path.is_file() else None

    def _share_the_session(self) -> None:
        """Make all streams share one session, with its side information and images."""
        streams = [stream for stream in self.data_interface_objects.values() if isinstance(stream, SessionInterface)]
        folders = [stream.source_data.get("image_sets_folder") for stream in streams]
        for stream in streams:
            if stream is streams[0]:
                shared = RigSession(stream.session.path, next(filter(None, folders), None))
                shared.facts = stream.facts
            stream.session, stream.facts = shared, shared.facts
        agreement, planes = (self.data_interface_objects.get(name) for name in ("SourceAgreement", "Planes"))
        if agreement is not None and planes is not None:
            agreement.planes = planes.planes


def source_data_of(
    facts: Path,
    planes: list[Path],
    *,
    session: Mapping[str, Any] | None = None,
    image_sets_folder: str | Path | None = None,
    allow_trim: int = 0,
    imaging_edge: FrameEdge = "rising",
) -> dict[str, dict[str, Any]]:
    """Return the source data of everything of a session.

    Parameters
    ----------
    facts : Path
        Facts of the session, or of any of its planes.
    planes : list of Path
        Facts of its planes; none for a session of behavior alone.
    session : mapping, optional
        Further arguments of `SessionMetadataInterface`.
    image_sets_folder : path, optional
        Folder with image sets.
    allow_trim : int
        Surplus two-photon pulses that may be cut.
    imaging_edge : {"rising", "falling"}
        Edge of the two-photon line that is a frame.
    """
    found: dict[str, dict[str, Any]] = {name: {"file_path": str(facts)} for name in BEHAVIOR}
    found["SessionMetadata"] |= session or {}
    if image_sets_folder is not None:
        for name in ("StimulusPresentations", "StimulusTemplates"):
            found[name]["image_sets_folder"] = str(image_sets_folder)
    if planes:
        paths = [str(path) for path in planes]
        found["Planes"] = {"file_paths": paths, "allow_trim": allow_trim, "imaging_edge": imaging_edge}
    return found
