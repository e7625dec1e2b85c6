"""Chunk locations of a trace, for pages that read the NWB file."""

from math import prod
from typing import Any

import h5py
import numpy as np

from nwbgate.browser.serving.packing import Array, pack
from nwbgate.browser.tracks.samples import Samples, StoredSamples
from nwbgate.storage.chunks.chunk_locations import stored_chunks
from nwbgate.storage.values import number_attribute

#: Types of numbers that the page can read.
_KINDS = frozenset({"<f8", "<f4", "<i2", "<i4", "<u2", "|u1"})


def chunk_table(samples: Samples, address: str) -> bytes | None:
    """Return the chunk table of a trace, packed; None if pages cannot read it.

    It can where a series of one column has a rate, chunks that are all there, and no filter but shuffle and deflate.

    Parameters
    ----------
    samples : Samples
        The trace.
    address : str
        Address of the NWB file, relative to the page.
    """
    if not isinstance(samples, StoredSamples) or samples.clock is None:
        return None
    data = samples.data
    filters = _filters(data)
    if filters is None or data.dtype.str not in _KINDS or not data.chunks or prod(data.shape[1:]) != 1:
        return None
    stored = sorted(stored_chunks(data), key=lambda chunk: chunk.corner)
    if len(stored) != -(-len(data) // data.chunks[0]):
        return None
    about = {
        "address": address, "length": data.chunks[0], "samples": len(data), "kind": data.dtype.str, "filters": filters,
        "factor": number_attribute(data, "conversion", 1.0), "offset": number_attribute(data, "offset", 0.0),
    }  # fmt: skip
    arrays: dict[str, Array] = {
        "starts": np.array([chunk.start for chunk in stored], np.float64),
        "sizes": np.array([chunk.size for chunk in stored], np.int32),
        "masks": np.array([chunk.filter_mask for chunk in stored], np.int32),
    }
    return pack(about, arrays)


def _filters(data: h5py.Dataset) -> list[Any] | None:
    """Return the filters in writing order, or None if a page cannot undo them."""
    found: list[Any] = []
    plist = data.id.get_create_plist()
    for number in range(plist.get_nfilters()):
        code, _, values, _ = plist.get_filter(number)
        if code == h5py.h5z.FILTER_DEFLATE:
            found.append("deflate")
        elif code == h5py.h5z.FILTER_SHUFFLE and values:
            found.append(int(values[0]))
        else:
            return None
    return found
