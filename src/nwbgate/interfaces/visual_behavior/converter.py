"""Converter of one session of the release, with all its planes and behavior."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar, Self

from pynwb import NWBFile

from nwbgate.errors import UsageError
from nwbgate.interfaces.dataset_metadata import complete_metadata
from nwbgate.interfaces.described import DescribedConverter
from nwbgate.interfaces.identity import identify, mark_generated
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import ReleasedInterface
from nwbgate.interfaces.visual_behavior.behavior.eye_tracking import EyeTrackingInterface
from nwbgate.interfaces.visual_behavior.behavior.licks_and_rewards import LicksInterface, RewardsInterface
from nwbgate.interfaces.visual_behavior.behavior.running import RunningInterface
from nwbgate.interfaces.visual_behavior.behavior.task_parameters import TaskParametersInterface
from nwbgate.interfaces.visual_behavior.behavior.trials import TrialsInterface
from nwbgate.interfaces.visual_behavior.imaging.planes import PlanesInterface
from nwbgate.interfaces.visual_behavior.release.file import ReleasedFile, released_file
from nwbgate.interfaces.visual_behavior.release.manifest_entry import ManifestEntryInterface
from nwbgate.interfaces.visual_behavior.session_metadata import SessionMetadataInterface
from nwbgate.interfaces.visual_behavior.stimulus.presentations import StimulusPresentationsInterface
from nwbgate.interfaces.visual_behavior.stimulus.templates import StimulusTemplatesInterface
from nwbgate.interfaces.visual_behavior.stimulus.timestamps import StimulusTimestampsInterface
from nwbgate.interfaces.visual_behavior.texts import DATASET
from nwbgate.manifest.release_files import ALGORITHM

#: Streams that every plane file of a session repeats; they are written from the first one.
SHARED: dict[str, type[ReleasedInterface]] = {
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
}


class VisualBehaviorConverter(DescribedConverter):
    """Behavior, stimuli and all imaging planes of one session.

    What the files of several planes repeat is written once, from the first of them, after all have been compared.

    Parameters
    ----------
    source_data : dict
        ``{"Licks": {"file_path": ...}, ..., "Planes": {"file_paths": [...]}}``; streams may be left out.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Raises
    ------
    SourceError
        If a file is not a sound file of the release.
    UsageError
        If no stream is named, one is unknown, or they are of different sessions.
    """

    dataset = DATASET
    display_name = "Visual Behavior 2P"
    keywords = ("behavior", "change detection", "two-photon", "calcium imaging")
    associated_suffixes = (".nwb",)
    info = "Converter for sessions of the public Visual Behavior 2P release."
    #: Algorithm of the digests of sources: that of the checksums in the release's manifest, so that one serves both.
    digest_algorithm = ALGORITHM

    data_interface_classes: ClassVar[dict[str, type[ReleasedInterface]]] = {
        "ManifestEntry": ManifestEntryInterface,
        **SHARED,
        "Planes": PlanesInterface,
    }

    def __init__(self, source_data: dict[str, dict[str, Any]], verbose: bool = False) -> None:
        super().__init__(source_data, verbose)
        sessions = {interface.source.behavior_session_id for interface in self.data_interface_objects.values()}
        self._refuse_several(sessions, "files of one behavior session")

    @classmethod
    def from_files(cls, *file_paths: str | Path) -> Self:
        """Return the converter of one session's files: a single one, or one per plane."""
        return cls(source_data=source_data_of([released_file(path) for path in file_paths]))

    @property
    def first(self) -> ReleasedInterface:
        """The first of the streams."""
        found: ReleasedInterface = next(iter(self.data_interface_objects.values()))
        return found

    def create_nwbfile(
        self, metadata: Mapping[str, Any] | None = None, conversion_options: dict[str, Any] | None = None
    ) -> NWBFile:
        """Return an NWB file in memory with all streams and a reproducible identifier."""
        full = complete_metadata(self.get_metadata(), metadata)
        full = identify(full, str(self.first.source.behavior_session_id), self.paths(), self.digest_algorithm)
        with ExitStack() as stack:
            for file in self._files():
                stack.enter_context(file.held.held_open())
            return mark_generated(super().create_nwbfile(metadata=full, conversion_options=conversion_options))

    @property
    def contents(self) -> str:
        """Kinds of data in the session, as in DANDI file names."""
        return contents(self.first.source.session_type, planes="Planes" in self.data_interface_objects)

    def paths(self) -> list[Path]:
        """Return the source files, each once."""
        return list(dict.fromkeys(file.path for file in self._files()))

    def _files(self) -> list[ReleasedFile]:
        """Return the files of the planes, then those of the shared streams."""
        planes = self.data_interface_objects.get("Planes")
        own = [*planes.planes.values()] if isinstance(planes, PlanesInterface) else []
        return [*own, *(interface.source for interface in self.data_interface_objects.values())]


def contents(session_type: str, *, planes: bool) -> str:
    """Return the kinds of data for a DANDI name, such as ``behavior+image+ophys``.

    Parameters
    ----------
    session_type : str
        Name of the stimulus protocol; those with gratings show no images.
    planes : bool
        Whether the session was imaged.
    """
    return "behavior" + ("" if "gratings" in session_type else "+image") + ("+ophys" if planes else "")


def source_data_of(files: Iterable[ReleasedFile]) -> dict[str, dict[str, Any]]:
    """Return the source data of everything in the files of one session."""
    ordered = sorted(files, key=lambda file: file.identifier)
    if not ordered:
        raise UsageError(
            "no file of a session given",
            expected="one file, or one per plane",
            where="source_data",
            fix="give the files of one session",
        )
    planes = [str(file.path) for file in ordered if file.plane is not None]
    return source_data_of_paths(ordered[0].path, planes)


def source_data_of_paths(first: Path, planes: list[str]) -> dict[str, dict[str, Any]]:
    """Return the source data of a session, without opening its files.

    Parameters
    ----------
    first : Path
        The file from which shared streams are written.
    planes : list of str
        The files of its imaging planes; none for a session of behavior alone.
    """
    shared: dict[str, dict[str, Any]] = {name: {"file_path": str(first)} for name in SHARED}
    return {**shared, "Planes": {"file_paths": planes}} if planes else shared
