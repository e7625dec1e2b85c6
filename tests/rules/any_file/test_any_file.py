"""Valid files of unusual kinds, on which no rule by neurodata_type may fire."""

from collections.abc import Callable

import numpy as np
import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.base import ImageReferences, Images
from pynwb.behavior import SpatialSeries
from pynwb.ecephys import ElectricalSeries, SpikeEventSeries
from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries
from pynwb.image import GrayscaleImage, ImageSeries, IndexSeries
from pynwb.misc import AnnotationSeries, DecompositionSeries
from pynwb.ophys import Fluorescence, ImageSegmentation, OpticalChannel, RoiResponseSeries, TwoPhotonSeries
from pynwb.testing.mock.ophys import mock_ImagingPlane

from nwbgate.gate.judge import judge
from nwbgate.reading.facts.file_frames import key_columns, session_frames
from nwbgate.rules.any_file import RULES
from support.made_nwbfiles import plain

RANDOM = np.random.default_rng(0)
SECONDS = 20.0


def sites(nwbfile: NWBFile, number: int = 4):
    device = nwbfile.create_device("probe")
    group = nwbfile.create_electrode_group("shank", "A shank.", "VISp", device)
    for _ in range(number):
        nwbfile.add_electrode(group=group, location="VISp")
    return nwbfile.create_electrode_table_region([*range(number)], "All sites."), group


def cells(nwbfile: NWBFile, *masks):
    plane = mock_ImagingPlane(nwbfile=nwbfile, name="plane", imaging_rate=10.0)
    segmentation = ImageSegmentation()
    nwbfile.create_processing_module("ophys", "Cells.").add(segmentation)
    table = segmentation.create_plane_segmentation("Cells.", plane, name="cells")
    for mask in masks:
        table.add_roi(image_mask=mask)
    return table


def traces(nwbfile: NWBFile, data) -> None:
    table = cells(nwbfile, *np.eye(3)[:, :, None] * np.ones(3))
    region = table.create_roi_table_region("All.", region=[0, 1, 2])
    series = RoiResponseSeries(name="F", data=data, rois=region, rate=10.0, unit="a.u.")
    nwbfile.processing["ophys"].add(Fluorescence(roi_response_series=series))


def snippets_of_spikes(nwbfile: NWBFile) -> None:
    data, times = RANDOM.normal(0, 1.0, (20, 4, 32)), np.arange(20.0)
    nwbfile.add_acquisition(SpikeEventSeries(name="e", data=data, timestamps=times, electrodes=sites(nwbfile)[0]))


def video_outside_the_file(nwbfile: NWBFile) -> None:
    times = np.arange(300) / 30
    video = ImageSeries(name="v", external_file=["v.avi"], starting_frame=[0], format="external", timestamps=times)
    nwbfile.add_acquisition(video)


def pulses_and_notes_at_equal_times(nwbfile: NWBFile) -> None:
    nwbfile.add_acquisition(TimeSeries(name="ttl", data=[1, 2, -1], timestamps=[1.0, 1.0, 2.0], unit="n.a."))
    nwbfile.add_acquisition(AnnotationSeries(name="notes", data=["a", "b"], timestamps=[1.0, 1.0]))


def units_without_spikes(nwbfile: NWBFile) -> None:
    for times in ([], [1.0, 2.0], []):
        nwbfile.add_unit(spike_times=times)


def units_that_share_half_of_their_spikes(nwbfile: NWBFile) -> None:
    times = np.sort(RANDOM.uniform(0, 9, 40))
    nwbfile.add_unit(spike_times=times)
    nwbfile.add_unit(spike_times=np.sort(np.r_[times[::2], RANDOM.uniform(0, 9, 20)]))


def units_with_abutting_observation(nwbfile: NWBFile) -> None:
    nwbfile.add_unit(spike_times=[1.0, 7.0], obs_intervals=[[0, 5], [5, 10]])


def volumes_as_masks(nwbfile: NWBFile) -> None:
    cells(nwbfile, np.ones((4, 5, 3)), np.ones((4, 5, 3)))


def traces_that_begin_with_nan(nwbfile: NWBFile) -> None:
    data = RANDOM.normal(size=(200, 3))
    data[:20] = np.nan
    traces(nwbfile, data)


def traces_that_end_with_nan(nwbfile: NWBFile) -> None:
    data = RANDOM.normal(size=(200, 3))
    data[-20:] = np.nan
    traces(nwbfile, data)


def detected_events_of_silent_cells(nwbfile: NWBFile) -> None:
    data = np.zeros((200, 3))
    data[[20, 80], 1] = 1.0
    traces(nwbfile, data)


def binary_pulses(nwbfile: NWBFile) -> None:
    data = RANDOM.integers(0, 2, (2000, 1)).astype("i1")
    nwbfile.add_acquisition(TimeSeries(name="pulses", data=data, rate=100.0, unit="n.a."))


def lost_positions(nwbfile: NWBFile) -> None:
    data = RANDOM.uniform(size=(200, 2))
    data[50:60] = np.nan
    data[100] = 1e6
    nwbfile.add_acquisition(SpatialSeries(name="p", data=data, rate=10.0, reference_frame="A corner.", unit="meters"))


def positions_in_pixels(nwbfile: NWBFile) -> None:
    data = RANDOM.uniform(0, 640, (200, 2))
    nwbfile.add_acquisition(SpatialSeries(name="p", data=data, rate=10.0, reference_frame="Camera.", unit="pixels"))


def trials_before_the_recording(nwbfile: NWBFile) -> None:
    nwbfile.add_trial(start_time=0.5, stop_time=2.0)
    late = TimeSeries(name="x", data=RANDOM.normal(size=200), rate=10.0, starting_time=100.0, unit="V")
    nwbfile.add_acquisition(late)


def intervals_that_overlap_and_repeat_their_times(nwbfile: NWBFile) -> None:
    from pynwb.epoch import TimeIntervals

    tones = TimeIntervals(name="tones", description="Two tones at once.")
    tones.add_column("frequency", "In hertz.")
    for frequency in (440.0, 880.0):
        tones.add_interval(start_time=1.0, stop_time=2.0, frequency=frequency)
    nwbfile.add_time_intervals(tones)


def recordings_in_parts(nwbfile: NWBFile) -> None:
    region, _ = sites(nwbfile)
    for number, n in enumerate((4000, 900)):
        series = ElectricalSeries(
            name=f"part_{number}", data=RANDOM.normal(0, 1e-4, (n, 4)), rate=100.0, starting_time=50.0 * number,
            electrodes=region,
        )  # fmt: skip
        nwbfile.add_acquisition(series)


def spikes_before_zero_of_a_recording_that_begins_there(nwbfile: NWBFile) -> None:
    nwbfile.add_acquisition(TimeSeries(name="x", data=np.arange(300.0), rate=10.0, starting_time=-5.0, unit="V"))
    nwbfile.add_unit(spike_times=[-4.0, 1.0])


def voltages(nwbfile: NWBFile, data) -> None:
    region, _ = sites(nwbfile)
    nwbfile.add_acquisition(ElectricalSeries(name="v", data=data, rate=1000.0, electrodes=region, conversion=1e-6))


def voltages_with_offset_and_short_blanks(nwbfile: NWBFile) -> None:
    data = RANDOM.normal(30_000, 60, (20_000, 4)).astype("i2")  # 30 mV of a DC amplifier
    data[5000:5100] = 0  # a stimulation artifact of 0.1 s
    voltages(nwbfile, data)


def voltages_of_few_levels(nwbfile: NWBFile) -> None:
    voltages(nwbfile, np.round(RANDOM.normal(0, 0.2, (20_000, 4))).astype("i2"))


def voltages_with_artifacts(nwbfile: NWBFile) -> None:
    data = RANDOM.normal(0, 60, (20_000, 4)).astype("i2")
    data[::10] = RANDOM.integers(-32_000, 32_000, (2000, 4))  # one sample in ten
    voltages(nwbfile, data)


def denoised_traces_that_begin_at_zero(nwbfile: NWBFile) -> None:
    data = np.abs(RANDOM.normal(size=(40_000, 3)))
    data[:300, 1] = 0.0
    traces(nwbfile, data)


def movie(nwbfile: NWBFile, data) -> None:
    plane = mock_ImagingPlane(nwbfile=nwbfile, name="plane", imaging_rate=10.0)
    nwbfile.add_acquisition(TwoPhotonSeries(name="m", data=data, imaging_plane=plane, rate=10.0, unit="n.a."))


def movie_with_a_closed_shutter(nwbfile: NWBFile) -> None:
    data = RANDOM.integers(0, 99, (200, 4, 5)).astype("u2")
    data[100:120] = 0
    movie(nwbfile, data)


def movie_of_few_frames(nwbfile: NWBFile) -> None:
    movie(nwbfile, np.zeros((5, 4, 5), "u2"))


def units_of_recordings_in_turn(nwbfile: NWBFile) -> None:
    for number in range(4):
        nwbfile.add_unit(spike_times=100.0 * number + np.sort(RANDOM.uniform(0, 50, 200)))


def units_of_few_spikes(nwbfile: NWBFile) -> None:
    for number in range(4):
        nwbfile.add_unit(spike_times=np.arange(5.0) + 5 * number)


def channels_without_a_color(nwbfile: NWBFile) -> None:
    for name, light in (("channel_1", 641.0), ("greenish", 641.0), ("red_or_green", 641.0), ("Green", 510.0)):
        channel = OpticalChannel(name=name, description="Light.", emission_lambda=light)
        mock_ImagingPlane(nwbfile=nwbfile, name=f"plane_{name}", optical_channel=channel, excitation_lambda=920.0)


def a_series_of_intermittent_nan(nwbfile: NWBFile) -> None:
    """A pupil that is seen now and then."""
    data = np.where(np.arange(600) % 100 == 99, 2.0, np.nan)
    nwbfile.add_acquisition(TimeSeries(name="pupil", data=data, rate=30.0, unit="mm"))


def two_coordinates_of_a_track(nwbfile: NWBFile) -> None:
    """A linear track has one coordinate that never changes."""
    data = np.column_stack([RANDOM.uniform(0, 1, 600), np.zeros(600)])
    nwbfile.add_acquisition(SpatialSeries(name="track", data=data, rate=30.0, reference_frame="Its left end."))


def bands_without_rows(nwbfile: NWBFile) -> None:
    """PyNWB writes the columns of a table without rows, and does not list them."""
    data = RANDOM.normal(size=(100, 4, 2))
    nwbfile.add_acquisition(DecompositionSeries(name="power", data=data, metric="power", rate=10.0))


def images_shown_again(nwbfile: NWBFile) -> None:
    images = Images(name="pictures", images=[GrayscaleImage(name=f"i{number}", data=np.eye(4)) for number in range(3)])
    images.order_of_images = ImageReferences(name="order_of_images", data=[*images.images.values()])
    nwbfile.add_stimulus_template(images)
    shown = IndexSeries(name="shown", data=np.array([0, 2, 2, 1], "u4"), indexed_images=images, unit="N/A", rate=1.0)
    nwbfile.add_stimulus(shown)


def a_long_epoch_and_a_short_one(nwbfile: NWBFile) -> None:
    nwbfile.add_acquisition(TimeSeries(name="wheel", data=RANDOM.normal(size=600), rate=30.0, unit="cm/s"))
    for start, stop in ((0.0, 5.0), (5.0, 60.0)):
        nwbfile.add_epoch(start_time=start, stop_time=stop)


def sweeps_longer_than_their_stimulus(nwbfile: NWBFile) -> None:
    """A stimulus that is stored as long as it lasts, and a response that began before its stimulus."""
    pipette = nwbfile.create_icephys_electrode("pipette", description="A pipette.", device=nwbfile.create_device("a"))
    for number, (n_samples, begin) in enumerate([(500, 0.0), (990, 0.005)]):
        response = CurrentClampSeries(
            name=f"response_{number}", data=RANDOM.normal(-65e-3, 1e-3, 1000), electrode=pipette, gain=1.0, rate=1e3
        )
        stimulus = CurrentClampStimulusSeries(
            name=f"stimulus_{number}", data=np.arange(n_samples) % 7 * 1e-12, electrode=pipette, gain=1.0, rate=1e3,
            starting_time=begin,
        )  # fmt: skip
        nwbfile.add_intracellular_recording(electrode=pipette, stimulus=stimulus, response=response)


def voltages_without_a_sign(nwbfile: NWBFile) -> None:
    """Unsigned samples with their offset, and the amplitude of a band, never below 0."""
    samples = (RANDOM.normal(size=(2000, 4)) * 100 + 2**15).astype("u2")
    power = (np.abs(RANDOM.normal(size=(2000, 4))) * 5000).astype("u2")
    sites(nwbfile)
    for name, data, offset in (("raw", samples, -0.2e-6 * 2**15), ("power", power, 0.0)):
        region = nwbfile.create_electrode_table_region([*range(4)], "All sites.")
        series = ElectricalSeries(
            name=name, data=data, electrodes=region, rate=1e4, conversion=0.2e-6, offset=offset, filtering="None."
        )
        nwbfile.add_acquisition(series)


def series_of_as_many_samples_at_other_rates(nwbfile: NWBFile) -> None:
    """A second of voltage and a minute of video, both of 1000 samples with a rate; and timestamps 50 times as long."""
    for name, rate in (("voltage", 1000.0), ("video", 1000 / 60)):
        nwbfile.add_acquisition(TimeSeries(name=name, data=RANDOM.normal(size=1000), rate=rate, unit="a.u."))
    for name, period in (("fast", 0.001), ("slow", 0.05)):
        times = np.cumsum(RANDOM.uniform(0.5, 1.5, 1000)) * period
        nwbfile.add_acquisition(TimeSeries(name=name, data=RANDOM.normal(size=1000), timestamps=times, unit="a.u."))


KINDS: list[Callable[[NWBFile], None]] = [
    snippets_of_spikes, video_outside_the_file, pulses_and_notes_at_equal_times, units_without_spikes,
    units_that_share_half_of_their_spikes, units_with_abutting_observation, volumes_as_masks,
    traces_that_begin_with_nan, traces_that_end_with_nan, detected_events_of_silent_cells, binary_pulses,
    lost_positions, positions_in_pixels, trials_before_the_recording, intervals_that_overlap_and_repeat_their_times,
    recordings_in_parts, spikes_before_zero_of_a_recording_that_begins_there, voltages_with_offset_and_short_blanks,
    voltages_of_few_levels, voltages_with_artifacts, denoised_traces_that_begin_at_zero, movie_with_a_closed_shutter,
    movie_of_few_frames, units_of_recordings_in_turn, units_of_few_spikes, channels_without_a_color,
    a_series_of_intermittent_nan, two_coordinates_of_a_track, bands_without_rows, images_shown_again,
    a_long_epoch_and_a_short_one, sweeps_longer_than_their_stimulus, voltages_without_a_sign,
    series_of_as_many_samples_at_other_rates,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_unusual_valid_file_has_no_finding(tmp_path, kind):
    kind(nwbfile := plain())
    with NWBHDF5IO(tmp_path / "odd.nwb", "w") as io:
        io.write(nwbfile, cache_spec=False)
    frames = session_frames(tmp_path / "odd.nwb")
    outcome = judge(RULES, frames, {name: key_columns(name) for name in frames})
    assert (outcome.findings, outcome.broken) == ([], [])
