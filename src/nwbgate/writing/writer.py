"""Fast, atomic and verified writing of any NWBFile."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
from pynwb import NWBFile

from nwbgate.errors import UsageError
from nwbgate.processes.cores import cores
from nwbgate.storage.safe_files.atomic import replacing, sync
from nwbgate.storage.safe_files.atomic_folder import replacing_store
from nwbgate.storage.safe_files.disk import Disk
from nwbgate.storage.safe_files.folder_contents import bytes_of
from nwbgate.storage.safe_files.leftovers import STORE, spool_path
from nwbgate.storage.safe_files.refusals import explain_refusals
from nwbgate.writing.fill import Digests, fill
from nwbgate.writing.skeleton import Skeleton, write_skeleton
from nwbgate.writing.sources import spool_iterator
from nwbgate.writing.start_time import start_with_zone
from nwbgate.writing.verify import verify as verify_file

#: Name of the HDF5 file, in the folder of a store, of which the store is made.
_INTERIM = ".content.h5"


@dataclass(frozen=True)
class WriteReport:
    """Summary of a written file.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    bytes : int
        Its size.
    datasets : int
        Number of datasets of numbers.
    raw_bytes : int
        Size of their numbers before packing.
    seconds : float
        Time it took, checks included.
    verified : bool
        Whether everything was read back and compared.
    """

    path: Path
    bytes: int
    datasets: int
    raw_bytes: int
    seconds: float
    verified: bool


def write_nwb(
    nwbfile: NWBFile,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    threads: int | None = None,
    verify: bool = True,
    check: Callable[[Path], object] | None = None,
    timezone: str | None = None,
) -> WriteReport:
    """Write an NWBFile to an HDF5 file or Zarr store, atomically and verified.

    The file is written beside its final name, flushed to the disk, read back and compared, checked, and then renamed.
    Whatever goes wrong, nothing is left behind and an existing file stays as it was. Numbers are packed by ISA-L in
    threads into chunks that every HDF5 library reads without a plugin; datasets under 128 KiB are contiguous.
    A store is made from such a file: its chunks are copied, its texts and references become UTF-8 and JSON; it is then
    decoded and compared with the file, which is removed.

    Parameters
    ----------
    nwbfile : pynwb.NWBFile
        Any NWBFile, made in memory or read from a file (which must be open still). It is not changed, except that
        data chunk iterators that can be used only once are used. Data may be arrays, memory maps, HDF5 datasets (they
        are copied, not linked; ``H5DataIO(link_data=True)`` links), and data chunk iterators of HDMF and NeuroConv.
        Settings of H5DataIO are kept, save that gzip and no compression both become ours.
    path : path-like
        The name of the file; one that ends in ``.zarr`` is of a Zarr store. Missing folders are made.
    overwrite : bool
        Whether an existing file may be replaced.
    threads : int, optional
        Threads that pack and verify; as many as there are processors for this process by default.
    verify : bool
        Whether to read everything back and compare it with what was given.
    check : callable, optional
        Called with the path of the whole file before it gets its name; refuses the file by raising.
    timezone : str, optional
        Time zone of a start of the session that was given without one: "America/Los_Angeles", "UTC", "-07:00".
        Without it such a start is refused; the zone of the machine, which PyNWB takes, is never written.

    Returns
    -------
    WriteReport
        Sizes and time.

    Raises
    ------
    UsageError
        When `threads` is not positive.
    WriteError
        When the name is taken, there is no room or no permission, or PyNWB refuses the NWBFile.
    MetadataError
        When the start of the session has no time zone but that of the machine.
    VerificationError
        When what was read back is not what was given.
    """
    started = time.perf_counter()
    target = Path(path)
    workers = _threads(threads)
    with start_with_zone(nwbfile, timezone), ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(workers)) if workers > 1 else None
        zarr = target.suffix == STORE
        temporary = stack.enter_context((replacing_store if zarr else replacing)(target, overwrite=overwrite))
        hdf5 = temporary / _INTERIM if zarr else temporary
        with explain_refusals(target), ExitStack() as spools:
            hdf5.touch()
            skeleton, digests = _write(nwbfile, hdf5, pool, workers, spools)
            sync(hdf5)
            if verify:
                verify_file(hdf5, skeleton, digests, pool)
        if zarr:
            with explain_refusals(target):
                _become_store(hdf5, temporary, verify=verify)
        if check:
            check(temporary)
        size = bytes_of(temporary)
    return _report(target, size, skeleton, time.perf_counter() - started, verify)


def _become_store(hdf5: Path, store: Path, *, verify: bool) -> None:
    """Turn a written file in the folder of a store into that store."""
    from nwbgate.writing.zarr_transcription import transcribe
    from nwbgate.writing.zarr_verification import verify_store

    with h5py.File(hdf5, "r") as file:
        transcribe(file, store)
        if verify:
            verify_store(store, file)
    hdf5.unlink()
    spool_path(hdf5).unlink(missing_ok=True)


def _threads(asked: int | None) -> int:
    if asked is None:
        return cores()
    if asked < 1:
        raise UsageError(
            "the number of threads must be positive",
            got=str(asked),
            expected="1 or more, or None",
            where="threads",
            fix="leave it out for one thread per core",
        )
    return asked


def _write(
    nwbfile: NWBFile, path: Path, pool: ThreadPoolExecutor | None, threads: int, spools: ExitStack
) -> tuple[Skeleton, dict[str, Digests]]:
    """Write the whole file; return its datasets and the digests of all chunks."""
    with Disk(path) as disk, h5py.File(disk, "w") as file:
        skeleton = write_skeleton(nwbfile, file, path, _Spool(path, spools))
        disk.check()
        digests = {
            deferred.path: fill(file[deferred.path], deferred, pool, threads, disk.check)
            for deferred in skeleton.deferred
        }
    return skeleton, digests


class _Spool:
    """A second temporary file, made for the first single-pass iterator."""

    def __init__(self, temporary: Path, spools: ExitStack) -> None:
        self._temporary, self._spools = temporary, spools
        self._file: h5py.File | None = None
        self._disk: Disk | None = None

    def __call__(self, iterator: Any) -> h5py.Dataset:
        """Return the content of an iterator as a dataset."""
        if self._file is None or self._disk is None:
            self._disk = self._spools.enter_context(Disk(spool_path(self._temporary)))
            self._file = self._spools.enter_context(h5py.File(self._disk, "w"))
        return spool_iterator(iterator, self._file, str(len(self._file)), self._disk.check)


def _report(path: Path, size: int, skeleton: Skeleton, seconds: float, verified: bool) -> WriteReport:
    raw = [small.numbers.nbytes for small in skeleton.small]
    raw += [deferred.raw_bytes for deferred in skeleton.deferred]
    return WriteReport(path, size, len(raw), sum(raw), seconds, verified)
