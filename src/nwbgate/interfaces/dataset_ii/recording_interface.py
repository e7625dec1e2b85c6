"""Base of the three interfaces of a recording: source, metadata, clock, identifier."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import FilePath, validate_call
from pynwb import NWBFile

from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.dataset_ii.metadata import DATASET, recording_metadata, unknown_values
from nwbgate.interfaces.dataset_ii.session_texts import add_session_texts
from nwbgate.interfaces.dataset_ii.source import RecordingSource
from nwbgate.interfaces.described import DescribedInterface


class RecordingInterface(DescribedInterface, AlignedInterface):
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

    dataset = DATASET
    associated_suffixes = (".h5", ".hdf5")

    @validate_call
    def __init__(self, file_path: FilePath, *, verbose: bool = False) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source = RecordingSource(Path(file_path))
        self._metadata = recording_metadata(self.source)

    @property
    def own_metadata(self) -> dict[str, Any]:
        """Metadata of the dataset and of this recording; not to be changed."""
        return self._metadata

    @property
    def source_id(self) -> str:
        """Id of the recording."""
        return self.source.recording_id

    def source_paths(self) -> list[Path]:
        """Return the file of the recording."""
        return [self.source.path]

    def unknown_values(self, metadata: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return the values missing from both source and metadata."""
        return unknown_values(self._complete(metadata))

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
