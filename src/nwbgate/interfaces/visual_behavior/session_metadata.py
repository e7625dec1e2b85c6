"""Session metadata: ids, rig and mouse lines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from hdmf.common import DynamicTable
from pynwb import NWBFile

from nwbgate.errors import SourceError
from nwbgate.interfaces.visual_behavior.behavior.behavior_interface import ReleasedInterface, behavior_module
from nwbgate.interfaces.visual_behavior.columns import vectors
from nwbgate.interfaces.visual_behavior.rig import rig
from nwbgate.interfaces.visual_behavior.texts import DATASET, description
from nwbgate.manifest.derive import cre_line
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.writing.start_time import time_zone

#: Columns of the session table for which the core of NWB has no field.
IDS = (
    "behavior_session_id", "ophys_session_id", "behavior_session_uuid", "session_type", "project_code",
    "equipment_name", "stimulus_frame_rate", "cre_line", "driver_line", "reporter_line",
)  # fmt: skip


class SessionMetadataInterface(ReleasedInterface):
    """Session ids, rig, monitor rate (Hz) and mouse lines.

    Adds the `DynamicTable` ``session_metadata`` of one row to ``processing/behavior``, and to a file without imaging
    the box that the session ran in as a `Device`.
    """

    display_name = "Visual Behavior session metadata"
    info = "Interface for the metadata of a session of the Visual Behavior 2P release."
    table_name = "session"

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        add_session_metadata(nwbfile, metadata, self.session(), box=self.source.plane is None)

    def session(self) -> pd.DataFrame:
        """Return the row of the session, with the Cre line of its genotype.

        Raises
        ------
        SourceError
            If its type is none of the release.
        """
        known = load_spec(DATASET).vocabularies["session_types"]
        if self.source.session_type not in known:
            raise SourceError(
                "unknown session type",
                where=f"{self.source.path}:/general/metadata@session_type",
                got=self.source.session_type or "nothing",
                expected=f"one of {len(known)} types, such as {known[0]}",
                fix="leave this session out; a new type is added in schemas/visual_behavior/manifest.yaml",
            )
        frame = self.source.table("session")
        return frame.assign(cre_line=cre_line(frame["genotype"].replace("", pd.NA)))


def add_session_metadata(nwbfile: NWBFile, metadata: Mapping[str, Any], session: pd.DataFrame, *, box: bool) -> None:
    """Add what is known of a session, and the box that it ran in.

    Parameters
    ----------
    nwbfile : NWBFile
        File to add to.
    metadata : mapping
        Complete metadata.
    session : DataFrame
        One row, columns `IDS`.
    box : bool
        Whether no microscope brings the rig into the file.
    """
    words = description(metadata, "session_metadata")
    columns = vectors("session", session[list(IDS)])
    behavior_module(nwbfile).add(DynamicTable(name="session_metadata", description=words, columns=columns))
    if box:
        rig(nwbfile, metadata, str(session["equipment_name"].iloc[0]))


def local_time(published: datetime, timezone: str) -> datetime:
    """Return a published session start with the same wall time in another zone.

    The release labels acquisition times as UTC; all lie between 08:00 and 17:59, which suggests that they are local
    times of the laboratory (``America/Los_Angeles``).

    Raises
    ------
    UsageError
        If there is no such time zone.
    """
    return published.replace(tzinfo=time_zone(timezone, where="--timezone"))
