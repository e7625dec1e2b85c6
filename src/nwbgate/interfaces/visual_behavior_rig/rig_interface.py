"""Base of the interfaces of a rig session: facts, metadata, identifier."""

from functools import cached_property
from typing import Any

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
