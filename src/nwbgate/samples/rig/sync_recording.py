"""A session's sync file: one row per change of any line."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nwbgate.samples.rig.session import SampleSession
from nwbgate.storage.safe_files.disk import new_hdf5

FloatArray = npt.NDArray[np.float64]

#: Ticks of the counter per second.
TICKS = 100_000
#: Frames per second of the eye and behavior cameras; of the microscopes with one plane and with groups of planes.
CAMERA_RATE, SINGLE_RATE, GROUP_RATE = 30.0, 31.0, 11.0
#: Seconds that the cameras and the microscope run before the first stimulus frame and after the last one.
MARGIN = 4.0
#: Names of the lines by bit, as rigs with one plane called them, and newer ones.
_OLD = {0: "2p_vsync", 2: "stim_vsync", 4: "stim_photodiode", 5: "acq_trigger", 8: "cam1_exposure",
        9: "cam2_exposure", 31: "lick_sensor"}  # fmt: skip
_NEW = {7: "vsync_2p", 1: "vsync_stim", 3: "photodiode", 6: "2p_acquiring", 10: "beh_frame_received",
        11: "eye_frame_received", 30: "lick_times"}  # fmt: skip
#: What each line signals, in the order of the names above.
_SIGNALS = ("imaging", "stimulus", "photodiode", "acquisition", "behavior", "eye", "lick")


def stimulus_times(session: SampleSession) -> FloatArray:
    """Return stimulus frame times in sync seconds, surplus edges included."""
    times = session.before + session.frame_times
    extra = times[-1] + (1 + np.arange(session.extra_edges)) / 60
    return _counter_times(np.concatenate([times, extra]))


def imaging_pulses(session: SampleSession) -> FloatArray:
    """Return two-photon frame times in seconds, surplus pulses included."""
    rate = GROUP_RATE * session.groups if session.groups else SINGLE_RATE
    count = int((session.frame_times[-1] + 2 * MARGIN) * rate) // max(session.groups, 1) * max(session.groups, 1)
    return _counter_times(session.before - MARGIN + np.arange(count + session.extra_frames) / rate)


def imaging_frames(session: SampleSession, group: int | None) -> FloatArray:
    """Return the times of the frames of a plane, in seconds."""
    pulses = imaging_pulses(session)
    pulses = pulses[: len(pulses) - session.extra_frames]
    return pulses if group is None else pulses[group :: session.groups]


def camera_pulses(session: SampleSession) -> FloatArray:
    """Return when each frame of the eye camera was taken, in seconds."""
    count = int((session.frame_times[-1] + 2 * MARGIN) * CAMERA_RATE)
    return _counter_times(session.before - MARGIN + 0.003 + np.arange(count) / CAMERA_RATE)


def write_sync(path: Path, session: SampleSession) -> None:
    """Write the sync file of a session."""
    lines = _NEW if session.groups else _OLD
    edges = _edges(session)
    rows = sorted((tick, bit) for bit, signal in zip(lines, _SIGNALS, strict=True) for tick in edges[signal])
    ticks, flips = np.array(rows, dtype=np.int64).T
    states = np.bitwise_xor.accumulate(np.left_shift(np.uint32(1), flips.astype(np.uint32)))
    last = np.append(ticks[1:] != ticks[:-1], True)  # lines that change at one tick share a row
    data = np.column_stack([ticks[last], states[last]]).astype(np.uint32)
    data = np.concatenate([np.zeros((1, 2), np.uint32), data])
    rate = {"sample_freq": float(TICKS)} if session.groups else {"counter_output_freq": float(TICKS)}
    meta = {
        "ni_daq": {"device": "Dev1", **rate, "counter_bits": 32, "event_bits": 32},
        "start_time": session.start.replace("T", " "),
        "line_labels": [lines.get(bit, "") for bit in range(32)],
        "sampling_type": "frequency",
        "total_samples": int(ticks[-1]),
        "version": "2.1.2+sample",
    }
    with new_hdf5(path) as file:
        file.create_dataset("data", data=data, compression="gzip")
        file["meta"] = np.bytes_(repr(meta))


def _edges(session: SampleSession) -> dict[str, list[int]]:
    """Return the ticks at which each line changes."""
    stimulus = stimulus_times(session)
    start, end = session.before - MARGIN, stimulus[-1] + MARGIN
    licks = [] if session.passive else [stimulus[frame] + 0.002 for frame in session.task.licks]
    return {
        "imaging": _pulses(imaging_pulses(session), 0.004),
        # Frames are falling edges: the line rises before.
        "stimulus": _pulses(stimulus - 0.006, 0.006),
        # A passive session of the sample has a dead photodiode.
        "photodiode": [] if session.passive else _ticks(stimulus[: session.frames : 60] + session.delay),
        "acquisition": _ticks(np.array([start - 0.1, end])),
        "behavior": _pulses(camera_pulses(session) + 0.001, 0.010),
        "eye": _pulses(camera_pulses(session), 0.010),
        "lick": _pulses(np.array(licks), 0.004),
    }


def _pulses(rising: FloatArray, width: float) -> list[int]:
    return sorted([*_ticks(rising), *_ticks(rising + width)])


def _ticks(times: FloatArray) -> list[int]:
    ticks: list[int] = np.round(times * TICKS).astype(np.int64).tolist()
    return ticks


def _counter_times(times: FloatArray) -> FloatArray:
    """Return times as the counter can tell them."""
    return np.round(times * TICKS) / TICKS
