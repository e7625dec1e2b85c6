"""What the three interfaces of a recording have in common: the source, the metadata, the clock, the identifier."""

from abc import abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from neuroconv.basetemporalalignmentinterface import BaseTemporalAlignmentInterface
from neuroconv.utils import DeepDict
from pydantic import FilePath, validate_call
from pynwb import NWBFile

import nwbgate
from nwbgate.interfaces.dataset_ii.clock import Clock, FloatArray
from nwbgate.interfaces.dataset_ii.metadata import completed, recording_metadata, strict_sections, unknown_values
from nwbgate.interfaces.dataset_ii.session_texts import add_session_texts
from nwbgate.interfaces.dataset_ii.source import RecordingSource
from nwbgate.writing import provenance


class RecordingInterface(BaseTemporalAlignmentInterface):  # type: ignore[misc]  # NeuroConv has no types
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
    clock : Clock
        What alignment changes.

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
        self.clock = Clock()
        self._metadata = recording_metadata(self.source)

    @property
    def alignment(self) -> dict[str, Any]:
        """What alignment has changed, as plain data; a file that was written before it is not up to date after it."""
        return self.clock.alignment

    def get_metadata_schema(self) -> dict[str, Any]:
        """Return NeuroConv's schema with the sections that it leaves open closed: no key is ignored silently."""
        return closed(super().get_metadata_schema())

    def get_metadata(self) -> DeepDict:
        """Return the metadata of the data set and of this recording.

        The identifier, and what NeuroConv notes about the running script, are added when a file is made: equal
        recordings have equal metadata.
        """
        return DeepDict(deepcopy(self._metadata))

    def unknown_values(self, metadata: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return what neither the source nor the metadata says about the recording."""
        return unknown_values(self._complete(metadata))

    def create_nwbfile(self, metadata: Mapping[str, Any] | None = None, **conversion_options: Any) -> NWBFile:
        """Return a file in memory with this stream, with an identifier that is the same each time."""
        full = identified(self._complete(metadata), self.source)
        return generated(super().create_nwbfile(metadata=full, **conversion_options))

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

    @abstractmethod
    def get_original_timestamps(self) -> FloatArray:
        """Return the times of the stream as the source says them, in seconds, shape (n,)."""

    def get_timestamps(self) -> FloatArray:
        """Return the aligned times of the stream, in seconds, shape (n,)."""
        return self.clock.times(self.get_original_timestamps())

    def set_aligned_timestamps(self, aligned_timestamps: npt.NDArray[np.float64]) -> None:
        """Give each time of the stream its session time, in place of any alignment before.

        Parameters
        ----------
        aligned_timestamps : numpy.ndarray, shape (n,)
            Times in seconds, one for each of `get_original_timestamps`; ascending, or they are refused when written.

        Raises
        ------
        UsageError
            If they are not as many, or not finite.
        """
        self.clock.align(self.get_original_timestamps(), aligned_timestamps)

    def set_aligned_starting_time(self, aligned_starting_time: float) -> None:
        """Move the stream by so many seconds, on top of any alignment before."""
        self.clock.shift(aligned_starting_time)

    def _complete(self, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
        return completed(self._metadata, metadata)


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a metadata schema that accepts the sections of the data set, strictly, and no unknown section."""
    schema["properties"] |= strict_sections()
    return {**schema, "additionalProperties": False}


def identified(metadata: dict[str, Any], source: RecordingSource) -> dict[str, Any]:
    """Return metadata with an identifier made from recording id and content, where it has none."""
    if not metadata["NWBFile"].get("identifier"):
        sources = provenance.describe([source.path])
        metadata["NWBFile"]["identifier"] = provenance.identifier(source.recording_id, sources)
    return metadata


def generated(nwbfile: NWBFile) -> NWBFile:
    """Return the file with the name and version of what made it."""
    if nwbfile.was_generated_by is None:
        nwbfile.was_generated_by = [["nwbgate", nwbgate.__version__]]
    return nwbfile
