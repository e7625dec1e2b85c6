"""A made-up Visual Behavior session of real size, in files as the public release has them.

The bundled small release gives the structure; everything that has a length is replaced by data of real length: 75
minutes (60 of task, 15 of gray screens and movie), 150 cells per plane with dense masks of 512 x 512 pixels, eight
images of 1200 x 1920 pixels. Traces are calcium transients with shot noise in full float64, images have the spectrum of
natural ones, so that sizes after compression are honest. As in the release, only the events are compressed.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.samples.visual_behavior import make_release

Floats = npt.NDArray[np.float64]
_EYE, _OPHYS, _CELLS = "acquisition/EyeTracking", "processing/ophys", "processing/ophys/image_segmentation"
_STRUCTURES = ("VISp", "VISl")
#: Lengths of gray screen and movie around the task, in seconds, and the step of flashes, movie frames and trials.
GRAY, AFTER, FLASH, FRAME, TRIAL = 300.0, 600.0, 0.75, 1 / 30, 5.25


@dataclass(frozen=True)
class Size:
    """How large a session is: planes, imaging rate (Hz), length (minutes), cells, pixels of the field of view."""

    planes: int
    rate: float
    minutes: float = 75.0
    cells: int = 150
    pixels: int = 512
    template: tuple[int, int] = (1200, 1920)

    @property
    def seconds(self) -> float:
        """Length of the session."""
        return self.minutes * 60


#: One plane at 31 Hz and eight planes at 11 Hz, of real and of small size.
SIZES = {"one plane": Size(planes=1, rate=31.0), "eight planes": Size(planes=8, rate=11.0)}
SMALL = {
    name: Size(size.planes, size.rate, minutes=18.0, cells=20, pixels=128, template=(120, 192))
    for name, size in SIZES.items()
}


def make_session(folder: Path, size: Size) -> list[Path]:
    """Write the files of one session, one for each plane, and return their paths."""
    template = next(path for path in make_release(folder / "template") if "1900011010" in path.name)
    paths = []
    for plane in range(size.planes):
        paths.append(folder / f"behavior_ophys_experiment_{2900000000 + plane}.nwb")
        shutil.copyfile(template, paths[-1])
        with h5py.File(paths[-1], "r+") as file:
            _identify(file, plane, 2900000000 + plane, size)
            _add_behavior(file, size, np.random.default_rng(0))
            _add_images(file, size, np.random.default_rng(1))
            _add_plane(file, plane, size, np.random.default_rng(2 + plane))
    return paths


def _put(file: h5py.File, name: str, data: Any, **options: Any) -> None:
    """Replace a dataset; its attributes stay."""
    kept = {key: value for key, value in file[name].attrs.items() if key != "target"}
    del file[name]
    file.create_dataset(name, data=data, **options).attrs.update(kept)


def _identify(file: h5py.File, plane: int, number: int, size: Size) -> None:
    about = file["general/metadata"].attrs
    depth = 75 * (1 + plane // len(_STRUCTURES))
    groups = size.planes // 2 or 1
    for key, value in (
        ("ophys_experiment_id", number),
        ("ophys_container_id", 2800000000 + plane),
        ("imaging_depth", depth),
        ("targeted_imaging_depth", depth),
        ("imaging_plane_group", plane % groups if groups > 1 else -1),
        ("imaging_plane_group_count", groups if groups > 1 else 0),
        ("field_of_view_width", size.pixels),
        ("field_of_view_height", size.pixels),
    ):
        about.modify(key, np.int64(value))
    _put(file, "identifier", str(number))
    _put(file, "general/optophysiology/imaging_plane_1/location", _STRUCTURES[plane % len(_STRUCTURES)])
    _put(file, "general/optophysiology/imaging_plane_1/imaging_rate", size.rate)


def _add_behavior(file: h5py.File, size: Size, rng: np.random.Generator) -> None:
    """Stretch running, eye tracking, licks, trials and presentations to the length of the session."""
    frames = _clock(size.seconds, 60.0, rng)
    for name in ("processing/stimulus/timestamps/data", "processing/stimulus/timestamps/timestamps"):
        _put(file, name, frames)
    running = ("processing/running/speed", "processing/running/speed_unfiltered", "processing/running/dx",
               "acquisition/v_sig", "acquisition/v_in")  # fmt: skip
    for name in running:
        _put(file, f"{name}/data", 20 + rng.normal(size=len(frames)).cumsum() * 0.01 + rng.normal(size=len(frames)))
        _put(file, f"{name}/timestamps", frames)
    eye = _clock(size.seconds, 30.0, rng)
    _put(file, f"{_EYE}/eye_tracking/timestamps", eye)
    for ellipse in ("eye_tracking", "pupil_tracking", "corneal_reflection_tracking"):
        _put(file, f"{_EYE}/{ellipse}/data", 300 + rng.normal(size=(len(eye), 2)))
        for measure in ("area", "area_raw", "width", "height", "angle"):
            values = 100 + rng.normal(size=len(eye))
            values[rng.random(len(eye)) < (0 if measure == "area_raw" else 0.03)] = np.nan
            _put(file, f"{_EYE}/{ellipse}/{measure}", values)
    _put(file, f"{_EYE}/likely_blink/data", rng.random(len(eye)) < 0.03)
    task = size.seconds - GRAY - AFTER
    licks = np.sort(rng.choice(frames[(frames > GRAY) & (frames < GRAY + task)], int(task / 2), replace=False))
    _put(file, "processing/licking/licks/timestamps", licks)
    _put(file, "processing/licking/licks/data", np.searchsorted(frames, licks))
    _add_intervals(file, size, task)


def _clock(seconds: float, rate: float, rng: np.random.Generator) -> Floats:
    """Return timestamps with the jitter of a real clock."""
    times = np.arange(int(seconds * rate), dtype=np.float64) / rate
    return times + 8.0 + rng.uniform(0, 1e-4, len(times))


def _add_intervals(file: h5py.File, size: Size, task: float) -> None:
    tables = {name.partition("_presentations")[0]: f"intervals/{name}" for name in file["intervals"]}
    movie, flashes = tables.pop("natural_movie_one"), next(tables[name] for name in tables if "Images" in name)
    _lengthen(file, flashes, GRAY + np.arange(int(task / FLASH)) * FLASH, 0.25)
    _lengthen(file, movie, size.seconds - AFTER / 2 + np.arange(int(AFTER / 2 / FRAME)) * FRAME, FRAME)
    _lengthen(file, tables["spontaneous"], np.array([0.0, size.seconds - AFTER]), AFTER / 2)
    _lengthen(file, "intervals/trials", GRAY + np.arange(int(task / TRIAL)) * TRIAL, TRIAL - 0.5)
    shown = next(iter(file["stimulus/presentation"].values())).name
    onsets = file[f"{flashes}/start_time"][()]
    for name, values in (("timestamps", onsets), ("data", np.arange(len(onsets), dtype=np.uint64) % 8)):
        _put(file, f"{shown}/{name}", values)


def _lengthen(file: h5py.File, table: str, starts: Floats, length: float) -> None:
    """Repeat the rows of intervals; times of a row keep their distance from its start."""
    old, rows = file[f"{table}/start_time"][()], np.arange(len(starts)) % len(file[f"{table}/id"])
    shift = starts - old[rows]
    for name in [name for name in file[table] if not name.endswith("_index") or f"{name[:-6]}" not in file[table]]:
        path, values = f"{table}/{name}", file[f"{table}/{name}"][()]
        if f"{name}_index" in file[table]:
            _lengthen_ragged(file, path, rows, shift if name == "lick_times" else None)
            continue
        moved = values[rows] + shift if name.endswith("_time") else values[rows]
        moved = np.arange(len(rows)) if name == "id" else moved
        _put(file, path, starts + length if name == "stop_time" else moved, dtype=file[path].dtype)


def _lengthen_ragged(file: h5py.File, path: str, rows: npt.NDArray[Any], shift: Floats | None) -> None:
    flat, ends, dtype = file[path][()], file[f"{path}_index"][()].astype(int), file[path].dtype
    parts = [flat[ends[row - 1] if row else 0 : ends[row]] for row in rows]
    moved = parts if shift is None else [part + by for part, by in zip(parts, shift, strict=True)]
    _put(file, path, np.concatenate(moved), dtype=dtype)
    _put(file, f"{path}_index", np.cumsum([len(part) for part in parts]).astype(np.uint32))
    file[f"{path}_index"].attrs["target"] = file[path].ref


def _add_images(file: h5py.File, size: Size, rng: np.random.Generator) -> None:
    """Put images with the spectrum of natural ones, amplitude over frequency, with the noise of a camera."""
    home = next(iter(file["stimulus/templates"].values())).name
    height, width = size.template
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    frequency[0, 0] = np.inf
    images = np.empty((8, height, width), np.uint8)
    for image in images:
        noise = np.fft.irfft2(np.fft.rfft2(rng.normal(size=size.template)) / frequency, size.template)
        image[...] = np.clip(120 + 45 * noise / noise.std() + rng.normal(size=noise.shape), 0, 255)
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    shown = np.abs(down) ** 3 + np.abs(across) ** 3 < 1.35  # 11 % of a released image is no part of the monitor's
    _put(file, f"{home}/data", images)
    _put(file, f"{home}/unwarped", np.where(shown, images.astype(np.float64), np.nan))


def _add_plane(file: h5py.File, plane: int, size: Size, rng: np.random.Generator) -> None:
    times = _clock(size.seconds, size.rate, np.random.default_rng(0)) + plane % (size.planes // 2 or 1) / 44
    _add_cells(file, size, rng)
    for name, values in _traces(size, len(times), rng).items():
        _put(file, f"{_OPHYS}/{name}/data", values, compression="gzip" if name == "event_detection" else None)
        _put(file, f"{_OPHYS}/{name}/timestamps", times)
    for axis in "xy":
        _put(file, f"{_OPHYS}/ophys_motion_correction_{axis}/data", rng.poisson(3, len(times)).astype(np.int64) - 3)
        _put(file, f"{_OPHYS}/ophys_motion_correction_{axis}/timestamps", times)


def _add_cells(file: h5py.File, size: Size, rng: np.random.Generator) -> None:
    table, count = f"{_CELLS}/cell_specimen_table", size.cells
    y, x = np.mgrid[0 : size.pixels, 0 : size.pixels]
    masks = np.zeros((count, size.pixels, size.pixels), bool)
    centers, radii = rng.uniform(12, size.pixels - 12, (count, 2)), rng.uniform(5, 11, (count, 2))
    for mask, (row, column), (down, across) in zip(masks, centers, radii, strict=True):
        ragged = rng.uniform(0.85, 1.15, mask.shape)  # outlines of segmented cells are not smooth
        mask[...] = ((x - column) / across) ** 2 + ((y - row) / down) ** 2 < ragged
    for name in [name for name, item in file[table].items() if isinstance(item, h5py.Dataset)]:
        values = file[f"{table}/{name}"][()]
        repeated = values[np.arange(count) % len(values)] if name != "image_mask" else masks
        _put(file, f"{table}/{name}", np.arange(count) + 1 if name == "id" else repeated)
    for name in ("dff/traces/rois", "event_detection/rois"):
        _put(file, f"{_OPHYS}/{name}", np.arange(count))
    for name in ("corrected_fluorescence/r/data", "corrected_fluorescence/RMSE/data", "event_detection/lambdas",
                 "event_detection/noise_stds"):  # fmt: skip
        _put(file, f"{_OPHYS}/{name}", rng.random(count))
    for name in ("r", "RMSE"):
        _put(file, f"{_OPHYS}/corrected_fluorescence/{name}/timestamps", np.arange(count, dtype=np.float64))
    for name in ("max_projection", "average_image"):
        image = rng.gamma(2, 20, (size.pixels, size.pixels)).clip(0, 255).astype(np.uint8)
        _put(file, f"{_OPHYS}/images/{name}", image)
    _put(file, f"{_OPHYS}/images/segmentation_mask_image", masks.any(axis=0).astype(np.int64))


def _traces(size: Size, frames: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Return the four traces and the events: shot noise on transients that decay with 0.5 s, frames x cells."""
    events = np.where(rng.random((frames, size.cells)) < 0.1 / size.rate, rng.gamma(2, 0.2, (frames, size.cells)), 0)
    decay, calcium = np.exp(-1 / (0.5 * size.rate)), np.empty_like(events)
    level = np.zeros(size.cells)
    for frame, event in enumerate(events):
        level = decay * level + event
        calcium[frame] = level
    baseline = rng.uniform(200, 2000, size.cells)
    drift = 1 + 0.05 * np.sin(np.arange(frames) / frames * 6)[:, None]
    neuropil = baseline * 0.6 * drift + rng.normal(0, 8, events.shape)
    demixed = baseline * (drift + calcium) + 0.7 * neuropil + rng.normal(0, 1, events.shape) * np.sqrt(baseline) * 2
    corrected = demixed - 0.7 * neuropil
    return {
        "dff/traces": corrected / (baseline * drift) - 1,
        "corrected_fluorescence/traces": corrected,
        "demixed_trace/traces": demixed,
        "neuropil_trace/traces": neuropil,
        "event_detection": events,
    }
