"""Images made of a movie, such as its mean: size and range."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at

#: Most bytes of an image that is read, and most images of a container.
_MOST, _IMAGES = 64 * 2**20, 50


def summary_image_frame(containers: Iterable[h5py.Group]) -> pd.DataFrame:
    """Return the summary ``summary_images`` of `session_tables.yaml`.

    Parameters
    ----------
    containers : iterable of h5py.Group
        Containers of images in processing modules.
    """
    rows = [row for container in containers for row in _rows(container)]
    return records_frame(rows, session_tables().summaries["summary_images"].columns)


def _rows(container: h5py.Group) -> Iterator[dict[str, Any]]:
    for name in list(container)[:_IMAGES]:
        data = dataset_at(container, name)
        if data is None or data.ndim not in (2, 3) or data.dtype.kind not in "biuf":
            continue
        if not 1 < data.size * data.dtype.itemsize <= _MOST:
            continue
        yield {
            "path": data.name,
            "container": container.name,
            "module": "/".join(container.name.split("/")[:3]),
            "one_side": min(data.shape[:2]),
            "other_side": max(data.shape[:2]),
            **_values(data[()]),
        }


def _values(image: Any) -> dict[str, Any]:
    known = image[np.isfinite(image)] if image.dtype.kind == "f" else image
    return {
        "lowest": float(known.min()) if known.size else np.nan,
        "highest": float(known.max()) if known.size else np.nan,
        "digest": blake2b(np.ascontiguousarray(image).tobytes(), digest_size=16).hexdigest(),
    }
