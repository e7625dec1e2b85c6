"""Faults of a converted cell-attached recording: voltage, spikes, electrodes, the imaged cell."""

from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import h5py
import numpy as np

from nwbgate.corpus.file_edits import Fault, add, attribute, copy, put, remade, scale, swap, together

FILTERED = "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted"
BOTH = (FILTERED, "acquisition/ElectricalSeries")
DFF = "processing/ophys/DfOverF/RoiResponseSeries"


def other_speed(file: h5py.File) -> None:
    """The indicator is the fast one for a slow line, and the reverse."""
    indicator = file["general/optophysiology/ImagingPlane/indicator"]
    indicator[()] = "GCaMP6f" if indicator.asstr()[()] == "GCaMP6s" else "GCaMP6s"


def unit_of_another_group(file: h5py.File) -> None:
    """The unit names a group of electrodes that its electrode is not in."""
    groups = file["general/extracellular_ephys"]
    file.copy(groups["cell_attached_pipette"], groups, "probe")
    groups["probe"].attrs["object_id"] = str(uuid5(NAMESPACE_DNS, "probe"))
    file["units/electrode_group"][0] = groups["probe"].ref


def lose_spikes(file: h5py.File) -> None:
    """The first spike, the last and one in between are lost."""
    times = file["units/spike_times"][()]
    remade("units/spike_times", lambda values: np.delete(values, [0, len(values) // 2, -1]))(file)
    file["units/spike_times_index"][...] = [len(times) - 3]
    file["units/spike_times_index"].attrs["target"] = file["units/spike_times"].ref


def repeat_buffer(volts: Any) -> Any:
    """A buffer without spikes is written a second time."""
    return np.concatenate([volts[:2000], volts[1500:1800], volts[2300:]])


def bridge_gap(trace: Any) -> Any:
    """40 frames are lost, and a straight line leads over them."""
    filled = trace.copy()
    filled[60:100] = np.linspace(trace[59], trace[100], 40)
    return filled


RECORDING: list[Fault] = [
    ("voltages.peaks_are_spikes", lose_spikes),
    ("voltages.spikes_are_not_shifted", add("units/spike_times", ..., 0.00075)),
    ("voltages.voltage_repeats_nothing", together(*(remade(f"{each}/data", repeat_buffer) for each in BOTH))),
    ("trace_columns.trace_is_not_interpolated", remade(f"{DFF}/data", bridge_gap)),
    ("voltages.threshold_is_below_the_spikes", scale("units/spike_detection_threshold", 1000.0)),
    ("spike_responses.dff_follows_spikes", remade(f"{DFF}/data", lambda trace: trace[::-1])),
    ("spike_responses.dff_follows_spikes", remade(f"{DFF}/data", lambda trace: -trace)),
    ("spike_responses.dff_is_a_ratio", scale(f"{DFF}/data", 100.0)),
    ("spikes.spike_times_are_numbers", put("units/spike_times", 3, np.nan)),
    ("spikes.spike_times_are_sorted", swap("units/spike_times", 0, 1)),
    ("spikes.spikes_of_a_pipette_are_distinct", copy("units/spike_times", 3, 2)),
    ("spikes.observation_intervals_in_order", put("units/obs_intervals", 0, [5.0, 0.0])),
    ("spikes.spikes_inside_observation", put("units/spike_times", -1, 99.0)),
    ("spikes.observation_inside_recording", put("units/obs_intervals", 0, [0.0, 60.0])),
    ("spikes.unit_has_electrode", put("units/electrodes", 0, 3)),
    ("spikes.unit_in_group_of_its_electrodes", unit_of_another_group),
    ("series.filtered_voltage_follows_raw", put(f"{FILTERED}/starting_time", (), 0.001)),
    ("voltages.filtered_voltage_is_the_raw_one", remade(f"{FILTERED}/data", lambda volts: -volts)),
    ("voltages.filtered_voltage_is_the_raw_one", remade(f"{FILTERED}/data", lambda volts: 2 * volts)),
    ("voltages.filtered_voltage_is_the_raw_one", remade(f"{FILTERED}/data", lambda volts: np.roll(volts, 40))),
    ("voltages.filtered_voltage_is_the_raw_one", remade(f"{FILTERED}/data", lambda volts: volts[::-1])),
    ("voltages.voltage_is_in_volts", together(*(remade(f"{each}/data", lambda volts: 1e3 * volts) for each in BOTH))),
    ("voltages.spikes_are_at_peaks", add("units/spike_times", ..., 0.005)),
    ("clocks.voltage_is_as_long_as_imaging", remade(f"{DFF}/data", lambda trace: trace[:100])),
    ("session.age_is_possible", put("general/subject/age", (), "P147D/P63D")),
    ("series.values_are_in_their_unit", attribute("acquisition/ElectricalSeries/data", "conversion", 1e-3)),
    ("series.unit_is_as_described", attribute("acquisition/ElectricalSeries/data", "unit", "mV")),
    ("planes.indicator_is_of_genotype", put("general/optophysiology/ImagingPlane/indicator", (), "GCaMP8s")),
    ("planes.indicator_is_of_genotype", other_speed),
    ("planes.plane_is_where_the_pipette_is", put("general/optophysiology/ImagingPlane/location", (), "VISl")),
    ("trace_columns.trace_has_no_nan", put("processing/ophys/DfOverF/RoiResponseSeries/data", 5, np.nan)),
    ("trace_columns.trace_varies", put("processing/ophys/DfOverF/RoiResponseSeries/data", ..., 0.0)),
]
