"""A lab's own format: a CSV table of time, x and y after two header lines that name the animal and the start."""

from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
from neuroconv import NWBConverter
from neuroconv.basetemporalalignmentinterface import BaseTemporalAlignmentInterface
from pydantic import FilePath, validate_call
from pynwb.behavior import Position


class PositionsInterface(BaseTemporalAlignmentInterface):
    """Positions of one session."""

    display_name = "maze positions"
    associated_suffixes = (".csv",)

    @validate_call
    def __init__(self, file_path: FilePath, verbose: bool = False):
        super().__init__(verbose=verbose, file_path=file_path)
        self.header = dict(line[1:].strip().split(": ") for line in Path(file_path).read_text().splitlines()[:2])
        self.table = np.loadtxt(file_path, delimiter=",", skiprows=3)
        self.times = self.table[:, 0]

    def get_metadata(self):
        metadata = super().get_metadata()
        metadata["NWBFile"]["session_start_time"] = datetime.fromisoformat(self.header["start"])
        metadata["Subject"]["subject_id"] = self.header["subject"]
        return metadata

    def get_original_timestamps(self):
        return self.table[:, 0]

    def get_timestamps(self):
        return self.times

    def set_aligned_timestamps(self, aligned_timestamps):
        self.times = aligned_timestamps

    def add_to_nwbfile(self, nwbfile, metadata=None, *, unit: str = "meters"):
        behavior = nwbfile.create_processing_module("behavior", "positions of the animal")
        position = Position(name="Position")
        behavior.add(position)
        position.create_spatial_series(
            name="SpatialSeries",
            description="x and y on the maze",
            reference_frame="lower left corner of the maze",
            data=self.table[:, 1:],
            timestamps=self.times,
            unit=unit,
        )


class MazeConverter(NWBConverter):
    """One session of the maze."""

    data_interface_classes: ClassVar = {"Positions": PositionsInterface}

    def temporally_align_data_interfaces(self, metadata=None, conversion_options=None):
        """Start the camera's clock at zero, as the lab's other clocks do."""
        positions = self.data_interface_objects["Positions"]
        positions.set_aligned_starting_time(-float(positions.get_original_timestamps()[0]))
