"""Faults of sampling: frames repeated, filled in, rounded or reversed."""

from typing import Any

import numpy as np

from nwbgate.corpus.file_edits import Edit, Fault, add, remade, together
from nwbgate.corpus.session_edits import DFF, FILTERED, OPHYS, RAW, B, spacing

#: Series of traces of a plane, and the times of its frames.
TRACES = ("DfOverF", "CorrectedFluorescence", "DemixedFluorescence", "NeuropilFluorescence", "DetectedEvents")
OF_PLANE = [f"{OPHYS}/{kind}/VISp_150/data" for kind in TRACES]
EVENTS = OF_PLANE[-1]
#: Times of the frames of both planes, which are of different groups.
GROUPS = (f"{DFF}/timestamps", f"{OPHYS}/DfOverF/VISl_75/timestamps")
STIMULUS = f"{B}/stimulus_timestamps/timestamps"
WHEEL = [RAW, FILTERED, f"{B}/running_wheel_rotation/data", "acquisition/v_sig/data", "acquisition/v_in/data"]
TRACKED = [f"{B}/EyeTracking/pupil_tracking/data", f"{B}/PupilTracking/pupil_phi/data"]


def repeat_block(values: Any) -> Any:
    """A block of 500 samples is written a second time, over the next one."""
    return np.concatenate([values[:1500], values[1000:1500], values[2000:]])


def bridge_gap(values: Any) -> Any:
    """60 frames are lost, and a straight line leads over them."""
    filled = values.copy()
    filled[1000:1060] = np.linspace(values[999], values[1060], 60)
    return filled


def every_second(values: Any) -> Any:
    """Every second frame is the mean of its neighbors."""
    filled = values.copy()
    filled[1:-1:2] = (values[:-2:2] + values[2::2])[: len(filled[1:-1:2])] / 2
    return filled


def filter_events(events: Any) -> Any:
    """Events are filtered as AllenSDK filters them when reading."""
    kernel = np.exp(-0.5 * (np.arange(20) / 4.0) ** 2)
    return np.apply_along_axis(lambda trace: np.convolve(trace, kernel / kernel.sum())[: len(trace)], 0, events)


def add_jitter(times: Any) -> Any:
    """Another clock of the same length: its frames come a little early or late."""
    return times + np.random.default_rng(0).uniform(-0.004, 0.004, len(times))


def of_all(paths: list[str], edit: Any) -> Edit:
    return together(*(remade(path, edit) for path in paths))


#: Faults of sampling, where every object is what the schema asks for.
SAMPLING: list[Fault] = [
    ("trace_columns.trace_repeats_nothing", of_all(OF_PLANE, repeat_block)),
    ("trace_columns.trace_repeats_nothing", remade(OF_PLANE[0], repeat_block)),
    ("trace_columns.trace_is_not_interpolated", of_all(OF_PLANE[:4], bridge_gap)),
    ("trace_columns.trace_is_not_interpolated", remade(OF_PLANE[0], every_second)),
    ("trace_columns.trace_keeps_its_digits", remade(OF_PLANE[0], lambda dff: np.round(dff, 2))),
    ("trace_columns.trace_keeps_its_digits", remade(OF_PLANE[0], lambda dff: dff.astype(np.float16).astype(dff.dtype))),
    ("trace_columns.trace_keeps_its_digits", remade(OF_PLANE[1], np.round)),
    ("event_partners.traces_run_forward", of_all(OF_PLANE, lambda values: values[::-1])),
    ("event_partners.events_are_single", remade(EVENTS, filter_events)),
    ("filtered_speed.running_repeats_nothing", of_all(WHEEL, repeat_block)),
    ("filtered_speed.filtered_goes_backward_too", remade(FILTERED, np.abs)),
    ("eye_ellipses.ellipse_repeats_nothing", of_all(TRACKED, repeat_block)),
    ("clocks.imaging_is_whole", together(*(add(times, ..., 60.0) for times in GROUPS))),
    ("clocks.imaging_is_on_the_clock_of_the_session", together(*(add(times, ..., -2.1) for times in GROUPS))),
    ("stimulus_timestamps.stimulus_clock_is_of_the_session", remade(STIMULUS, add_jitter)),
    ("optics.pixel_is_as_described", spacing(0.39, "micrometers")),
]
