"""Filters of HDF5 undone outside HDF5: deflate, shuffle and fletcher32."""

from collections.abc import Callable
from typing import Any

import h5py
import numpy as np

from nwbgate.storage.deflate import inflated, unshuffled

Octets = np.ndarray[Any, np.dtype[np.uint8]]

#: One filter undone: from packed bytes, and the most that they may become, to the bytes before the filter.
Undo = Callable[[Octets, int], Octets]

#: Bytes that fletcher32 puts behind a chunk.
CHECKSUM = 4
#: Words of 16 bits that can be summed up with their weights in 64 bits: their sum stays below 2 ** 63.
_WORDS = 2**23


def undoing(dataset: h5py.Dataset) -> list[Undo] | None:
    """Return for each filter of a dataset, in the order of writing, how it is undone; None where one is not known.

    Every one raises ValueError for bytes that are damaged.
    """
    filters = dataset.id.get_create_plist()
    undo: list[Undo] = []
    for number in range(filters.get_nfilters()):
        code, _, values, _ = filters.get_filter(number)
        if code == h5py.h5z.FILTER_DEFLATE:
            undo.append(_inflated)
        elif code == h5py.h5z.FILTER_FLETCHER32:
            undo.append(_without_checksum)
        elif code == h5py.h5z.FILTER_SHUFFLE and values:
            undo.append(Unshuffle(int(values[0])))
        else:
            return None
    return undo


def _inflated(packed: Octets, most: int) -> Octets:
    return inflated(packed.data, most)


def _without_checksum(packed: Octets, most: int) -> Octets:
    content, checksum = packed[:-CHECKSUM], packed[-CHECKSUM:]
    if len(checksum) < CHECKSUM or int.from_bytes(checksum.tobytes(), "little") != fletcher32(content):
        raise ValueError("its checksum (fletcher32) is not that of its bytes")
    return content


class Unshuffle:
    """Puts shuffled bytes back in their order.

    Parameters
    ----------
    itemsize : int
        Bytes of one number. What is left over behind whole numbers was not shuffled.
    """

    def __init__(self, itemsize: int) -> None:
        self.itemsize = itemsize

    def __call__(self, packed: Octets, most: int) -> Octets:
        """Return the bytes in their order."""
        whole = len(packed) // self.itemsize * self.itemsize
        if self.itemsize == 1 or whole == 0:
            return packed
        items = unshuffled(packed[:whole], self.itemsize).reshape(-1)
        return items if whole == len(packed) else np.concatenate([items, packed[whole:]])


def fletcher32(content: Octets) -> int:
    """Return the checksum that HDF5 puts behind a chunk (`H5_checksum_fletcher32`).

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
