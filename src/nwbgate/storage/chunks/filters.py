"""Inverse of HDF5's filters deflate, shuffle and fletcher32, without HDF5."""

from collections.abc import Callable
from typing import Any

import h5py
import numpy as np

from nwbgate.storage.chunks.deflate import inflate, unshuffle_bytes

Octets = np.ndarray[Any, np.dtype[np.uint8]]

#: One filter undone: from packed bytes, and the most that they may become, to the bytes before the filter.
Undo = Callable[[Octets, int], Octets]

#: Bytes that fletcher32 puts behind a chunk.
CHECKSUM = 4
#: Words of 16 bits that can be summed up with their weights in 64 bits: their sum stays below 2 ** 63.
_WORDS = 2**23


def undoing(dataset: h5py.Dataset) -> list[Undo] | None:
    """Return the inverses of a dataset's filters in writing order, or None.

    Every one raises ValueError for bytes that are damaged.
    """
    filters = dataset.id.get_create_plist()
    undo: list[Undo] = []
    for number in range(filters.get_nfilters()):
        code, _, values, _ = filters.get_filter(number)
        if code == h5py.h5z.FILTER_DEFLATE:
            undo.append(_inflate_chunk)
        elif code == h5py.h5z.FILTER_FLETCHER32:
            undo.append(_without_checksum)
        elif code == h5py.h5z.FILTER_SHUFFLE and values:
            undo.append(Unshuffle(int(values[0])))
        else:
            return None
    return undo


def _inflate_chunk(packed: Octets, most: int) -> Octets:
    return inflate(packed.data, most)


def _without_checksum(packed: Octets, most: int) -> Octets:
    content, checksum = packed[:-CHECKSUM], packed[-CHECKSUM:]
    if len(checksum) < CHECKSUM or int.from_bytes(checksum.tobytes(), "little") != fletcher32(content):
        raise ValueError("the fletcher32 checksum does not match")
    return content


class Unshuffle:
    """Puts shuffled bytes back in order.

    Parameters
    ----------
    itemsize : int
        Bytes of one number. What is left over behind whole numbers was not shuffled.
    """

    def __init__(self, itemsize: int) -> None:
        self.itemsize = itemsize

    def __call__(self, packed: Octets, most: int) -> Octets:
        """Return the bytes in order."""
        whole = len(packed) // self.itemsize * self.itemsize
        if self.itemsize == 1 or whole == 0:
            return packed
        items = unshuffle_bytes(packed[:whole], self.itemsize).reshape(-1)
        return items if whole == len(packed) else np.concatenate([items, packed[whole:]])


def fletcher32(content: Octets) -> int:
    """Return HDF5's checksum of a chunk (`H5_checksum_fletcher32`).

    Two sums modulo 65535 of words of 16 bits, the second one of the first one's partial sums; the high byte of a word
    comes first, and an odd byte at the end is a high byte. HDF5 folds carries, so that a sum is 65535 rather than 0
    unless every byte is 0.
    """
    words = np.zeros((len(content) + 1) // 2, np.dtype(">u2"))
    words.view(np.uint8)[: len(content)] = content
    plain, weighted = 0, 0
    for start in range(0, len(words), _WORDS):
        part = words[start : start + _WORDS].astype(np.uint64)
        weights = np.arange(len(part), 0, -1, dtype=np.uint64)
        weighted += plain * len(part) + int((part * weights).sum())
        plain += int(part.sum())
    first, second = (total % 65535 or (65535 if total else 0) for total in (plain, weighted))
    return second << 16 | first
