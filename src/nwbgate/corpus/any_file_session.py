"""A valid session of any lab: imaging, voltages, units, a pipette, behavior."""

from datetime import UTC, datetime

import numpy as np
from pynwb import NWBFile, TimeSeries
from pynwb.base import ImageReferences, Images
from pynwb.behavior import Position, SpatialSeries
from pynwb.ecephys import LFP, ElectricalSeries
from pynwb.epoch import TimeIntervals
from pynwb.event import EventsTable
from pynwb.file import Subject
from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries
from pynwb.image import GrayscaleImage, IndexSeries
from pynwb.misc import DecompositionSeries, IntervalSeries, Units
from pynwb.ophys import DfOverF, Fluorescence, ImageSegmentation, OpticalChannel, RoiResponseSeries, TwoPhotonSeries

#: Length of the session, seconds; rates of voltage, LFP and imaging, hertz.
SECONDS, VOLTAGE_RATE, LFP_RATE, IMAGING_RATE = 60, 1000.0, 100.0, 10.0
#: Rows and columns of the field of view.
FIELD = (16, 12)
#: Spikes of each unit.
SPIKES = 40
#: What the table of units tells twice.
_OF_UNITS = {
    "num_spikes": "Number of spikes.",
    "firing_rate": "Spikes in a second.",
    "peak_channel_id": "Electrode with the largest waveform.",
    "presence_ratio": "Share of the session in which it fires.",
}
_START = datetime(2024, 3, 1, 12, tzinfo=UTC)


def any_file_session() -> NWBFile:
    """Return the session; made twice, its content is equal."""
    random = np.random.default_rng(0)
    nwbfile = NWBFile(
        session_description="A mouse runs, hears tones and licks.", identifier="any-lab", session_start_time=_START,
        session_id="s0", experimenter=["Doe, Jane"], institution="A university", keywords=["tones"],
        experiment_description="Tones and licks.", related_publications=["doi:10.7554/eLife.51675"],
    )  # fmt: skip
    nwbfile.subject = Subject(
        subject_id="m1", species="Mus musculus", sex="F", age="P90D", description="A mouse.", weight="25 g",
        date_of_birth=datetime(2023, 12, 2, 12, tzinfo=UTC),
    )  # fmt: skip
    _add_voltages(nwbfile, random)
    _add_imaging(nwbfile, random)
    _add_behavior(nwbfile, random)
    _add_sweeps(nwbfile, random)
    return nwbfile


def _add_voltages(nwbfile: NWBFile, random: np.random.Generator) -> None:
    """Add a probe of four electrodes with raw voltage, LFP and three units."""
    probe = nwbfile.create_device("probe", description="A probe.")
    group = nwbfile.create_electrode_group("shank", description="A shank.", location="VISp", device=probe)
    for number in range(4):
        nwbfile.add_electrode(group=group, location="VISp", x=0.0, y=20.0 * number, z=0.0, imp=5e5 + number)
    sites = nwbfile.create_electrode_table_region([0, 1, 2, 3], "All sites.")
    for name, rate in (("raw", VOLTAGE_RATE), ("lfp", LFP_RATE)):
        series = ElectricalSeries(
            name=name, data=random.normal(0, 50, (int(SECONDS * rate), 4)).astype("i2"), rate=rate, starting_time=0.0,
            electrodes=sites, conversion=1e-6, description="Voltage.",
        )  # fmt: skip
        if name == "raw":
            nwbfile.add_acquisition(series)
        else:
            module = nwbfile.create_processing_module("ecephys", "Filtered voltage.")
            module.add(LFP(electrical_series=series))
            module.add(_bands(series, np.random.default_rng(1)))
    nwbfile.units = Units(
        name="units", description="Sorted spikes.", resolution=1 / VOLTAGE_RATE, waveform_rate=20 * VOLTAGE_RATE
    )
    for column, description in _OF_UNITS.items():
        nwbfile.add_unit_column(column, description)
    shape = -np.exp(-(((np.arange(30) - 10) / 3) ** 2))
    for number in range(3):
        times = np.sort(random.uniform(0.5, SECONDS - 0.5, SPIKES))
        mean = shape * 4e-5 * (1 + number)
        nwbfile.add_unit(
            spike_times=times, electrodes=[number], electrode_group=group, waveform_mean=mean,
            waveform_sd=abs(mean) / 9, num_spikes=SPIKES, firing_rate=SPIKES / SECONDS, peak_channel_id=number,
            presence_ratio=1.0,
        )  # fmt: skip


def _bands(source: ElectricalSeries, random: np.random.Generator) -> DecompositionSeries:
    """Return the power of the LFP in two bands."""
    bands = DecompositionSeries(
        name="power", data=np.abs(random.normal(size=(int(SECONDS * 10), 4, 2))), metric="power", rate=10.0,
        starting_time=0.0, unit="V**2", description="Power.", source_timeseries=source,
    )  # fmt: skip
    for name, low, high in (("theta", 4.0, 8.0), ("beta", 12.0, 30.0)):
        bands.add_band(band_name=name, band_limits=(low, high), band_mean=0.0, band_stdev=1.0)
    return bands


def _add_imaging(nwbfile: NWBFile, random: np.random.Generator) -> None:
    """Add a plane with a movie, three masks and their traces."""
    scope = nwbfile.create_device("scope", description="A microscope.")
    channel = OpticalChannel(name="green", description="Green.", emission_lambda=510.0)
    plane = nwbfile.create_imaging_plane(
        name="plane", optical_channel=channel, description="Layer 2.", device=scope, excitation_lambda=920.0,
        indicator="GCaMP6f", location="VISp", imaging_rate=IMAGING_RATE,
        grid_spacing=[5e-6, 5e-6], grid_spacing_unit="meters", origin_coords=[2.5, 3.4, 0.3],
        origin_coords_unit="millimeters",
    )  # fmt: skip
    n_frames = int(SECONDS * IMAGING_RATE)
    frames = random.integers(0, 200, (n_frames, *FIELD)).astype("u2")
    times = np.arange(n_frames) / IMAGING_RATE + random.uniform(0, 1e-3, n_frames)
    movie = TwoPhotonSeries(
        name="movie",
        data=frames,
        imaging_plane=plane,
        timestamps=times,
        unit="n.a.",
        description="Raw frames.",
        dimension=FIELD,
        field_of_view=[5e-6 * side for side in FIELD],
    )
    nwbfile.add_acquisition(movie)
    segmentation = ImageSegmentation()
    module = nwbfile.create_processing_module("ophys", "What was extracted.")
    module.add(segmentation)
    pixels = np.random.default_rng(4).uniform(size=(2, *FIELD))
    summary = [
        GrayscaleImage(name=name, data=image, description="Of the movie.")
        for name, image in zip(("mean", "correlation"), pixels, strict=True)
    ]
    module.add(Images(name="summary", images=summary, description="Images of the movie."))
    cells = segmentation.create_plane_segmentation("Cells.", plane, name="cells")
    for number in range(3):
        mask = np.zeros(FIELD)
        mask[4 * number : 4 * number + 3, 2:5] = 1
        cells.add_roi(image_mask=mask)
    traces = RoiResponseSeries(
        name="dff", data=random.normal(size=(n_frames, 3)), timestamps=movie, unit="n.a.", description="dF/F.",
        rois=cells.create_roi_table_region("All cells.", region=[0, 1, 2]),
    )  # fmt: skip
    module.add(DfOverF(roi_response_series=traces))
    raw = RoiResponseSeries(
        name="raw", data=np.random.default_rng(2).normal(300, 20, (n_frames, 3)), timestamps=movie, unit="n.a.",
        description="Fluorescence.", rois=cells.create_roi_table_region("All cells.", region=[0, 1, 2]),
    )  # fmt: skip
    module.add(Fluorescence(roi_response_series=raw))


def _add_behavior(nwbfile: NWBFile, random: np.random.Generator) -> None:
    """Add trials, tones, licks, a position and the speed of the wheel."""
    nwbfile.add_trial_column("rewarded", "Whether it was rewarded.")
    nwbfile.add_trial_column("cue_time", "When the cue came.")
    for number in range(11):
        nwbfile.add_trial(
            start_time=5.0 * number,
            stop_time=5.0 * number + 4.0,
            rewarded=bool(number % 2),
            cue_time=5.0 * number + 2.0,
        )
    tones = TimeIntervals(name="tones", description="Tones.")
    tones.add_column("frequency", "In hertz.")
    for number in range(11):
        tones.add_interval(start_time=5.0 * number + 1, stop_time=5.0 * number + 1.5, frequency=440.0 * (number % 3))
    nwbfile.add_time_intervals(tones)
    licks = EventsTable(name="licks", description="Licks.")
    for number in range(20):
        licks.add_row(timestamp=2.0 + 2.5 * number)
    nwbfile.add_events_table(licks)
    place = SpatialSeries(
        name="place", data=random.uniform(0, 0.5, (600, 2)), rate=10.0, starting_time=0.0, unit="meters",
        reference_frame="A corner.", description="Where.",
    )  # fmt: skip
    shown = IndexSeries(
        name="shown", data=(np.arange(60) % 3).astype("u4"), indexed_images=_pictures(nwbfile, random), rate=1.0,
        starting_time=0.0, unit="N/A", description="Number of the picture shown.",
    )  # fmt: skip
    nwbfile.add_stimulus(shown)
    wheel = TimeSeries(
        name="wheel", data=random.normal(size=600), rate=10.0, starting_time=0.0, unit="m/s", description="Speed."
    )
    light = IntervalSeries(
        name="light",
        data=np.tile([1, -1], 10).astype("i1"),
        timestamps=np.cumsum(np.random.default_rng(3).uniform(1, 4, 20)),
        description="Light.",
    )
    nwbfile.add_acquisition(light)
    module = nwbfile.create_processing_module("behavior", "Behavior.")
    module.add([Position(spatial_series=place), wheel])


def _pictures(nwbfile: NWBFile, random: np.random.Generator) -> Images:
    """Add three pictures in their order."""
    pictures = [
        GrayscaleImage(name=f"picture_{number}", data=random.integers(0, 255, (8, 8)), description="A picture.")
        for number in range(3)
    ]
    images = Images(name="pictures", images=pictures, description="Pictures.")
    images.order_of_images = ImageReferences(name="order_of_images", data=pictures)
    nwbfile.add_stimulus_template(images)
    return images


def _add_sweeps(nwbfile: NWBFile, random: np.random.Generator) -> None:
    """Add three sweeps of a pipette with their stimuli."""
    amplifier = nwbfile.create_device("amplifier", description="An amplifier.")
    pipette = nwbfile.create_icephys_electrode("pipette", description="A pipette.", device=amplifier, cell_id="c1")
    for number in range(3):
        times = {"rate": 1000.0, "starting_time": 10.0 * number + 1, "sweep_number": number}
        response = CurrentClampSeries(
            name=f"response_{number}", data=random.normal(-65, 1, 1000), electrode=pipette, conversion=1e-3, gain=1.0,
            bias_current=5e-12, bridge_balance=1.2e7, capacitance_compensation=4e-12,
            description="Membrane potential.", **times,
        )  # fmt: skip
        stimulus = CurrentClampStimulusSeries(
            name=f"stimulus_{number}", data=np.r_[np.zeros(500), np.full(500, 50.0)], electrode=pipette, gain=1.0,
            conversion=1e-12, description="Current.", **times,
        )  # fmt: skip
        nwbfile.add_acquisition(response)
        nwbfile.add_stimulus(stimulus)
        nwbfile.add_intracellular_recording(electrode=pipette, stimulus=stimulus, response=response)
