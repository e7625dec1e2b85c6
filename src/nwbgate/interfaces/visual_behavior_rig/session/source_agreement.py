"""Agreement of the raw sources of a session, as a table of its file."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hdmf.common import DynamicTable
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import behavior_module
from nwbgate.interfaces.visual_behavior.columns import vectors
from nwbgate.interfaces.visual_behavior.texts import description
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import SessionInterface
from nwbgate.interfaces.visual_behavior_rig.imaging.rig_plane import RigPlane
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement, agreement_table


class SourceAgreementInterface(SessionInterface):
    """Comparisons of pickle, sync file, photodiode, eye camera and traces with each other.

    Adds the `DynamicTable` ``source_agreement`` to ``processing/behavior``; nothing for a session without sync file
    whose facts and pickle agree.

    Attributes
    ----------
    planes : dict of str to RigPlane
        Imaging planes by name, whose pulses are compared with their traces; none by default.
    """

    display_name = "Visual Behavior rig source agreement"
    info = "Interface for the agreement of the sources of a session of a Visual Behavior rig."
    file_facts = ("sync_file", "eye_tracking_filepath", "raw_eye_tracking_video_meta_data")
    planes: Mapping[str, RigPlane] = MappingProxyType({})

    def rows(self) -> list[Agreement]:
        """Return the comparisons."""
        planes = [row for name, plane in self.planes.items() for row in plane.agreement(name)]
        return [*self.session.agreement, *planes]

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        if not (rows := self.rows()):
            return
        words, columns = description(metadata, "source_agreement"), vectors("source_agreement", agreement_table(rows))
        behavior_module(nwbfile).add(DynamicTable(name="source_agreement", description=words, columns=columns))
