"""Base of the interfaces of a rig session: facts, metadata, identifier."""

from abc import abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from functools import cached_property
from pathlib import Path
from typing import Any

from neuroconv import BaseDataInterface
from neuroconv.utils import DeepDict
from pynwb import NWBFile

from nwbgate.interfaces.dataset_metadata import complete_metadata, strict_sections
from nwbgate.interfaces.identity import identify, mark_generated
from nwbgate.interfaces.visual_behavior.texts import DATASET as RELEASED
from nwbgate.interfaces.visual_behavior_rig.rig_texts import rig_metadata
from nwbgate.interfaces.visual_behavior_rig.session_facts import SessionFacts


class RigInterface(BaseDataInterface):  # type: ignore[misc]  # NeuroConv has no types
    """One stream of a rig session.

    Attributes
    ----------
    facts : SessionFacts
        Facts about the session.
    """

    keywords: tuple[str, ...] = ("visual behavior",)
    facts: SessionFacts

    def get_metadata_schema(self) -> dict[str, Any]:
        """Return NeuroConv's schema with the sections of the data set; others stay free for other interfaces."""
        schema: dict[str, Any] = super().get_metadata_schema()
        return {**schema, "properties": {**schema["properties"], **strict_sections(RELEASED)}}

    def get_metadata(self) -> DeepDict:
        """Return the metadata of the data set and of this session."""
        return DeepDict(deepcopy(self._metadata))

    @cached_property
    def _metadata(self) -> dict[str, Any]:
        return rig_metadata(self.facts)

    @abstractmethod
    def source_paths(self) -> list[Path]:
        """Return the files that the stream is read from."""

    @abstractmethod
    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the objects of the stream."""

    def create_nwbfile(self, metadata: Mapping[str, Any] | None = None, **conversion_options: Any) -> NWBFile:
        """Return a file in memory with this stream, with an identifier that is the same each time."""
        full = identify(self._complete(metadata), str(self.facts.behavior_session_id), self.source_paths())
        return mark_generated(super().create_nwbfile(metadata=full, **conversion_options))

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

    def _complete(self, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
        return complete_metadata(self._metadata, metadata)
