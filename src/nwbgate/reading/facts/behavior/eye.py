"""Facts about ellipses: areas, blinks, angles, and the pupil's place."""

from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.repetition import repeated_stretch
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import places
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at

#: Frames that are held at once.
_BLOCK = 2**18
#: Relative difference within which two areas are equal: rounding of single precision.
_SAME_AREA = 1e-5
#: Ellipses and the parts of their names in the table ``eye_tracking``.
_ELLIPSES = ("eye", "pupil", "cr")
_PARTS = ("center_x", "center_y", "area", "area_raw", "width", "height", "phi")

Column = np.ndarray[Any, np.dtype[np.float64]]
Frames = dict[str, Column]


def eye_frame(file: h5py.File, layout: LayoutName) -> pd.DataFrame | None:
    """Return the summary ``eye_ellipses`` of `session_tables.yaml`; None for a file without eye tracking.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    layout : {"standard", "released"}
        Layout whose homes are meant.
    """
    data = _datasets(file, layout)
    if "timestamps" not in data or "likely_blink" not in data:
        return None
    length = min(len(each[0]) for each in data.values())
    counted: dict[str, dict[str, Any]] = {ellipse: {} for ellipse in _ELLIPSES}
    for start in range(0, length, _BLOCK):
        frames = {name: _column(*place, start, min(start + _BLOCK, length)) for name, place in data.items()}
        for ellipse, sums in counted.items():
            _add(sums, _of_ellipse(frames, ellipse))
    rows = [{"ellipse": ellipse, **sums} for ellipse, sums in counted.items() if sums]
    return records_frame(rows, session_tables().summaries["eye_ellipses"].columns)


def _datasets(file: h5py.File, layout: LayoutName) -> dict[str, tuple[h5py.Dataset, int | None]]:
    """Return each column's dataset and column number in ``eye_tracking``."""
    for home in session_tables().tables["eye_tracking"].homes.get(layout, ()):
        for path, _ in places(file, home, {}):
            found = {}
            for name, source in home.values.items():
                place, _, column = source.partition(":")
                dataset = dataset_at(file, f"{path.rstrip('/')}/{place}")
                if dataset is not None and dataset.shape and dataset.dtype.kind in "iufb":
                    found[name] = (dataset, int(column) if column else None)
            if found:
                return found
    return {}


def _column(dataset: h5py.Dataset, column: int | None, start: int, stop: int) -> Column:
    values = read(dataset, start, stop)
    return (values if column is None else values[:, column]).astype(np.float64)


def _add(sums: dict[str, Any], more: dict[str, Any]) -> None:
    """Add the numbers of a block of frames, keeping the first frame named."""
    for name, value in more.items():
        if name.startswith("n_") or name == "n":
            sums[name] = sums.get(name, 0) + value
        elif name == "digest":
            sums[name] = sums.get(name, "") + value
        elif name.startswith(("largest", "longest")):
            sums[name] = np.fmax(sums.get(name, np.nan), value)
        else:
            sums[name] = value if pd.isna(sums.get(name, np.nan)) else sums[name]


def _of_ellipse(frames: Frames, ellipse: str) -> dict[str, Any]:
    """Return one ellipse's numbers over some frames, if it is complete."""
    if any(f"{ellipse}_{part}" not in frames for part in _PARTS):
        return {}
    area, raw, width, height, phi = (frames[f"{ellipse}_{part}"] for part in _PARTS[2:])
    blink, gone = frames["likely_blink"] > 0, np.isnan(area)
    expected = np.pi * (np.maximum(width, height) ** 2 if ellipse == "pupil" else width * height)
    unlike, unlike_raw = _differ(area, expected), _differ(area, raw)
    return {
        "n": len(area),
        "n_blinks": int(blink.sum()),
        "n_without_area": int(gone.sum()),
        "n_open_without_area": int((gone & ~blink).sum()),
        "n_blinks_with_area": int((~gone & blink).sum()),
        "blink_at": _first(frames["timestamps"], gone != blink),
        "n_area_unlike_axes": int(unlike.sum()),
        "area_at": _first(frames["timestamps"], unlike),
        "area": _first(area, unlike),
        "area_of_axes": _first(expected, unlike),
        "n_area_unlike_raw": int(unlike_raw.sum()),
        "raw_at": _first(frames["timestamps"], unlike_raw),
        "n_angles_beyond": int((np.abs(phi) > 2 * np.pi).sum()),
        "largest_angle": float(np.nanmax(np.abs(phi), initial=0.0)),
        "largest_axis": _largest(width, height),
        "largest_center": _largest(frames[f"{ellipse}_center_x"], frames[f"{ellipse}_center_y"]),
        "longest_still": _longest_still(frames[f"{ellipse}_center_x"], frames[f"{ellipse}_center_y"]),
        "longest_turned": _longest_still(phi, phi),
        "digest": blake2b(np.stack([area, width, height]).tobytes(), digest_size=16).hexdigest(),
        "n_repeated": _n_repeated(frames, ellipse),
        "n_center_of_another": _on_another(frames, ellipse),
        **(_in_eye(frames) if ellipse == "pupil" else {}),
    }


def _largest(one: Column, other: Column) -> float:
    """Return the largest known number in two columns, or NaN."""
    return float(np.fmax.reduce(np.abs(np.concatenate([one, other])), initial=np.nan))


def _longest_still(x: Column, y: Column) -> int:
    """Return the longest run of frames with an unmoving known place."""
    moved = ~((np.diff(x) == 0) & (np.diff(y) == 0))
    ends = np.flatnonzero(np.append(moved, True))
    return int(np.diff(ends, prepend=-1).max()) if len(x) else 0


def _n_repeated(frames: Frames, ellipse: str) -> int:
    """Return the number of frames that repeat an earlier stretch."""
    places = [frames[f"{ellipse}_{part}"] for part in ("center_x", "center_y", "phi")]
    return repeated_stretch(np.nan_to_num(np.stack(places))).n


def _on_another(frames: Frames, ellipse: str) -> int:
    """Return the number of frames with exactly the center of an earlier ellipse."""
    before = _ELLIPSES[: _ELLIPSES.index(ellipse)]
    same = np.zeros(len(frames["timestamps"]), dtype=bool)
    for other in before:
        if f"{other}_center_x" in frames and f"{other}_center_y" in frames:
            both = [frames[f"{ellipse}_center_{axis}"] == frames[f"{other}_center_{axis}"] for axis in "xy"]
            same |= both[0] & both[1]
    return int(same.sum())


def _differ(one: Column, other: Column) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return where two areas, neither of them missing, differ."""
    with np.errstate(invalid="ignore"):
        unlike: np.ndarray[Any, np.dtype[np.bool_]] = np.abs(one - other) > _SAME_AREA * np.abs(other)
    return unlike


def _first(values: Column, where: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    return float(values[where.argmax()]) if where.any() else np.nan


def _in_eye(frames: Frames) -> dict[str, Any]:
    """Return the number of frames with the pupil outside the eye."""
    if any(f"eye_{part}" not in frames for part in _PARTS):
        return {}
    away = np.hypot(*(frames[f"pupil_center_{axis}"] - frames[f"eye_center_{axis}"] for axis in "xy"))
    radius = np.maximum(frames["eye_width"], frames["eye_height"])
    judged = ~np.isnan(away) & ~np.isnan(radius)
    outside = judged & (away > radius)
    return {
        "n_placed": int(judged.sum()),
        "n_outside_eye": int(outside.sum()),
        "outside_at": _first(frames["timestamps"], outside),
    }
