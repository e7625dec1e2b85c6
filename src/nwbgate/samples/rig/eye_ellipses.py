"""Ellipses fitted to eye, pupil and corneal reflection, as pandas keeps tables in HDF5."""

from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from nwbgate.samples.rig.session import SampleSession
from nwbgate.samples.rig.sync_recording import camera_pulses
from nwbgate.storage.safe_files.disk import new_hdf5

COLUMNS = ("center_x", "center_y", "height", "phi", "width")
#: Center, and semi-axes along height and width, in pixels.
SHAPES = {"cr": (327.0, 281.0, 9.0, 8.5), "eye": (310.0, 270.0, 110.0, 130.0), "pupil": (318.0, 262.0, 33.0, 35.0)}


def ellipses(session: SampleSession) -> dict[str, npt.NDArray[np.float64]]:
    """Return the ellipses of each camera frame, shape (frames, 5)."""
    rng, frames = session.random(4), len(camera_pulses(session))
    blink = np.zeros(frames, dtype=bool)
    for first in rng.integers(10, frames - 20, 5):
        blink[first : first + 4] = True
    found = {}
    for name, (x, y, height, width) in SHAPES.items():
        values = np.column_stack(
            [
                x + np.cumsum(rng.normal(0, 0.05, frames)), y + np.cumsum(rng.normal(0, 0.05, frames)),
                height + rng.normal(0, 0.3, frames), rng.normal(0.1, 0.02, frames), width + rng.normal(0, 0.3, frames),
            ]
        )  # fmt: skip
        values[blink] = np.nan
        found[name] = values
    return found


def write_ellipses(path: Path, session: SampleSession) -> None:
    """Write a session's ellipses in pandas' layout "fixed"."""
    with new_hdf5(path) as file:
        _describe(file, CLASS="GROUP", PYTABLES_FORMAT_VERSION="2.1", TITLE="", VERSION="1.0")
        for name, values in ellipses(session).items():
            rows = np.concatenate([values, values[-3:]]) if session.passive else values
            group = file.create_group(name)
            _describe(group, CLASS="GROUP", TITLE="", VERSION="1.0", pandas_type="frame", pandas_version="0.15.2",
                      encoding="UTF-8", errors="strict", axis0_variety="regular", axis1_variety="regular",
                      block0_items_variety="regular")  # fmt: skip
            group.attrs["ndim"], group.attrs["nblocks"] = np.int64(2), np.int64(1)
            names = np.array([column.encode() for column in COLUMNS])
            for key, data, kind in (
                ("axis0", names, "string"), ("axis1", np.arange(len(rows)), "integer"),
                ("block0_items", names, "string"), ("block0_values", rows, ""),
            ):  # fmt: skip
                dataset = group.create_dataset(key, data=data)
                dataset.attrs["transposed"] = np.uint8(1)
                _describe(dataset, CLASS="ARRAY", TITLE="", VERSION="2.4", **({"kind": kind} if kind else {}))


def _describe(item: h5py.Group | h5py.Dataset, **attributes: str) -> None:
    for name, value in attributes.items():
        item.attrs[name] = np.bytes_(value)
