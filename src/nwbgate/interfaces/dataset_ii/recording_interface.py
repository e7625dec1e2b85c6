"""Base of the three interfaces of a recording: source, metadata, clock, identifier."""

from abc import abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from neuroconv.utils import DeepDict
from pydantic import FilePath, validate_call
from pynwb import NWBFile

from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.dataset_ii.metadata import DATASET, recording_metadata, unknown_values
from nwbgate.interfaces.dataset_ii.session_texts import add_session_texts
from nwbgate.interfaces.dataset_ii.source import RecordingSource
from nwbgate.interfaces.dataset_metadata import complete_metadata, strict_sections
from nwbgate.interfaces.identity import identify, mark_generated
from nwbgate.interfaces.strictness import close_schema


class RecordingInterface(AlignedInterface):
    """One stream of a Dataset II recording.

    Parameters
    ----------
    file_path : FilePath
        HDF5 file of the recording; its stem is the recording's id.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    source : RecordingSource
        The file, validated but for its samples, which are looked at when they are added to a file.

    Raises
    ------
    SourceError
        If the file is not a sound recording of Dataset II.
    """

    associated_suffixes = (".h5", ".hdf5")

    @validate_call
    def __init__(self, file_path: FilePath, *, verbose: bool = False) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source = RecordingSource(Path(file_path))
        self._metadata = recording_metadata(self.source)

    def get_metadata_schema(self) -> dict[str, Any]:
        """Return NeuroConv's metadata schema, extended to reject unknown keys."""
        return close_schema(super().get_metadata_schema(), strict_sections(DATASET))

    def get_metadata(self) -> DeepDict:
        """Return the metadata of the data set and of this recording.

        The identifier, and what NeuroConv notes about the running script, are added when a file is made: equal
        recordings have equal metadata.
        """
        return DeepDict(deepcopy(self._metadata))

    def unknown_values(self, metadata: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return the values missing from both source and metadata."""
        return unknown_values(self._complete(metadata))

    def create_nwbfile(self, metadata: Mapping[str, Any] | None = None, **conversion_options: Any) -> NWBFile:
        """Return an NWB file in memory with this stream and a reproducible identifier."""
        full = identify(self._complete(metadata), self.source.recording_id, [self.source.path])
        return mark_generated(super().create_nwbfile(metadata=full, **conversion_options))

    @validate_call(config={"arbitrary_types_allowed": True})
    def add_to_nwbfile(self, nwbfile: NWBFile, metadata: dict[str, Any] | None = None) -> None:
        """Add the stream to a file in memory.

        Parameters
        ----------
        nwbfile : NWBFile
            File to add to.
        metadata : dict, optional
            Merged over `get_metadata`.

        Raises
        ------
        SourceError
            If a sample is not finite.
        MetadataError
            If an entry of the metadata is missing.
        UsageError
            If the stream was aligned to times that do not ascend.
        """
        full = self._complete(metadata)
        self.clock.refuse_backwards()
        self._add_stream(nwbfile, full)
        add_session_texts(nwbfile, full, self.source)

    @abstractmethod
    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the stream's objects."""

    def _complete(self, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
        return complete_metadata(self._metadata, metadata)
