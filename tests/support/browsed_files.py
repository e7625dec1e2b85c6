"""Small NWB files for the browser, written with h5py: a recording, and one of everything else that a file may have."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from support.places import TESTS

#: A session of the public release, small.
SESSION = TESTS / "data" / "visual_behavior_release" / "behavior_ophys_experiment_1900011010.nwb"
RATE, SECONDS = 10_000.0, 30.0
#: What a file may say to whoever shows it as HTML.
HOSTILE = "</script><img src=x onerror=\"document.title='caught'\"><!--"


def series(
    parent: h5py.Group, path: str, data: Any, *, rate: float = 0, times: Any = None, unit: str = "volts"
) -> None:
    """Write a time series with a rate or with timestamps, in the chunks that nwbgate writes."""
    group = parent.create_group(path)
    group.attrs["neurodata_type"] = "TimeSeries"
    packed = {"chunks": True, "shuffle": True, "compression": "gzip"} if np.size(data) > 1000 else {}
    group.create_dataset("data", data=data, **packed).attrs["unit"] = unit
    if times is not None:
        group["timestamps"] = np.asarray(times, np.float64)
    else:
        group["starting_time"] = 0.5
        group["starting_time"].attrs["rate"] = rate


def table(parent: h5py.Group, path: str, **columns: Any) -> None:
    """Write a DynamicTable."""
    group = parent.create_group(path)
    group.attrs["neurodata_type"] = "DynamicTable"
    group.attrs["colnames"] = [name for name in columns if not name.endswith("_index")]
    for name, values in columns.items():
        group[name] = values
    group["id"] = np.arange(min(map(len, columns.values())))


def _begun(path: Path, session: str) -> h5py.File:
    file = h5py.File(path, "w")
    file.attrs["neurodata_type"] = "NWBFile"
    file.attrs["nwb_version"] = "2.9.0"
    file["identifier"], file["session_description"] = session, "made for a test"
    file["session_start_time"] = "2020-01-01T00:00:00+00:00"
    file["general/session_id"] = session
    return file


def write_recording(path: Path, *, seconds: float = SECONDS, session: str = "made") -> Path:
    """Write a recording: voltage, voltage without baseline, spikes and dF/F; one spike of a single sample."""
    random = np.random.default_rng(1)
    count = int(seconds * RATE)
    flat = random.normal(0, 1e-4, count)
    spikes = np.sort(random.choice(count - 2, 40, replace=False) + 1)
    flat[spikes] += 5e-3
    frames = int(seconds * 30)
    with _begun(path, session) as file:
        series(file, "acquisition/ElectricalSeries", flat + np.linspace(0, 2e-3, count), rate=RATE)
        series(file, "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted", flat, rate=RATE)
        dff = random.normal(0, 0.05, (frames, 1))
        series(file, "processing/ophys/DfOverF/RoiResponseSeries", dff, times=0.5 + np.arange(frames) / 30, unit="n.a.")
        times = 0.5 + spikes / RATE
        table(file, "units", spike_times_index=[len(times)], spike_times=times, spike_detection_threshold=[2e-3])
    return path


def write_any(path: Path, session: str = "any") -> Path:
    """Write a file with series of every kind, intervals, events, units, texts as data, and a hostile name."""
    random = np.random.default_rng(2)
    times = np.concatenate([np.arange(0, 40, 0.02), np.arange(60, 100, 0.02)]) + random.uniform(0, 0.004, 4000)
    values = np.sin(times)
    values[500:620] = np.nan
    with _begun(path, session) as file:
        series(file, "acquisition/uneven", values, times=times, unit="cm/s")
        series(file, "acquisition/disordered", values, times=times[::-1], unit="cm/s")
        series(file, "acquisition/pair", random.normal(size=(2000, 2)), rate=100.0)
        series(file, "processing/ophys/many", random.normal(size=(3000, 40)), rate=30.0, unit="n.a.")
        series(file, "acquisition/words", np.array([b"one", b"two"]), times=[1.0, 2.0])
        series(file, "acquisition/images", np.zeros((5, 4, 4)), rate=1.0)
        table(file, "intervals/epochs", start_time=[1.0, 20.0], stop_time=[10.0, 30.0], label=["rest", HOSTILE])
        table(file, "events/pokes", timestamp=[2.5, 3.5, 99.0])
        table(file, "units", spike_times_index=[3, 5], spike_times=[1.0, 2.0, 3.0, 1.5, 2.5])
    return path


def write_images(path: Path, session: str = "images") -> Path:
    """Write a file with image series of every kind, pictures, and a video that lies elsewhere."""
    random = np.random.default_rng(5)
    with _begun(path, session) as file:
        series(file, "acquisition/TwoPhotonSeries", random.integers(0, 4096, (20, 12, 8), np.uint16), rate=10.0)
        file["acquisition/TwoPhotonSeries"].attrs["neurodata_type"] = "TwoPhotonSeries"
        series(file, "acquisition/camera", random.integers(0, 256, (3, 5, 6), np.uint8), times=[1.0, 2.5, 2.75])
        series(file, "acquisition/volume", random.normal(size=(4, 3, 4, 5)), rate=2.0)
        series(file, "acquisition/trace", random.normal(size=200), rate=50.0)
        series(file, "stimulus/templates/templates", random.integers(0, 256, (2, 4, 4), np.uint8), rate=1.0)
        video = file.create_group("acquisition/video")
        video.attrs["neurodata_type"] = "ImageSeries"
        video["external_file"], video["timestamps"], video["data"] = [b"../eye.mp4"], [0.5, 0.6], np.zeros((0, 0, 0))
        pictures = file.create_group("stimulus/templates/scenes")
        pictures.attrs["neurodata_type"] = "Images"
        pictures["gray"] = random.integers(0, 256, (5, 4), np.uint8)
        pictures["colour"] = np.linspace(0, 1, 6 * 9 * 3).reshape(6, 9, 3)
    return path


def write_array(path: Path, session: str = "array") -> Path:
    """Write a recording of four electrodes, a rate and units, whose spike times lack a usable index."""
    with _begun(path, session) as file:
        data = np.random.default_rng(3).normal(size=(500, 4))
        series(file, "acquisition/ElectricalSeries", data, rate=100.0)
        table(file, "units", spike_times=[1.0, 2.0, 3.0], spike_detection_threshold=[2e-3])
        file["units"]["spike_times_index"] = np.array([b"one", b"two"])
    return path
