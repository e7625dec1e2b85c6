"""Faults of any lab's session: times, voltages, traces, masks, intervals, units, sweeps."""

from typing import Any

import h5py
import numpy as np

from nwbgate.corpus.any_file_session import SPIKES
from nwbgate.corpus.file_edits import (
    Edit,
    Fault,
    add,
    attribute,
    copy,
    own_timestamps,
    put,
    remade,
    scale,
    swap,
    together,
    transplant,
    without,
)
from nwbgate.corpus.lab_table_edits import LAB_TABLES

WAVES, POWER, LIGHT = "units/waveform_mean", "processing/ecephys/power", "acquisition/light"
FLUORESCENCE, ELECTRODES = "processing/ophys/Fluorescence/raw", "general/extracellular_ephys/electrodes"
RAW, LFP, DFF = "acquisition/raw", "processing/ecephys/LFP/lfp", "processing/ophys/DfOverF/dff"
TRIALS, TONES, PLACE = "intervals/trials", "intervals/tones", "processing/behavior/Position/place"
SPIKE_TIMES, MOVIE = "units/spike_times", "acquisition/movie"
MASKS = "processing/ophys/ImageSegmentation/cells/image_mask"
PLANE, WHEEL = "general/optophysiology/plane", "processing/behavior/wheel"
GAIN = attribute(f"{WHEEL}/data", "conversion", 1 / 30_000)
#: Seconds since 1970 of the start of the session.
UNIX = 1709294400.0


def count_from_zero(volts: Any) -> Any:
    """The numbers of a converter whose middle is 0 V."""
    return (np.asarray(volts, "i8") + 2**15).astype("u2")


def count_minutes(file: h5py.File) -> None:
    """The wheel is sampled with the movie, and its timestamps are minutes."""
    wheel, times = file["processing/behavior/wheel"], file[f"{MOVIE}/timestamps"]
    values, about = wheel["data"][: len(times)], dict(wheel["data"].attrs)
    del wheel["starting_time"], wheel["data"]
    wheel.create_dataset("data", data=values).attrs.update(about)
    wheel.create_dataset("timestamps", data=times[()] / 60).attrs.update(times.attrs)


def shorten_movie(file: h5py.File) -> None:
    """The movie has its first frames only; the traces keep the timestamps of all."""
    movie = file[MOVIE]
    times, frames = movie["timestamps"], movie["data"]
    n, about, of_times = len(times) // 3, dict(frames.attrs), dict(times.attrs)
    few_frames, few_times = frames[:n], times[:n]
    for series in (DFF, FLUORESCENCE):
        del file[series]["timestamps"]
    file.move(f"{MOVIE}/timestamps", f"{DFF}/timestamps")
    file[FLUORESCENCE]["timestamps"] = h5py.SoftLink(f"/{DFF}/timestamps")
    del movie["data"]
    movie.create_dataset("data", data=few_frames).attrs.update(about)
    movie.create_dataset("timestamps", data=few_times).attrs.update(of_times)


def times(table: str, change: Any) -> Edit:
    """All starts and stops of a table of intervals change."""
    return together(*(remade(f"{table}/{side}", change) for side in ("start_time", "stop_time")))


def exchange_bounds(table: str) -> Edit:
    """The columns of starts and stops have changed places."""

    def edit(file: h5py.File) -> None:
        start, stop = file[f"{table}/start_time"][()], file[f"{table}/stop_time"][()]
        file[f"{table}/start_time"][...], file[f"{table}/stop_time"][...] = stop, start

    return edit


def row_again(table: str, row: int) -> Edit:
    """A row of a table is there once more at its end."""

    def once_more(values: Any) -> Any:
        return np.append(values, values[row]).astype(values.dtype)

    def edit(file: h5py.File) -> None:
        for name in file[table].attrs["colnames"]:
            remade(f"{table}/{name}", once_more)(file)
        remade(f"{table}/id", lambda ids: np.append(ids, len(ids)).astype(ids.dtype))(file)

    return edit


def widen_masks(masks: Any) -> Any:
    """Masks of a larger field of view."""
    return np.pad(masks, ((0, 0), (0, 8), (0, 8)))


def as_fields(samples: Any) -> Any:
    """Samples of named fields."""
    return np.array([(each, each) for each in samples], dtype=[("x", "f8"), ("y", "f8")])


def half_missing(frames: Any) -> Any:
    """The second half of a movie is NaN."""
    return np.where(np.arange(len(frames))[:, None, None] < len(frames) // 2, frames, np.nan).astype("f4")


def wrap_around(volts: Any) -> Any:
    """Integers that an offset took over their range."""
    return (volts.astype("i4") + 32_750).astype("i2")


def colored_wrongly(file: h5py.File) -> None:
    """The optical channel has the wavelength of another color."""
    file[f"{PLANE}/green/emission_lambda"][()] = 641.0


def texts(path: str, *words: str) -> Edit:
    """A field has other texts."""

    def edit(file: h5py.File) -> None:
        attributes = dict(file[path].attrs) if path in file else {}
        if path in file:
            del file[path]
        file.create_dataset(path, data=list(words), dtype=h5py.string_dtype())
        file[path].attrs.update(attributes)

    return edit


def as_counts(samples: Any) -> Any:
    """Samples of a converter that was driven beyond its range."""
    return np.clip(30_000 * samples, -32_768, 32_767).astype("i2")


def list_again(file: h5py.File) -> None:
    """A table lists a column twice."""
    file[TRIALS].attrs["colnames"] = [*file[TRIALS].attrs["colnames"], "rewarded"]


def forget(table: str, column: str) -> Edit:
    """A table holds a column that it does not list."""

    def edit(file: h5py.File) -> None:
        file[table].attrs["colnames"] = [name for name in file[table].attrs["colnames"] if name != column]

    return edit


#: Faults of files of any lab, each noticed by one rule.
ANY_LAB: list[Fault] = [
    ("signals.channel_has_values", put(f"{DFF}/data", (slice(None), 1), np.nan)),
    ("signals.channel_has_no_hole", put(f"{DFF}/data", (slice(200, 300), 1), np.nan)),
    ("signals.channel_is_finite", put(f"{DFF}/data", (17, 2), np.inf)),
    ("signals.channel_has_values", put("processing/behavior/wheel/data", ..., np.nan)),
    ("signals.channel_is_finite", put("processing/behavior/wheel/data", 17, -np.inf)),
    ("signals.channel_is_not_a_copy", copy(f"{PLACE}/data", (slice(None), 1), (slice(None), 0))),
    ("table_columns.column_is_listed_once", list_again),
    ("table_columns.column_is_listed", forget(TRIALS, "rewarded")),
    ("table_columns.column_is_listed", forget("units", "electrode_group")),
    ("series.electrode_has_one_column", put("acquisition/raw/electrodes", 1, 0)),
    ("interval_tables.interval_is_not_longer_than_the_session", put(f"{TRIALS}/stop_time", -1, 5400.0)),
    ("movies.frames_have_an_image", remade(f"{MOVIE}/data", half_missing)),
    ("signals.channel_varies", put(f"{RAW}/data", (slice(None), 3), 0)),
    ("signals.channel_is_not_a_copy", copy(f"{RAW}/data", (slice(None), 2), (slice(None), 1))),
    ("signals.channel_is_not_a_copy", copy(f"{DFF}/data", (slice(None), 2), (slice(None), 0))),
    ("signals.channel_is_not_saturated", remade(f"{RAW}/data", lambda volts: np.clip(volts, -90, 90))),
    ("series.data_are_plain_values", remade("processing/behavior/wheel/data", as_fields)),
    ("signals.voltage_is_quiet", remade(f"{RAW}/data", lambda volts: volts.byteswap())),
    ("signals.voltage_is_quiet", remade(f"{RAW}/data", wrap_around)),
    ("signals.unsigned_voltage_has_its_offset", remade(f"{RAW}/data", count_from_zero)),
    ("signals.channel_is_never_still", put(f"{RAW}/data", slice(20_000, 21_000), 0)),
    ("signals.channel_is_never_still", put(f"{DFF}/data", (slice(100, 320), 1), 0.1)),
    ("signals.stretch_is_not_repeated", copy(f"{RAW}/data", slice(21_000, 22_000), slice(20_000, 21_000))),
    ("movies.frames_have_an_image", put(f"{MOVIE}/data", slice(300, 600), 0)),
    ("movies.frames_have_an_image", put(f"{MOVIE}/data", ..., 65_535)),
    ("movies.frames_are_recorded_once", remade(f"{MOVIE}/data", lambda frames: np.repeat(frames[:300], 2, axis=0))),
    ("masks.mask_weights_are_numbers", remade(MASKS, lambda weights: np.where(weights > 0, weights, np.nan))),
    ("interval_marks.starts_and_stops_alternate", put(f"{LIGHT}/data", 5, 1)),
    ("interval_marks.starts_and_stops_alternate", scale(f"{LIGHT}/data", -1)),
    ("bands.bands_are_those_of_the_data", remade(f"{POWER}/data", lambda power: power[..., :1])),
    ("bands.band_limits_are_in_order", put(f"{POWER}/bands/band_limits", 1, [30.0, 12.0])),
    ("bands.bands_are_below_half_the_rate", put(f"{POWER}/bands/band_limits", 1, [12.0, 300.0])),
    ("waveforms.waveform_is_as_long_as_a_spike", attribute(WAVES, "sampling_rate", 20.0)),
    ("waveforms.waveform_is_in_volts", scale(WAVES, 1e6)),
    ("waveforms.waveform_has_no_hole", put(WAVES, (2, 10), np.nan)),
    ("waveforms.waveform_has_no_hole", scale("units/waveform_sd", -1.0)),
    ("waveforms.waveform_is_not_another_units", copy(WAVES, 2, 1)),
    ("electrode_places.place_is_in_micrometers", scale(f"{ELECTRODES}/y", 1e-6)),
    ("signals.series_is_not_another_one", transplant(f"{DFF}/data", f"{FLUORESCENCE}/data")),
    ("signals.series_is_not_another_one", transplant("acquisition/response_0/data", "acquisition/response_2/data")),
    ("series.series_of_a_plane_have_one_clock", own_timestamps(FLUORESCENCE, 2.0)),
    ("series_rois.traces_have_one_order", put(f"{DFF}/rois", ..., [2, 1, 0])),
    ("session.weight_is_possible", put("general/subject/weight", (), "25 kg")),
    ("session.reference_time_is_near_the_start", put("timestamps_reference_time", (), "2023-03-01T12:00:00+00:00")),
    ("spikes.units_fire_in_the_same_time", remade(SPIKE_TIMES, np.sort)),
    ("optics.channel_has_its_color", colored_wrongly),
    ("signals.values_are_possible", attribute(f"{RAW}/data", "conversion", 1.0)),
    ("signals.values_are_possible", attribute("acquisition/response_1/data", "conversion", 1.0)),
    ("signals.values_are_possible", attribute("stimulus/presentation/stimulus_1/data", "conversion", 1.0)),
    ("signals.values_are_possible", scale(f"{PLACE}/data", 1000.0)),
    ("series.values_are_in_their_unit", attribute(f"{RAW}/data", "conversion", 0.0)),
    ("series.values_are_in_their_unit", attribute(f"{LFP}/data", "conversion", np.nan)),
    ("series.unit_is_of_its_type", attribute(f"{RAW}/data", "unit", "microvolts")),
    ("series.unit_is_of_its_type", attribute("acquisition/response_0/data", "unit", "millivolts")),
    ("series.sampling_has_no_gaps", add(f"{MOVIE}/timestamps", slice(300, None), 0.7)),
    ("nwb_planes.imaging_rate_is_measured", put(f"{PLANE}/imaging_rate", (), 30.0)),
    ("clocks.timestamps_are_session_seconds", add(f"{MOVIE}/timestamps", ..., UNIX)),
    ("clocks.clock_is_of_the_session", scale("events/licks/timestamp", 1000.0)),
    ("clocks.clock_is_of_the_session", put("processing/behavior/wheel/starting_time", (), 3600.0)),
    ("clocks.timestamps_increase", copy(f"{MOVIE}/timestamps", 50, 52)),
    ("clocks.clocks_are_in_one_unit", count_minutes),
    ("devices.series_of_a_device_are_as_long", attribute(f"{LFP}/starting_time", "rate", 400.0)),
    ("devices.series_of_a_device_are_as_long", shorten_movie),
    ("interval_tables.intervals_are_of_the_session", times(TRIALS, lambda seconds: 1000 * seconds)),
    ("interval_tables.intervals_are_of_the_session", times(TONES, lambda seconds: UNIX + seconds)),
    ("interval_tables.intervals_are_of_the_session", times(TONES, lambda seconds: 600 + seconds)),
    ("interval_tables.intervals_have_times", put(f"{TRIALS}/stop_time", 3, np.nan)),
    ("interval_tables.intervals_have_times", put(f"{TONES}/start_time", 3, np.nan)),
    ("interval_tables.intervals_stop_after_they_start", put(f"{TONES}/stop_time", 3, 15.0)),
    ("interval_tables.intervals_stop_after_they_start", exchange_bounds(TRIALS)),
    ("interval_tables.intervals_are_listed_once", row_again(TONES, 2)),
    ("interval_tables.trials_do_not_overlap", put(f"{TRIALS}/stop_time", 3, 23.0)),
    ("spikes.spikes_are_of_the_session", scale(SPIKE_TIMES, 1000.0)),
    ("spikes.spikes_are_of_the_session", scale(SPIKE_TIMES, 30_000.0)),
    ("spikes.spikes_are_of_the_session", add(SPIKE_TIMES, ..., UNIX)),
    ("spikes.spikes_are_of_their_recording", add(SPIKE_TIMES, -1, 30.0)),
    ("spikes.spike_times_are_possible", put(SPIKE_TIMES, 0, -3.0)),
    ("spikes.spike_times_are_possible", put(SPIKE_TIMES, -1, np.inf)),
    ("spikes.spike_times_are_numbers", put(SPIKE_TIMES, 3, np.nan)),
    ("unit_pairs.unit_is_not_another_one", copy(SPIKE_TIMES, slice(SPIKES, 2 * SPIKES), slice(0, SPIKES))),
    ("masks.mask_has_the_size_of_the_movie", remade(MASKS, widen_masks)),
    ("masks.mask_is_not_another_rois", copy(MASKS, 1, 0)),
    ("masks.mask_has_pixels", put(MASKS, 1, 0.0)),
    ("sweeps.stimulus_is_during_its_response", put("stimulus/presentation/stimulus_1/starting_time", (), 35.0)),
    ("sweeps.stimulus_is_as_long_as_its_response", remade("acquisition/response_1/data", lambda volts: volts[:-5])),
    ("series.as_wide_as_its_regions", remade(f"{LFP}/data", lambda volts: volts[:, :3])),
    ("series.as_long_as_its_timestamps", remade(f"{DFF}/data", lambda traces: traces[:-1])),
    ("series.times_are_in_seconds", attribute(f"{MOVIE}/timestamps", "unit", "milliseconds")),
    ("series.regions_exist", put(f"{DFF}/rois", 2, 7)),
    ("series.regions_exist", put("stimulus/presentation/shown/data", 7, 3)),
    ("series_rois.roi_has_one_column", put(f"{DFF}/rois", 2, 1)),
    ("clocks.timestamps_are_numbers", put(f"{MOVIE}/timestamps", 40, np.nan)),
    ("optics.wavelength_in_nanometers", put(f"{PLANE}/excitation_lambda", (), 9200.0)),
    (
        "optics.emission_fits_excitation",
        together(put(f"{PLANE}/excitation_lambda", (), 510.0), put(f"{PLANE}/green/emission_lambda", (), 920.0)),
    ),
    ("spikes.spike_times_are_sorted", swap(SPIKE_TIMES, 3, 4)),
    ("spikes.unit_has_electrode", put("units/electrodes", 0, 9)),
    (
        "session.age_is_possible",
        together(put("general/subject/age", (), "P9000D"), without("general/subject/date_of_birth")),
    ),
    ("nwb_files.file_is_with_its_subject", put("general/subject/subject_id", (), "m2")),
    ("session.species_is_known", put("general/subject/species", (), "Musculus mus")),
    ("session.species_is_known", put("general/subject/species", (), "Rattus muscularis")),
    ("session.age_follows_from_birth", put("general/subject/age", (), "P30D")),
    ("session.born_before_the_session", put("general/subject/date_of_birth", (), "2025-12-02T12:00:00+00:00")),
    ("signals.quantity_is_possible", scale(f"{WHEEL}/data", 1000.0)),
    ("signals.converter_is_within_its_limits", together(remade(f"{WHEEL}/data", as_counts), GAIN)),
    ("movies.dimension_is_that_of_the_frames", put(f"{MOVIE}/dimension", ..., [32, 24])),
    ("movies.field_is_pixels_times_spacing", scale(f"{MOVIE}/field_of_view", 1e3)),
    ("optics.origin_is_near_the_brain", scale(f"{PLANE}/origin_coords", 1e3)),
    ("texts.text_is_not_a_placeholder", put("general/institution", (), "nan")),
    ("texts.text_is_not_a_placeholder", put("session_description", (), "None")),
    ("texts.keyword_is_listed_once", texts("general/keywords", "tones", "licks", "Tones ")),
    ("texts.keyword_is_listed_once", texts("general/keywords", "tones", "")),
    ("texts.publication_has_a_whole_doi", texts("general/related_publications", "doi:10.7554")),
    ("texts.publication_has_a_whole_doi", texts("general/related_publications", "https://doi.org/eLife.51675")),
    ("texts.file_is_made_after_the_session_began", texts("file_create_date", "2023-03-01T12:00:00+00:00")),
    ("texts.file_is_made_after_the_session_began", texts("file_create_date", "2123-03-01T12:00:00+00:00")),
    *LAB_TABLES,
]
