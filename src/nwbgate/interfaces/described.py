"""Bases of interfaces and converters: shipped metadata, strict schema, reproducible files."""

from abc import abstractmethod
from collections.abc import Hashable, Mapping, Sequence, Set
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar

from neuroconv import BaseDataInterface, NWBConverter
from neuroconv.utils import DeepDict
from pynwb import NWBFile

from nwbgate.errors import UsageError
from nwbgate.interfaces.dataset_metadata import complete_metadata, strict_sections
from nwbgate.interfaces.identity import identify, mark_generated


class DescribedInterface(BaseDataInterface):  # type: ignore[misc]  # NeuroConv has no types
    """A stream with the metadata of its dataset, written alone into a reproducible file."""

    #: Recipe folder whose schema closes the metadata.
    dataset: ClassVar[str]
    #: Algorithm of the digests of sources.
    digest_algorithm: ClassVar[str] = "sha256"

    @property
    @abstractmethod
    def own_metadata(self) -> dict[str, Any]:
        """Metadata of the dataset and of this source; not to be changed."""

    @property
    @abstractmethod
    def source_id(self) -> str:
        """Id of the session or recording."""

    @abstractmethod
    def source_paths(self) -> list[Path]:
        """Return the files that the stream is read from."""

    @abstractmethod
    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the stream's objects, by complete metadata."""

    def get_metadata_schema(self) -> dict[str, Any]:
        """Return NeuroConv's metadata schema, extended to reject unknown keys."""
        return _close_schema(super().get_metadata_schema(), strict_sections(self.dataset))

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
            If a file of the stream is unsound.
        """
        self._add_stream(nwbfile, self._complete(metadata))

    def get_metadata(self) -> DeepDict:
        """Return the metadata of the dataset and of this source.

        The identifier, and what NeuroConv notes about the running script, are added when a file is made: equal
        sources have equal metadata.
        """
        return DeepDict(deepcopy(self.own_metadata))

    def create_nwbfile(self, metadata: Mapping[str, Any] | None = None, **conversion_options: Any) -> NWBFile:
        """Return an NWB file in memory with this stream and a reproducible identifier."""
        full = identify(self._complete(metadata), self.source_id, self.source_paths(), self.digest_algorithm)
        return mark_generated(super().create_nwbfile(metadata=full, **conversion_options))

    def _complete(self, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
        return complete_metadata(self.own_metadata, metadata)


class DescribedConverter(NWBConverter):  # type: ignore[misc]  # NeuroConv has no types
    """Several streams of one session or recording, with the metadata of its dataset.

    Parameters
    ----------
    source_data : dict
        ``{stream: {"file_path": ...}}``; streams may be left out.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Raises
    ------
    UsageError
        If no stream is named, or one is unknown.
    """

    #: Recipe folder whose schema closes the metadata.
    dataset: ClassVar[str]
    #: What the streams are of, for errors: a session or a recording.
    whole: ClassVar[str] = "session"

    def __init__(self, source_data: dict[str, dict[str, Any]], verbose: bool = False) -> None:
        _refuse_unknown_streams(source_data, list(self.data_interface_classes), self.whole)
        super().__init__(source_data={name: dict(given) for name, given in source_data.items()}, verbose=verbose)

    def get_metadata_schema(self) -> dict[str, Any]:
        """Return NeuroConv's metadata schema, extended to reject unknown keys."""
        return _close_schema(super().get_metadata_schema(), strict_sections(self.dataset))

    def get_metadata(self) -> DeepDict:
        """Return the metadata of the dataset and of this session or recording."""
        first: DescribedInterface = next(iter(self.data_interface_objects.values()))
        return first.get_metadata()

    def _refuse_several(self, sources: Set[Hashable], expected: str) -> None:
        """Reject streams of several sessions or recordings."""
        if len(sources) > 1:
            raise UsageError(
                f"the streams belong to different {self.whole}s",
                got=", ".join(map(str, sorted(sources, key=str))),
                expected=expected,
                fix=f"convert each {self.whole} with its own converter",
                where="source_data",
            )


def _refuse_unknown_streams(source_data: Mapping[str, Any], known: Sequence[str], whole: str) -> None:
    """Reject source data without streams, or with unknown ones."""
    unknown = [name for name in source_data if name not in known]
    if unknown or not source_data:
        raise UsageError(
            f"unknown stream of a {whole}" if unknown else f"no stream of a {whole} given",
            where="source_data",
            got=", ".join(unknown) or "nothing",
            expected=", ".join(known),
            fix="name streams of the converter",
        )


def _close_schema(schema: dict[str, Any], sections: Mapping[str, Any]) -> dict[str, Any]:
    """Return a strict metadata schema that accepts only the sections of a data set."""
    return {**schema, "properties": {**schema["properties"], **sections}, "additionalProperties": False}
