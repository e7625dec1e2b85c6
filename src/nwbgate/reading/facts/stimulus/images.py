"""Facts about stimulus templates and the series of images shown."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.algorithms.similarity import correlation
from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import LayoutName, session_tables
from nwbgate.reading.format.session_table import image_names, places
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import attribute, refuse_large, vector, whole_numbers

#: The image as the monitor got it, bent for its distance from the eye, and as it was drawn.
_WARPED, _UNWARPED = "warped", "unwarped"
#: Rows in the middle of an image in which its versions are compared: bending hardly moves pixels there.
_BAND = 64
#: Series that say which image was shown when, and the links of such a series to its images.
_SHOWN, _TARGETS = "/stimulus/presentation", ("indexed_images", "indexed_timeseries")

Image = np.ndarray[Any, np.dtype[Any]]


def template_frame(file: h5py.File, layout: LayoutName) -> pd.DataFrame:
    """Return the summary ``template_images`` of `session_tables.yaml`; movies are left out.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    layout : {"standard", "released"}
        Layout whose templates are meant.
    """
    rows: list[dict[str, Any]] = []
    for home in session_tables().tables["stimulus_templates"].homes.get(layout, ()):
        for path, _ in places(file, home, {}):
            if "movie" not in path.rsplit("/", 1)[-1] and group_at(file, path) is not None:
                rows += _of_templates(file, path)
    return records_frame(rows, session_tables().summaries["template_images"].columns)


def _of_templates(file: h5py.File, path: str) -> list[dict[str, Any]]:
    """Return one row per image and version below a path."""
    rows: list[dict[str, Any]] = []
    bands: dict[tuple[str, str], Image] = {}
    for version in (_WARPED, _UNWARPED):
        for name, image in _images(file, path, version):
            known = image[np.isfinite(image)] if image.dtype.kind == "f" else image
            extent = {"lowest": float(known.min()), "highest": float(known.max())} if known.size else {}
            digest = blake2b(image.tobytes(), digest_size=16).hexdigest()
            rows.append({"path": path, "image_name": name, "version": version, "digest": digest, **extent})
            bands[version, name] = _middle(image)
    return [row | (_likeness(bands, row["image_name"]) if row["version"] == _UNWARPED else {}) for row in rows]


def _images(file: h5py.File, path: str, version: str) -> Iterator[tuple[str, Image]]:
    """Yield each image of a version by name, from a stack or a container."""
    group = group_at(file, path)
    stack = dataset_at(group, "data" if version == _WARPED else _UNWARPED) if group is not None else None
    if group is not None and stack is not None and stack.ndim == 3 and stack.dtype.kind in "iufb":
        refuse_large(stack, 1)
        for number, name in enumerate(image_names(group)[: len(stack)]):
            yield name, stack[number]
        return
    container = group if version == _WARPED else group_at(file, f"{path}_{_UNWARPED}")
    for name in container or ():
        data = dataset_at(container, name) if container is not None else None
        if data is not None and data.ndim == 2 and data.dtype.kind in "iufb":
            refuse_large(data)
            yield name, data[()]


def _middle(image: Image) -> Image:
    """Return the middle third of the columns of some rows in the middle."""
    top, left = max((image.shape[0] - _BAND) // 2, 0), image.shape[1] // 3
    return image[top : top + _BAND, left : image.shape[1] - left]


def _likeness(bands: dict[tuple[str, str], Image], name: str) -> dict[str, Any]:
    """Return the likeness of an unwarped image to warped ones."""
    drawn = bands[_UNWARPED, name]
    alike = {
        other: correlation(np.nan_to_num(drawn).ravel(), np.nan_to_num(band).ravel())
        for (version, other), band in bands.items()
        if version == _WARPED and band.shape == drawn.shape
    }
    others = {other: value for other, value in alike.items() if other != name and np.isfinite(value)}
    best = max(others, key=others.__getitem__, default=None)
    return {"own": alike.get(name, np.nan), "best": others.get(best or "", np.nan), "best_image_name": best}


def shown_frame(file: h5py.File) -> pd.DataFrame:
    """Return the summary ``shown_images`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    """
    rows: list[dict[str, Any]] = []
    for name in group_at(file, _SHOWN) or ():
        series = group_at(file, f"{_SHOWN}/{name}")
        if series is not None and attribute(series, "neurodata_type") == "IndexSeries":
            rows += _of_series(series, f"{_SHOWN}/{name}")
    return records_frame(rows, session_tables().summaries["shown_images"].columns)


def _of_series(series: h5py.Group, path: str) -> list[dict[str, Any]]:
    """Return one row per image that a series shows."""
    data, times = dataset_at(series, "data"), dataset_at(series, "timestamps")
    target = next(filter(None, (group_at(series, link) for link in _TARGETS)), None)
    if data is None or times is None or target is None or data.shape != times.shape:
        return []
    names = image_names(target)
    return [
        {
            "path": path,
            "row": row,
            "start_time": float(time),
            "image_index": int(index),
            "image_name": names[index] if 0 <= index < len(names) else None,
        }
        for row, (index, time) in enumerate(zip(whole_numbers(data), vector(times), strict=True))
    ]
