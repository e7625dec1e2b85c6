"""Base of the interfaces of a rig session: facts, metadata, identifier."""

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pynwb import NWBFile

from nwbgate.interfaces.described import DescribedInterface
from nwbgate.interfaces.visual_behavior.texts import DATASET as RELEASED
from nwbgate.interfaces.visual_behavior_rig.session.rig_texts import rig_metadata
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import SessionFacts


class RigInterface(DescribedInterface):
    """One stream of a rig session.

    Attributes
    ----------
    facts : SessionFacts
        Facts about the session.
    """

    dataset = RELEASED
    keywords: tuple[str, ...] = ("visual behavior",)
    facts: SessionFacts

    def get_metadata_schema(self) -> dict[str, Any]:
        """Return NeuroConv's schema with the dataset's sections; others stay free."""
        return super().get_metadata_schema() | {"additionalProperties": True}

    @cached_property
    def own_metadata(self) -> dict[str, Any]:
        """Metadata of the dataset and of this session; not to be changed."""
        return rig_metadata(self.facts)

    @property
    def source_id(self) -> str:
        """Id of the behavior session."""
        return str(self.facts.behavior_session_id)

    @abstractmethod
    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        """Add the objects of the stream."""

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
