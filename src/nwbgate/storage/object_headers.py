"""Object headers as bytes: proof that data lie inside the file.

HDF5 opens a dataset in the time in which it lists thirty links, and a walk of a file wants three messages of its
header. They are read here as the HDF5 File Format Specification (version 3.0, IV.A) has them, in the form that HDF5
writes unless told otherwise (version 1). Whatever is of another form is left to HDF5.
"""

import os
from math import prod
from struct import Struct, error

import h5py

from nwbgate.storage.chunks.raw_bytes import Read
from nwbgate.storage.values import MOST

#: Kinds of messages: dataspace, datatype, external files, layout, continuation, symbol table of a group.
_SPACE, _TYPE, _EXTERNAL, _LAYOUT, _CONTINUED, _GROUP = 1, 3, 7, 8, 16, 17
_WANTED = frozenset({_SPACE, _TYPE, _EXTERNAL, _LAYOUT, _GROUP})
#: Flag of a message that is stored elsewhere.
_SHARED = 2
#: Versions of a layout that name its class in the second byte, and the classes compact, contiguous and chunked.
_LAYOUT_VERSIONS, _INSIDE = (3, 4), (0, 1, 2)
#: First byte of the lengths, by version of a dataspace.
_LENGTHS = {1: 8, 2: 4}
#: Most blocks of a header and bytes of a block, more than HDF5 writes; bytes that hold most first blocks.
_MOST_BLOCKS, _LONGEST, _USUAL = 16, 2**16, 1024

_PREFIX, _MESSAGE, _PLACE = Struct("<BxxxxxxxI"), Struct("<HHB3x"), Struct("<QQ")


def bytes_of(file: h5py.File) -> Read | None:
    """Return a reader of the bytes of a plain local file."""
    creation = file.id.get_create_plist()
    if not hasattr(os, "pread") or file.driver != "sec2" or creation.get_userblock() or creation.get_sizes() != (8, 8):
        return None
    descriptor = file.id.get_vfd_handle()
    return lambda start, size: os.pread(descriptor, size, start)


def is_plain(read: Read, address: int) -> bool:
    """Return whether an object is a group or a dataset inside the file.

    Parameters
    ----------
    read : callable
        Returns bytes of the file from a start and a number of them.
    address : int
        Where the header of the object begins.

    Returns
    -------
    bool
        False also for a dataset above a gigabyte, and where the header is of another form or damaged.
    """
    try:
        found = _messages(read, address)
        return found.keys() == {_GROUP} or _is_plain_dataset(found)
    except (error, IndexError, KeyError, OverflowError):
        return False


def _is_plain_dataset(found: dict[int, bytes]) -> bool:
    space, kind, layout = found[_SPACE], found[_TYPE], found[_LAYOUT]
    if len(found) > 3 or layout[0] not in _LAYOUT_VERSIONS or layout[1] not in _INSIDE:
        return False
    shape: tuple[int, ...] = Struct(f"<{space[1]}Q").unpack_from(space, _LENGTHS[space[0]])
    return int.from_bytes(kind[4:8], "little") * prod(shape) <= MOST


def _messages(read: Read, address: int) -> dict[int, bytes]:
    """Return the wanted messages of a header by kind."""
    first = read(address, _USUAL)
    version, size = _PREFIX.unpack_from(first)
    blocks = [first[16 : 16 + size] if size <= _USUAL - 16 else _block(read, address + 16, size)]
    found: dict[int, bytes] = {}
    for block in blocks:
        start = 0
        while start < len(block):
            kind, length, flags = _MESSAGE.unpack_from(block, start)
            start += 8
            if kind == _CONTINUED and len(blocks) < _MOST_BLOCKS:
                blocks.append(_block(read, *_PLACE.unpack_from(block, start)))
            elif kind in _WANTED:
                if kind in found or flags & _SHARED:
                    return {}
                found[kind] = block[start : start + length]
            start += length
    return found if version == 1 and len(blocks) < _MOST_BLOCKS else {}


def _block(read: Read, start: int, size: int) -> bytes:
    """Return a block of messages."""
    if size > _LONGEST:
        raise OverflowError(size)
    return read(start, size)
