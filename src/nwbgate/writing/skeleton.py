"""The NWB file as PyNWB writes it, without the large datasets' chunks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
from hdmf.backends.hdf5.h5_utils import H5SpecWriter
from hdmf.backends.utils import NamespaceToBuilderHelper
from hdmf.build import BuildManager
from hdmf.build.builders import DatasetBuilder, GroupBuilder
from hdmf.spec import NamespaceCatalog
from pynwb import NWBHDF5IO, NWBFile, get_manager

from nwbgate.errors import NwbgateError, WriteError
from nwbgate.storage.safe_files.refusals import system_errno
from nwbgate.writing.placeholders import Deferred, Small, Spool, defer, is_link


class _NamingIO(NWBHDF5IO):  # type: ignore[misc]
    """PyNWB's writer, with the dataset's name added to errors."""

    def write_dataset(self, parent: h5py.Group, builder: DatasetBuilder, **options: Any) -> Any:
        """Write a dataset."""
        try:
            return super().write_dataset(parent, builder, **options)
        except Exception as error:  # HDMF raises anything; it is raised again, with its place
            error.add_note(f"{parent.name.rstrip('/')}/{builder.name}")
            raise


@dataclass
class Skeleton:
    """The written skeleton and its empty datasets.

    Attributes
    ----------
    deferred : list of Deferred
        Datasets to fill.
    small : list of Small
        Small datasets of numbers, filled.
    given : list of tuple of (str, DatasetBuilder)
        Path and content of the datasets that PyNWB itself wrote.
    """

    deferred: list[Deferred] = field(default_factory=list)
    small: list[Small] = field(default_factory=list)
    given: list[tuple[str, DatasetBuilder]] = field(default_factory=list)

    def add(self, path: str, builder: DatasetBuilder, rest: Deferred | Small | None) -> None:
        """Record a dataset and how to fill it."""
        if isinstance(rest, Deferred):
            self.deferred.append(rest)
        elif isinstance(rest, Small):
            self.small.append(rest)
        else:
            self.given.append((path, builder))


def write_skeleton(nwbfile: NWBFile, file: h5py.File, path: Path, spool: Spool) -> Skeleton:
    """Write an NWBFile without the chunks of its large datasets, with specifications.

    Parameters
    ----------
    nwbfile : pynwb.NWBFile
        Made in memory or read from a file. It is left as it is: the datasets are taken out of the builders that
        PyNWB makes of it, and the builders are made as for an export, so that the containers are not marked as
        belonging to this file.
    file : h5py.File
        A new file, open for writing.
    path : pathlib.Path
        Its path; h5py may know another one.
    spool : callable
        Gives the content of an iterator that can be used only once.

    Raises
    ------
    WriteError
        When PyNWB refuses the NWBFile, or when it links to objects of another file.
    """
    read_io = nwbfile.read_io
    manager = BuildManager(read_io.manager.type_map) if read_io is not None else get_manager()
    skeleton = Skeleton()
    with _refused_by_pynwb(path):
        root = manager.build(nwbfile, source=str(path), root=True, export=True)
        _refuse_strangers(root)
        for name, builder in datasets(root):
            skeleton.add(name, builder, defer(name, builder, spool))
        io = _NamingIO(file=file, mode="w", manager=manager)
        # expandable=(): tables are stored contiguously, not in chunks that wait for more rows.
        io.write_builder(root, link_data=False, expandable=())
        cache_specifications(file, manager.namespace_catalog)
    for small in skeleton.small:
        if small.numbers.size:
            file[small.path][...] = small.numbers
    for name, builder in skeleton.given:
        if is_link(builder.data):
            _link(file, name, builder.data.data, path.parent)
    return skeleton


def _link(file: h5py.File, name: str, dataset: h5py.Dataset, folder: Path) -> None:
    """Recreate a link to another file, whose path PyNWB computes from the wrong folder."""
    del file[name]
    file[name] = h5py.ExternalLink(os.path.relpath(dataset.file.filename, folder), dataset.name)


def datasets(group: GroupBuilder, path: str = "") -> Iterator[tuple[str, DatasetBuilder]]:
    """Yield path and builder of all datasets of a group, in writing order."""
    for name, child in group.groups.items():
        yield from datasets(child, f"{path}/{name}")
    for name, child in group.datasets.items():
        yield f"{path}/{name}", child


def cache_specifications(file: h5py.File, catalog: NamespaceCatalog) -> None:
    """Store the specifications of a catalog at the standard place in the file.

    The same as `HDF5IO.write(..., cache_spec=True)`, which cannot be called without building the file again.
    """
    folder = file.require_group("specifications")
    file.attrs[".specloc"] = folder.ref
    for name in catalog.namespaces:
        group = folder.create_group(f"{name}/{catalog.get_namespace(name).version}")
        NamespaceToBuilderHelper.convert_namespace(catalog, name).export("namespace", writer=H5SpecWriter(group))


def _refuse_strangers(root: GroupBuilder) -> None:
    """Reject links to objects outside this file, which would lead nowhere."""
    known = {id(builder) for _, builder in datasets(root)} | {id(group) for _, group in _groups(root)}
    for path, group in _groups(root):
        for name, link in group.links.items():
            if id(link.builder) not in known:
                raise WriteError(
                    "a link leads to an object outside this file",
                    where=f"{path}/{name}",
                    got=link.builder.name,
                    fix="add the object itself to the file, or link to the data with H5DataIO(link_data=True)",
                )


def _groups(group: GroupBuilder, path: str = "") -> Iterator[tuple[str, GroupBuilder]]:
    yield path, group
    for name, child in group.groups.items():
        yield from _groups(child, f"{path}/{name}")


@contextmanager
def _refused_by_pynwb(path: Path) -> Iterator[None]:
    """Turn PyNWB's and HDMF's errors about objects into a `WriteError`."""
    try:
        yield
    except (NwbgateError, OSError):
        raise
    except Exception as error:  # HDMF raises a bare Exception for much that is wrong with data
        number = system_errno(error)
        if number is not None:
            raise OSError(number, os.strerror(number), str(path)) from error
        raise WriteError(
            "PyNWB cannot write this NWBFile",
            where=", ".join(getattr(error, "__notes__", [])),
            got=", because ".join(_reasons(error)),
            fix="correct the object named above; data of an HDF5 file can be written only while it is open",
        ) from error


def _reasons(error: BaseException | None) -> Iterator[str]:
    """Yield an exception's message, then those of its causes."""
    while error is not None:
        yield f"{type(error).__name__}: {error}"
        error = error.__cause__
