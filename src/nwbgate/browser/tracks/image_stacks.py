"""Images of any NWB file: frames of series, and pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import h5py
import numpy as np

from nwbgate.browser.tracks.samples import SampleClock, clock_of
from nwbgate.errors import NwbgateError
from nwbgate.reading.format.time_series import is_series, times_of
from nwbgate.storage.chunks.chunk_reader import read
from nwbgate.storage.hdf5 import dataset_at, groups, neurodata_type
from nwbgate.storage.values import stored_content, text

Array = np.ndarray[Any, np.dtype[Any]]

#: Pixels of a frame up to which it is shown, and pixels of a side up to which all of them are sent.
_MOST_PIXELS, _MOST_SENT = 5 * 10**7, 1024
#: Types whose frames are stored as columns by rows, as the schema of NWB has them.
_COLUMNS_FIRST = frozenset({"TwoPhotonSeries", "OnePhotonSeries"})
_TEMPLATES = "/stimulus/templates/"


@dataclass(frozen=True)
class ImageStack:
    """Frames of one series, or pictures of one container.

    Attributes
    ----------
    name : str
        Place in the file.
    frames : int
        Number of frames; 0 where they are in another file.
    frame : callable
        Returns a frame by its number: shape (rows, columns), or (rows, columns, 3 or 4) in colour.
    clock : SampleClock or None
        Start and sampling period of a series with a rate.
    times : callable
        Returns the times of the frames in seconds; None where they have none.
    names : tuple of str
        Names of the pictures; empty for a series.
    external : tuple of str
        Files that hold the frames, as the series names them.
    """

    name: str
    frames: int
    frame: Callable[[int], Array]
    clock: SampleClock | None = None
    times: Callable[[], Array] | None = None
    names: tuple[str, ...] = ()
    external: tuple[str, ...] = ()

    def about(self) -> dict[str, Any]:
        """Return its description as JSON can hold it."""
        return {
            "name": self.name, "frames": self.frames, "names": list(self.names), "external": list(self.external),
            "timed": self.times is not None,
        }  # fmt: skip


def image_stacks(file: h5py.File, notes: list[str]) -> list[ImageStack]:
    """Return all images of a file.

    Parameters
    ----------
    file : h5py.File
        The file.
    notes : list of str
        Gets a line for each object that cannot be shown.
    """
    found: list[ImageStack] = []
    for group in groups(file):
        try:
            if "external_file" in group:
                found.append(_external(group))
            elif neurodata_type(group) == "Images":
                found += _pictures(group, notes)
            elif is_series(group):
                found += _frames(group, notes)
        except NwbgateError as error:
            notes.append(f"{group.name}: {error.what}" + (f", {error.got}" if error.got else ""))
    return found


def is_of_images(series: h5py.Group) -> bool:
    """Return whether each sample of a series is an image."""
    data = dataset_at(series, "data")
    return data is not None and data.dtype.kind in "biuf" and data.ndim in (3, 4) and data.size > 0


def _external(series: h5py.Group) -> ImageStack:
    """Return a series whose frames are in other files, which stay closed."""
    files = dataset_at(series, "external_file")
    names = () if files is None else tuple(text(name) for name in np.ravel(stored_content(files)))
    return ImageStack(_place(series), 0, _no_frame, external=names)


def _no_frame(number: int) -> Array:
    raise IndexError(f"frame {number}")


def _frames(series: h5py.Group, notes: list[str]) -> list[ImageStack]:
    data = dataset_at(series, "data")
    if data is None or not is_of_images(series):
        return []
    if data[:1].size > _MOST_PIXELS:
        notes.append(f"{series.name}: frames of shape {data.shape[1:]} are too large to be shown")
        return []
    columns_first = neurodata_type(series) in _COLUMNS_FIRST
    timed = not series.name.startswith(_TEMPLATES)
    return [
        ImageStack(
            _place(series), len(data), partial(_frame, data, columns_first),
            clock_of(series) if timed else None, partial(times_of, series) if timed else None,
        )
    ]  # fmt: skip


def _frame(data: h5py.Dataset, columns_first: bool, number: int) -> Array:
    """Return a frame; of a volume, the largest value over its depth."""
    if not 0 <= number < len(data):
        raise IndexError(f"frame {number}")
    image = np.asarray(data[number])
    if image.ndim == 3 and image.shape[2] not in (3, 4):
        image = image.max(axis=2)
    return _every_nth_pixel(image.swapaxes(0, 1) if columns_first else image)


def _pictures(container: h5py.Group, notes: list[str]) -> list[ImageStack]:
    """Return the pictures of a container, each of a size of its own."""
    images: dict[str, h5py.Dataset] = {}
    for name in container:
        image = dataset_at(container, name)
        if image is None or image.dtype.kind not in "biuf" or image.ndim not in (2, 3) or not image.size:
            continue
        if image.size > _MOST_PIXELS:
            notes.append(f"{image.name}: shape {image.shape} is too large to be shown")
        else:
            images[name] = image
    stored = list(images.values())
    return (
        [ImageStack(_place(container), len(images), partial(_picture, stored), names=tuple(images))] if images else []
    )


def _picture(images: list[h5py.Dataset], number: int) -> Array:
    return _every_nth_pixel(np.asarray(read(images[number])))


def _every_nth_pixel(image: Array) -> Array:
    """Return few enough pixels of an image for a screen."""
    step = -(-max(image.shape[:2]) // _MOST_SENT)
    return image[::step, ::step]


def _place(group: h5py.Group) -> str:
    return str(group.name).strip("/")
