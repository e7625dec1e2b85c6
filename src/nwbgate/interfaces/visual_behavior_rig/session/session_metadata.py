"""Metadata of a rig session: ids, rig and mouse lines."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pydantic import FilePath, validate_call
from pynwb import NWBFile

from nwbgate.interfaces.visual_behavior.session_metadata import add_session_metadata
from nwbgate.interfaces.visual_behavior_rig.behavior.behavior_interface import SessionInterface
from nwbgate.interfaces.visual_behavior_rig.session.rig_session import RigSession
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import TIMEZONE, acquisition_time
from nwbgate.manifest.derive import cre_line


class SessionMetadataInterface(SessionInterface):
    """Ids of the session, rig, rate of the monitor (Hz), lines of the mouse.

    Adds the `DynamicTable` ``session_metadata`` of one row to ``processing/behavior``, and to a file without imaging
    the box that the session ran in as a `Device`.

    Parameters
    ----------
    file_path : FilePath
        Session facts: ``session.json``, or ``experiment.json`` of one of its planes.
    project_code : str, optional
        Project of the session; that of the facts by default.
    novel_images : list of str, optional
        Images that the mouse had not seen in an earlier session; those of the facts by default.
    timezone : str
        Zone of an acquisition time that has none.
    verbose : bool
        As NeuroConv passes it on; nothing is printed.

    Raises
    ------
    SourceError
        If the facts are unsound.
    UsageError
        If there is no such time zone.
    """

    display_name = "Visual Behavior rig session metadata"
    info = "Interface for the metadata of a session of a Visual Behavior rig."

    @validate_call
    def __init__(
        self,
        file_path: FilePath,
        *,
        project_code: str | None = None,
        novel_images: list[str] | None = None,
        timezone: str = TIMEZONE,
        verbose: bool = False,
    ) -> None:
        super().__init__(file_path=file_path, verbose=verbose)
        given = {"project_code": project_code, "novel_images": novel_images}
        self.source_data |= {**given, "timezone": timezone}
        self.session = RigSession(file_path)
        known = {name: value for name, value in given.items() if value is not None}
        start = acquisition_time(self.session.facts, timezone)
        self.facts = self.session.facts.model_copy(update={"date_of_acquisition": start, **known})
        self.session.facts = self.facts

    def _add_stream(self, nwbfile: NWBFile, metadata: Mapping[str, Any]) -> None:
        add_session_metadata(nwbfile, metadata, self.table(), box=self.facts.ophys_session_id is None)

    def table(self) -> pd.DataFrame:
        """Return the row of the session, columns as ``session`` of `session_tables.yaml`."""
        facts, pickle = self.facts, self.session.pickle
        genotype = pd.Series([facts.full_genotype or pd.NA], dtype=object)
        row = {
            "behavior_session_id": facts.behavior_session_id,
            "behavior_session_uuid": pickle.session_uuid or facts.foraging_id,
            "session_type": pickle.settings.session_type,
            "project_code": facts.project_code,
            "equipment_name": facts.rig_name,
            "stimulus_frame_rate": pickle.frame_rate,
            "driver_line": "; ".join(facts.driver_line) or None,
            "reporter_line": facts.reporter_line[0] if facts.reporter_line else None,
        }
        ophys = pd.array([pd.NA if facts.ophys_session_id is None else facts.ophys_session_id], dtype="Int64")
        return pd.DataFrame([row]).assign(ophys_session_id=ophys, cre_line=cre_line(genotype))
