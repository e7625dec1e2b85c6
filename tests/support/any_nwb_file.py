"""An NWB file of no known dataset: scaled voltages, units, intervals, events and a plane, under names of their own."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.ecephys import ElectricalSeries
from pynwb.epoch import TimeIntervals
from pynwb.event import EventsTable, TimestampVectorData
from pynwb.file import Subject
from pynwb.ophys import Fluorescence, ImageSegmentation, OpticalChannel, RoiResponseSeries

COUNTS = np.arange(4000, dtype=np.int16).reshape(1000, 4)
GAINS = np.array([1.0, 2.0, 3.0, 4.0])
SPIKES = [np.array([1.0, 1.01, 2.0]), np.array([0.5, 2.01])]
FRAMES = np.arange(50) * 0.1 + np.linspace(0, 0.01, 50)


def make_nwb_file(path: Path, *, session_id: str = "s1", subject_id: str = "m1") -> Path:
    nwbfile = NWBFile(
        session_description="d",
        identifier=f"file-{session_id}",
        session_start_time=datetime(2024, 5, 1, tzinfo=UTC),
        session_id=session_id,
    )
    nwbfile.subject = Subject(subject_id=subject_id, species="Mus musculus", sex="F", age="P90D")
    _add_voltages(nwbfile)
    _add_tables(nwbfile)
    _add_plane(nwbfile)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NWBHDF5IO(path, mode="w") as io:
        io.write(nwbfile)
    return path


def make_empty_nwb_file(path: Path) -> Path:
    """Write a valid file that holds no data."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with NWBHDF5IO(path, mode="w") as io:
        io.write(NWBFile(session_description="d", identifier="i", session_start_time=start))
    return path


def _add_voltages(nwbfile):
    device = nwbfile.create_device(name="probe")
    group = nwbfile.create_electrode_group(name="shank", description="d", location="VISp", device=device)
    for _ in range(4):
        nwbfile.add_electrode(group=group, location="VISp")
    region = nwbfile.create_electrode_table_region(region=[0, 1, 2, 3], description="all")
    nwbfile.add_acquisition(
        ElectricalSeries(
            name="Raw", data=COUNTS, electrodes=region, rate=100.0, starting_time=5.0, conversion=1e-6, offset=0.5,
            channel_conversion=GAINS, description="counts of a converter",
        )
    )  # fmt: skip
    nwbfile.add_acquisition(TimeSeries(name="Speed", data=np.arange(50.0), unit="cm/s", timestamps=FRAMES))


def _add_tables(nwbfile):
    for times in SPIKES:
        nwbfile.add_unit(spike_times=times)
    tones = TimeIntervals(name="tones", description="played")
    tones.add_column(name="hertz", description="frequency")
    for start, hertz in ((1.0, 8000), (2.0, 16000)):
        tones.add_interval(start_time=start, stop_time=start + 0.5, hertz=hertz)
    nwbfile.add_time_intervals(tones)
    stamps = TimestampVectorData(name="timestamp", description="onset", data=np.array([1.0, 3.0]), resolution=1e-4)
    nwbfile.add_events_table(EventsTable(name="pokes", description="d", source_description="sensor", columns=[stamps]))


def _add_plane(nwbfile):
    microscope = nwbfile.create_device(name="microscope")
    channel = OpticalChannel(name="green", description="d", emission_lambda=513.0)
    plane = nwbfile.create_imaging_plane(
        name="layer2", optical_channel=channel, description="d", device=microscope, excitation_lambda=920.0,
        indicator="GCaMP8m", location="AUDp",
    )  # fmt: skip
    segmentation = ImageSegmentation()
    rois = segmentation.create_plane_segmentation(name="somata", description="found by hand", imaging_plane=plane)
    for row in range(3):
        rois.add_roi(pixel_mask=[(row, row, 1.0)])
    module = nwbfile.create_processing_module(name="ophys", description="d")
    fluorescence = Fluorescence()
    module.add(segmentation)
    module.add(fluorescence)
    region = rois.create_roi_table_region(description="all", region=[0, 1, 2])
    data = np.arange(150.0).reshape(50, 3)
    responses = RoiResponseSeries(name="F", data=data, rois=region, unit="n.a.", timestamps=FRAMES)
    fluorescence.add_roi_response_series(responses)
