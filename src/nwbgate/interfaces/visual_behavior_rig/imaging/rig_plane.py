"""An imaging plane of a rig session: facts, files, regions of interest, frame clock."""

import re
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from nwbgate.errors import SourceError
from nwbgate.interfaces.plane_objects.imaging_plane import PlaneDescription, field_of_view
from nwbgate.interfaces.visual_behavior_rig.imaging.roi_table import RoiTable, roi_table
from nwbgate.interfaces.visual_behavior_rig.imaging.trace_file import TraceFile
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import PlaneFacts, file_of, read_plane_facts
from nwbgate.interfaces.visual_behavior_rig.sync.clocks import Clocks
from nwbgate.interfaces.visual_behavior_rig.sync.named_clock import NamedClock
from nwbgate.interfaces.visual_behavior_rig.sync.rig_lines import FrameEdge
from nwbgate.interfaces.visual_behavior_rig.sync.sync_file import shared_sync_file
from nwbgate.interfaces.visual_behavior_rig.tables.agreement_table import Agreement, imaging_agreement
from nwbgate.interfaces.visual_behavior_rig.tables.session_agreement import misnamed_files

#: Kind of traces to the fact that names their file, and the name of the traces in it.
TRACE_FILES = {
    "dff": ("dff_file", "data"),
    "demixed": ("demix_file", "data"),
    "neuropil": ("neuropil_file", "data"),
    "corrected": ("neuropil_corrected_file", "FC"),
    "events": ("events_file", "events"),
}
#: Kind of traces to the columns of cells that its file has, and their names in it.
_VALUES = {"corrected": {"r": "r", "RMSE": "RMSE"}, "events": {"lambda": "lambdas", "noise_std": "noise_stds"}}
#: Wavelengths of all rigs, in nanometers (AllenSDK 2.16.2).
EXCITATION, EMISSION = 910.0, 520.0
_INDICATOR = re.compile(r"GC(?:aMP)?(\d[a-z]?)")


class RigPlane:
    """One imaging plane of a rig session.

    Parameters
    ----------
    path : path
        ``experiment.json`` of the plane.
    allow_trim : int
        Surplus two-photon pulses at the end that may be cut.
    imaging_edge : {"rising", "falling"}
        Edge of the two-photon line that is a frame.

    Attributes
    ----------
    path : Path
        As given.
    facts : PlaneFacts
        Content of the JSON.
    name : str
        ``<targeted_structure>_<targeted_depth>``.

    Raises
    ------
    SourceError
        If the JSON is unsound.
    """

    def __init__(self, path: Path | str, allow_trim: int = 0, imaging_edge: FrameEdge = "rising") -> None:
        self.path, self.allow_trim, self.imaging_edge = Path(path), allow_trim, imaging_edge
        self.facts: PlaneFacts = read_plane_facts(self.path)
        self.name = f"{self.facts.targeted_structure}_{self.facts.targeted_depth}"

    @cached_property
    def rois(self) -> RoiTable:
        """Regions of interest, the valid ones as cells."""
        facts, where = self.facts, f"{self.path}: cell_specimen_table_dict"
        return roi_table(
            facts.cell_specimen_table_dict, height=facts.movie_height, width=facts.movie_width, where=where
        )

    @cached_property
    def frames(self) -> int:
        """Frames of the dF/F traces, which all other files must have."""
        return self.trace_file("dff").frames

    def has(self, kind: str) -> bool:
        """Return whether the JSON names a file of a kind of traces."""
        return getattr(self.facts, TRACE_FILES[kind][0]) is not None

    def file(self, fact: str) -> Path:
        """Return the file that a fact names.

        Raises
        ------
        SourceError
            If the fact is absent, or the file is not there.
        """
        found = file_of(self.path, self.facts, fact)
        if found is None:
            raise SourceError(
                "the plane lacks a file",
                where=f"{self.path}: {fact}",
                got="nothing",
                expected="the name of a file in the folder of the session",
                fix="add it to the JSON, or leave this stream out",
            )
        return found

    def trace_file(self, kind: str) -> TraceFile:
        """Return the file of a kind of traces, one of `TRACE_FILES`.

        Raises
        ------
        SourceError
            If it is unsound, its regions of interest are not those of the table (events may lack some), or its frames
            are not as many as those of dF/F.
        """
        fact, data = TRACE_FILES[kind]
        file = TraceFile(self.file(fact), data)
        file.refuse_other_rois(self.rois.all_ids)
        if kind != "events":
            file.rows(self.rois.all_ids)
        if kind != "dff" and file.frames != self.frames:
            raise SourceError(
                "trace files of one plane have different numbers of frames",
                where=f"{file.path}:/{data}",
                got=f"{file.frames} frames",
                expected=f"{self.frames}, as dF/F has",
                fix="use the trace files of one run of the imaging pipeline",
            )
        return file

    @cached_property
    def clock(self) -> NamedClock:
        """Times of the frames, by the sync file, in seconds."""
        return self._clock(self.frames)

    def agreement(self, name: str) -> list[Agreement]:
        """Return the comparisons of pulses, frames and names of files."""
        facts = (*(fact for fact, _ in TRACE_FILES.values()), "rigid_motion_transform_file")
        files = {fact: getattr(self.facts, fact) for fact in facts}
        return [
            imaging_agreement(name, len(self._clock(None).times), self.frames),
            *misnamed_files("plane_files", name, self.facts.ophys_experiment_id, files),
        ]

    def _clock(self, frames: int | None) -> NamedClock:
        facts, clocks = self.facts, Clocks(shared_sync_file(self.file("sync_file")))
        group, groups = facts.imaging_plane_group or 0, facts.plane_group_count
        return clocks.imaging(frames, group, groups, self.allow_trim, self.imaging_edge)

    @property
    def cell_ids(self) -> list[int]:
        """``cell_roi_id`` of the cells, ascending."""
        ids: list[int] = self.rois.cells["cell_roi_id"].tolist()
        return ids

    def described_cells(self) -> pd.DataFrame:
        """Return the cells with their neuropil fit and event parameters, where known."""
        cells = self.rois.cells
        for kind, columns in _VALUES.items():
            if not self.has(kind):
                continue
            file = self.trace_file(kind)
            there = cells["cell_roi_id"].isin(file.roi_ids).to_numpy()
            for column, dataset in columns.items():
                values = np.full(len(cells), np.nan)
                values[there] = file.values(dataset, cells["cell_roi_id"].to_numpy()[there])
                cells = cells.assign(**{column: values})
        return cells

    def description(self, imaging_rate: float, name: str) -> PlaneDescription:
        """Return the plane described by the facts.

        Parameters
        ----------
        imaging_rate : float
            In Hz.
        name : str
            Name in the written file.
        """
        facts = self.facts
        size = facts.surface_2p_pixel_size_um or None
        single = facts.imaging_plane_group is None
        return PlaneDescription(
            name=name,
            location=facts.targeted_structure,
            indicator=indicator(facts.reporter_line),
            imaging_rate=imaging_rate,
            excitation_lambda=EXCITATION,
            emission_lambda=EMISSION,
            description=field_of_view(
                facts.movie_width, facts.movie_height, size, facts.targeted_structure, facts.targeted_depth
            ),
            pixel_size=size,
            identifiers={
                "ophys_experiment_id": facts.ophys_experiment_id,
                "ophys_container_id": facts.container_id,
                "imaging_depth": facts.targeted_depth,
                "targeted_imaging_depth": facts.targeted_depth,
                "imaging_plane_group": None if single else float(facts.imaging_plane_group or 0),
                "imaging_plane_group_count": None if single else float(facts.plane_group_count),
                "field_of_view_width": facts.movie_width,
                "field_of_view_height": facts.movie_height,
            },
        )


def indicator(reporter_lines: list[str]) -> str:
    """Return the calcium indicator in a reporter line's name, else ``unknown``."""
    found = _INDICATOR.search(" ".join(reporter_lines[:1]))
    return f"GCaMP{found[1]}" if found else "unknown"
