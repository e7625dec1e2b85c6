"""Base of the behavior interfaces: source, metadata, clock, identifier."""

import warnings
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from neuroconv.tools.nwb_helpers import get_module
from pydantic import FilePath, validate_call
from pynwb import NWBFile, ProcessingModule

from nwbgate.errors import SourceWarning
from nwbgate.interfaces.aligned_interface import AlignedInterface
from nwbgate.interfaces.clock import FloatArray
from nwbgate.interfaces.described import DescribedInterface
from nwbgate.interfaces.visual_behavior.release.file import released_file
from nwbgate.interfaces.visual_behavior.texts import DATASET, released_metadata
from nwbgate.manifest.release_files import ALGORITHM


class ReleasedInterface(DescribedInterface):
    """One stream of a released file.

    Parameters
    ----------
    file_path : FilePath
        A file of the release, of a behavior session or of one plane of an imaging session.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Attributes
    ----------
    source : ReleasedFile
        The file.

    Raises
    ------
    SourceError
        If the file is not a sound file of the release.
    """

    dataset = DATASET
    digest_algorithm = ALGORITHM
    associated_suffixes = (".nwb",)
    keywords: tuple[str, ...] = ("behavior",)
    #: Session table that the stream is; a session may lack it.
    table_name = ""
    #: Whether every released file has the stream, without which AllenSDK does not read the file.
    needed = False

    @validate_call
    def __init__(self, file_path: FilePath, verbose: bool = False) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        self.source = released_file(file_path)

    @cached_property
    def own_metadata(self) -> dict[str, Any]:
        """Metadata of the dataset and of this session; not to be changed."""
        return released_metadata(self.source)

    @property
    def source_id(self) -> str:
        """Id of the behavior session."""
        return str(self.source.behavior_session_id)

    def source_paths(self) -> list[Path]:
        """Return the released file."""
        return [self.source.path]

    @property
    def is_there(self) -> bool:
        """Whether the session has the stream, such as licks or eye tracking."""
        return self.source.has(self.table_name)

    def add_to_nwbfile(self, nwbfile: NWBFile, metadata: dict[str, Any] | None = None) -> None:
        """Add the stream to a file in memory, if the session has it.

        Parameters
        ----------
        nwbfile : NWBFile
            File to add to.
        metadata : dict, optional
            Merged over `get_metadata`.

        Raises
        ------
        SourceError
            If the stream is damaged or lacks columns, its times go backwards, or it is one that every file has and
            this one has not.
        """
        if self.is_there or self.needed:
            self._warn_of_other_columns()
            self._add_stream(nwbfile, self._complete(metadata))

    def _warn_of_other_columns(self) -> None:
        if other := self.source.other_columns(self.table_name):
            names, where = ", ".join(other), f"{self.source.path}: {self.table_name}"
            warnings.warn(f"undescribed columns are not copied: {names} ({where})", SourceWarning, 2)


class BehaviorInterface(ReleasedInterface, AlignedInterface):
    """One stream of a released file with times."""

    #: Column of the session table whose times alignment is about.
    time_column = "timestamps"

    def get_original_timestamps(self) -> FloatArray:
        """Return the times of the source, in seconds, shape (n,), empty without the stream."""
        if not self.is_there:
            return np.empty(0)
        times = self.source.table(self.table_name)[self.time_column].to_numpy(np.float64)
        self.source.refuse_backwards(times, f"{self.table_name}.{self.time_column}")
        return times


def behavior_module(nwbfile: NWBFile) -> ProcessingModule:
    """Return the behavior processing module, adding it if missing."""
    return get_module(nwbfile, name="behavior", description="Processed behavior, and what it is made from.")
