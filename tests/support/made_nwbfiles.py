"""An NWBFile with one of everything that PyNWB writes in a way of its own."""

from datetime import UTC, datetime

import numpy as np
from pynwb import NWBFile, TimeSeries
from pynwb.base import Images
from pynwb.behavior import Position, SpatialSeries
from pynwb.event import EventsTable, TimestampVectorData
from pynwb.file import Subject
from pynwb.image import GrayscaleImage, ImageSeries
from pynwb.ophys import ImageSegmentation, OpticalChannel, RoiResponseSeries

START = datetime(2020, 1, 1, 12, tzinfo=UTC)


def plain() -> NWBFile:
    """Return an NWBFile with nothing in it."""
    return NWBFile(session_description="a test", identifier="test", session_start_time=START)


def add_series(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add large and small series, one of them with the timestamps of another, one outside the file, one empty."""
    voltage = TimeSeries(name="voltage", data=rng.normal(size=100_000), timestamps=np.arange(1e5) / 4e4, unit="volts")
    nwbfile.add_acquisition(voltage)
    nwbfile.add_acquisition(TimeSeries(name="current", data=np.arange(100_000), timestamps=voltage, unit="amperes"))
    nwbfile.add_acquisition(
        TimeSeries(name="traces", data=rng.normal(size=(4000, 13)).astype("f4"), rate=30.0, unit="1")
    )
    nwbfile.add_acquisition(TimeSeries(name="flags", data=np.array([True, False, True]), rate=1.0, unit="1"))
    nwbfile.add_acquisition(TimeSeries(name="empty", data=np.zeros((0, 3), "i2"), rate=1.0, unit="1"))
    nwbfile.add_acquisition(
        ImageSeries(
            name="video",
            external_file=["video.avi"],
            starting_frame=[0],
            timestamps=np.arange(5) / 30,
            format="external",
        )
    )
    place = SpatialSeries(name="place", data=rng.normal(size=(100, 2)), rate=10.0, reference_frame="box corner")
    behavior = nwbfile.create_processing_module("behavior", "behavior")
    behavior.add(Position(spatial_series=place))
    behavior.add(Images(name="images", images=[GrayscaleImage(name="mean", data=rng.normal(size=(300, 200)))]))


def add_tables(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add tables with texts, ragged columns, doubly ragged columns, references and compounds."""
    nwbfile.add_trial_column("stimulus", "a text, in any script")
    nwbfile.add_trial_column("licks", "a ragged column", index=True)
    for number in range(30):
        nwbfile.add_trial(
            start_time=float(number),
            stop_time=number + 0.5,
            stimulus=f"Gabor 45° №{number}",
            licks=rng.uniform(size=number % 3).tolist(),
            timeseries=[nwbfile.acquisition["traces"]],
        )
    for number in range(1, 5):
        nwbfile.add_unit(spike_times=np.sort(rng.uniform(0, 100, 5000 * number)), obs_intervals=[[0.0, 100.0]])
    licks = TimestampVectorData(name="timestamp", description="onset", data=np.arange(9) / 7, resolution=1e-4)
    nwbfile.add_events_table(EventsTable(name="licks", description="licks", source_description="x", columns=[licks]))


def add_segmentation(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add a plane with masks as images and as pixels, and responses that refer to its rows."""
    device = nwbfile.create_device("microscope", description="two-photon")
    channel = OpticalChannel(name="green", description="GCaMP", emission_lambda=520.0)
    plane = nwbfile.create_imaging_plane(
        name="plane", optical_channel=channel, description="a plane", device=device, excitation_lambda=920.0,
        indicator="GCaMP6f", location="VISp", imaging_rate=30.0,
    )  # fmt: skip
    segmentation = ImageSegmentation()
    nwbfile.create_processing_module("ophys", "ophys").add(segmentation)
    images = segmentation.create_plane_segmentation("images of masks", plane, name="images")
    for _ in range(6):
        images.add_roi(image_mask=rng.random((256, 200)) > 0.9)
    pixels = segmentation.create_plane_segmentation("lists of pixels", plane, name="pixels")
    for _ in range(4):
        pixels.add_roi(pixel_mask=[(x, y, 0.5) for x, y in rng.integers(0, 200, (4000, 2)).tolist()])
    nwbfile.add_scratch(np.arange(12).reshape(3, 4), name="numbers", description="scratch")
    region = images.create_roi_table_region(description="all", region=list(range(6)))
    response = RoiResponseSeries(name="dff", data=rng.normal(size=(5000, 6)), rois=region, unit="1", rate=30.0)
    nwbfile.processing["ophys"].add(response)


def rich() -> NWBFile:
    """Return an NWBFile with one of everything; made twice, its content is equal."""
    rng = np.random.default_rng(0)
    nwbfile = plain()
    nwbfile.experimenter = ["Doe, Jane", "Müller, Jörg"]
    nwbfile.keywords = ["test"]
    nwbfile.subject = Subject(subject_id="1", species="Mus musculus", sex="U", age="P90D", date_of_birth=START)
    add_series(nwbfile, rng)
    add_tables(nwbfile, rng)
    add_segmentation(nwbfile, rng)
    return nwbfile
