"""Integrity check that reads every stored byte and locates unreadable chunks.

Schema validation and inspection look at metadata and at samples of the data: a chunk with flipped bits passes them
all, until somebody reads it. Here every chunk is read and inflated, which checks the Adler-32 checksum that each
gzip-compressed chunk carries. What is stored without a checksum can only be read; whether it is right is not known.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any

import h5py

from nwbgate.errors import NwbgateError
from nwbgate.findings.validator_codes import file_finding, unread
from nwbgate.processes.cores import cores
from nwbgate.rules.rule import Finding
from nwbgate.storage.chunks.chunk_locations import Stored, stored_chunks
from nwbgate.storage.chunks.deflate import inflated_blocks
from nwbgate.storage.chunks.raw_bytes import raw_bytes
from nwbgate.storage.hdf5 import open_hdf5
from nwbgate.storage.safe_files.folder_contents import is_store
from nwbgate.validators.store_findings import store_integrity_findings

#: Bytes of contiguous data read at once.
BLOCK = 4 << 20

#: Elements read at once where HDF5 itself must read.
ELEMENTS = 65_536

#: Parts handed to the threads at once: enough to keep them busy, few enough to be held as a list.
BATCH = 1_024

#: Damaged parts named in one message.
NAMED = 5

#: Filters decoded here, without HDF5 and its lock; every other filter is left to HDF5.
DECODED = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE}

#: What h5py raises for data that HDF5 cannot read.
_UNREADABLE = (OSError, RuntimeError, ValueError, KeyError)

#: A part of a dataset (a chunk by its first element, a range of rows or of bytes) and why it cannot be read.
Fault = tuple[str, str]


@dataclass(frozen=True)
class _RawBytes:
    """The bytes of the file, read by threads without HDF5."""

    read: Callable[[int, int], bytes]
    pool: ThreadPoolExecutor

    def faults(self, reason: Callable[[Any], str], parts: Iterable[Any]) -> Iterator[tuple[Any, str]]:
        """Yield the unreadable parts with their reasons."""

        def fault_of(part: Any) -> str:
            try:
                return reason(part)
            except OSError as error:
                return str(error)

        remaining = iter(parts)
        while batch := list(islice(remaining, BATCH)):
            yield from (pair for pair in zip(batch, self.pool.map(fault_of, batch), strict=True) if pair[1])


def integrity_findings(path: Path, *, threads: int | None = None) -> list[Finding]:
    """Return a finding for each dataset with an unreadable part.

    Links are not followed: what they lead to in this file is read where it lies, and another file is checked when it
    is given itself.

    Parameters
    ----------
    path : pathlib.Path
        An HDF5 file or a Zarr store.
    threads : int, optional
        Threads that inflate, one per core by default; each holds one block, stored and inflated.

    Returns
    -------
    list of Finding
        ``file.chunk`` per damaged dataset, ``file.unwritten`` per dataset of which parts were never written, and
        ``file.unreadable`` when the file does not open or a branch of its tree cannot be walked.
    """
    if is_store(path):
        return store_integrity_findings(path, threads=threads)
    findings: list[Finding] = []
    try:
        file = open_hdf5(path, walked=False)
    except NwbgateError as error:
        return [unread(error, path)]
    with file, raw_bytes(path) as read, ThreadPoolExecutor(threads or cores()) as pool:
        source = _RawBytes(read, pool)
        for name, item in _objects(file, set()):
            if isinstance(item, h5py.Dataset):
                findings += _dataset_findings(name, item, source, path)
            elif isinstance(item, str):
                findings.append(file_finding("file.unreadable", path, item, location=name))
    return findings


def _objects(group: h5py.Group, seen: set[int]) -> Iterator[tuple[str, h5py.Dataset | h5py.Group | str]]:
    """Yield each object below a group once, or the reason it cannot be opened."""
    for key in group:
        name = f"{(group.name or '').rstrip('/')}/{key}"
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            continue
        try:
            item = group[key]
            address = h5py.h5o.get_info(item.id).addr
            below = list(item) if isinstance(item, h5py.Group) else []
        except _UNREADABLE as error:
            yield name, "HDF5 cannot open the object: " + str(error).strip("'")
            continue
        if address in seen:
            continue
        seen.add(address)
        yield name, item
        if below:
            yield from _objects(item, seen)


def _dataset_findings(name: str, dataset: h5py.Dataset, source: _RawBytes, path: Path) -> list[Finding]:
    if not dataset.size:
        return []
    try:
        faults, unwritten = list(_faults(dataset, source)), _unwritten(dataset)
    except _UNREADABLE as error:
        return [file_finding("file.chunk", path, f"its storage cannot be listed: {error}", location=name)]
    findings = []
    if faults:
        findings.append(file_finding("file.chunk", path, _message(faults), location=name))
    if unwritten:
        findings.append(file_finding("file.unwritten", path, f"{unwritten}: reads as fill values", location=name))
    return findings


def _message(faults: list[Fault]) -> str:
    """Return a message naming the first damaged parts and counting the others."""
    named = "; ".join(f"{part}: {reason}" for part, reason in faults[:NAMED])
    return named + (f"; and {len(faults) - NAMED} more" if len(faults) > NAMED else "")


def _faults(dataset: h5py.Dataset, source: _RawBytes) -> Iterator[Fault]:
    """Read one dataset the way it is stored."""
    layout = dataset.id.get_create_plist().get_layout()
    if dataset.external or dataset.is_virtual:  # the bytes are another file's, which is checked when it is given itself
        return iter(())
    by_hdf5 = dataset.dtype.hasobject
    if layout == h5py.h5d.CHUNKED and not by_hdf5 and {code for code, *_ in _filters(dataset)} <= DECODED:
        return _chunk_faults(dataset, source)
    if layout == h5py.h5d.CONTIGUOUS and not by_hdf5:
        return _byte_faults(dataset, source)
    return _read_faults(dataset)


def _filters(dataset: h5py.Dataset) -> list[tuple[int, str]]:
    """Return the filters of a dataset as (code, name), in order of application."""
    creation = dataset.id.get_create_plist()
    each = [creation.get_filter(i) for i in range(creation.get_nfilters())]
    return [(code, name.decode(errors="replace")) for code, _, _, name in each]


def _chunk_faults(dataset: h5py.Dataset, source: _RawBytes) -> Iterator[Fault]:
    """Inflate each stored chunk and check its size."""
    expected = prod(dataset.chunks) * dataset.id.get_type().get_size()
    deflated = [code == h5py.h5z.FILTER_DEFLATE for code, _ in _filters(dataset)]

    def reason(chunk: Stored) -> str:
        times = sum(used and not chunk.filter_mask >> i & 1 for i, used in enumerate(deflated))
        try:
            return _inflate_reason(_stored_parts(chunk, source), expected, times)
        except EOFError as error:
            return str(error)

    for chunk, why in source.faults(reason, stored_chunks(dataset)):
        yield f"chunk {chunk.corner} at byte {chunk.start}", why


def _stored_parts(chunk: Stored, source: _RawBytes) -> Iterator[bytes]:
    """Yield the stored bytes of a chunk in blocks.

    Raises
    ------
    EOFError
        Where the file ends before the chunk does.
    """
    for start in range(0, chunk.size, BLOCK):
        length = min(BLOCK, chunk.size - start)
        part = source.read(chunk.start + start, length)
        if len(part) < length:
            raise EOFError(f"the file ends {chunk.size - start - len(part)} bytes before the chunk does")
        yield part


def _inflate_reason(parts: Iterable[bytes], expected: int, times: int) -> str:
    """Return why a chunk does not inflate to the expected size."""
    for _ in range(times):
        parts = inflated_blocks(parts)
    length = 0
    try:
        for part in parts:
            length += len(part)
            if length > expected:
                return f"holds more than {expected} bytes"
    except ValueError as error:
        return f"inflating failed: {error}"
    return "" if length == expected else f"holds {length} bytes, expected {expected}"


def _byte_faults(dataset: h5py.Dataset, source: _RawBytes) -> Iterator[Fault]:
    """Read contiguous data in blocks."""
    start, size = dataset.id.get_offset(), dataset.id.get_storage_size()
    if start is None:
        return

    def reason(block: int) -> str:
        length = min(BLOCK, size - block)
        missing = length - len(source.read(start + block, length))
        return f"the file ends {missing} bytes before the data do" if missing else ""

    for block, why in source.faults(reason, range(0, size, BLOCK)):
        yield f"bytes from {block}", why


def _read_faults(dataset: h5py.Dataset) -> Iterator[Fault]:
    """Read through HDF5: text, references, compact data, other filters, external data."""
    missing = [f"{name or 'filter'} ({code})" for code, name in _filters(dataset) if not h5py.h5z.filter_avail(code)]
    if missing:
        yield "all chunks", f"need a filter that is not installed: {', '.join(missing)}"
        return
    for selection in _selections(dataset):
        try:
            dataset[selection]
        except _UNREADABLE as error:
            yield _name(selection), str(error)


def _selections(dataset: h5py.Dataset) -> Iterator[tuple[slice, ...]]:
    """Yield selections that cover a dataset, by chunks or by rows."""
    if dataset.chunks and not dataset.is_virtual:
        yield from dataset.iter_chunks()
    elif not dataset.shape:
        yield ()
    else:
        rows = max(1, ELEMENTS // max(1, prod(dataset.shape[1:])))
        yield from ((slice(row, min(row + rows, dataset.shape[0])),) for row in range(0, dataset.shape[0], rows))


def _name(selection: tuple[slice, ...]) -> str:
    return f"elements [{', '.join(f'{axis.start}:{axis.stop}' for axis in selection)}]" if selection else "its value"


def _unwritten(dataset: h5py.Dataset) -> str:
    """Return how much of a dataset was never written; empty if complete."""
    layout = dataset.id.get_create_plist().get_layout()
    if layout == h5py.h5d.CHUNKED:
        expected = prod(-(-length // chunk) for length, chunk in zip(dataset.shape, dataset.chunks, strict=True))
        written = dataset.id.get_num_chunks()
        return f"{expected - written} of {expected} chunks were never written" if written < expected else ""
    alone = layout == h5py.h5d.CONTIGUOUS and not dataset.external
    return "none of it was ever written" if alone and dataset.id.get_offset() is None else ""
