"""NWB files as HDF5: open, walk and read without following external links."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from nwbgate.errors import MalformedError, NwbgateError, OutsideError, SourceError, TooLargeError
from nwbgate.storage.links_out import is_followed, refuse_ways_out
from nwbgate.storage.remote_files.address import Address, as_path, naming
from nwbgate.storage.safe_files.file_errors import no_file, other_format, unreadable
from nwbgate.storage.safe_files.folder_contents import is_store
from nwbgate.storage.values import text_attribute

#: Groups that hold no data of the session.
_SKIPPED = frozenset({"/specifications"})
#: What Python raises where a value that no typed read has looked at is converted.
_UNEXPECTED = (TypeError, ValueError, IndexError, ArithmeticError, RecursionError, NotImplementedError)


@contextmanager
def open_nwb_file(source: Path | str | h5py.File, *, follow_links: bool = False) -> Iterator[h5py.File]:
    """Give an open NWB file; close it afterwards unless it was open already.

    Parameters
    ----------
    source : path or h5py.File
        The file.
    follow_links : bool
        Allow links to files beside this one.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is no HDF5 file, no NWB file, or cannot be read to its end.
    """
    with readable(source.filename if isinstance(source, h5py.File) else str(source)):
        if isinstance(source, h5py.File):
            yield source
        else:
            with open_file(as_path(source), follow_links=follow_links) as file:
                yield file


@contextmanager
def readable(where: str) -> Iterator[None]:
    """Turn errors of reading a file into `SourceError`.

    Parameters
    ----------
    where : str
        The file.

    Raises
    ------
    SourceError
        In place of what HDF5 raises where a file is truncated or damaged, or a server breaks off, and in place of what
        Python raises where a value is not what it should be.
    """
    try:
        yield
    except NwbgateError:
        raise
    except (OSError, RuntimeError, KeyError) as error:
        raise unreadable(where, error) from error
    except MemoryError as error:
        raise TooLargeError(
            "the memory is not enough for the file", where=where, got=str(error), fix="read it on a larger machine"
        ) from error
    except _UNEXPECTED as error:
        raise MalformedError(
            "a value in the file has the wrong shape or type",
            where=where,
            got=f"{type(error).__name__}: {error}",
            expected="values with the shapes and types of the NWB schema",
            fix="nwbgate check and pynwb-validate name the values that break the schema",
        ) from error


def open_file(path: Path, *, follow_links: bool = False) -> h5py.File:
    """Open an NWB file, to stay open; see `open_hdf5`.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is no HDF5 file, no NWB file, or cannot be read to its end.
    """
    with readable(str(path)):
        file = open_hdf5(path, follow_links=follow_links)
        require_nwb(file, str(path))
    return file


def open_hdf5(path: Path, *, follow_links: bool = False, walked: bool = True, kind: str = "an NWB file") -> h5py.File:
    """Open an HDF5 file or Zarr store, rejecting links out of it.

    Parameters
    ----------
    path : Path
        The file, or the folder of a store, which is read as the HDF5 file of the same content.
    follow_links : bool
        Allow links, external storage and virtual datasets that lead to files beside this one.
    walked : bool
        Walk the tree for ways out. Only who follows none and expects damage anywhere leaves it out.
    kind : str
        What the file should be, for the errors.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is not an HDF5 file, cannot be opened, leads to other files (`OutsideError`), or has a tree that cannot be
        walked (`MalformedError`).
    """
    if isinstance(path, Address):
        return _open_address(path)
    if path.is_dir() and is_store(path):
        return _open_store(path)
    if not path.is_file():
        raise no_file(path, kind)
    with readable(str(path)):
        if not h5py.is_hdf5(path):
            raise other_format(path, kind)
        file = h5py.File(path, "r")
        return without_ways_out(file, follow_links=follow_links) if walked else file


def _open_store(path: Path) -> h5py.File:
    """Open a Zarr store, rejecting links out of it."""
    from nwbgate.storage.zarr_stores.hdf5_view import open_store  # codecs take time to load

    with readable(str(path)):
        return without_ways_out(open_store(path))


def _open_address(address: Address) -> h5py.File:
    """Open a file on a server, rejecting links out of it."""
    from nwbgate.storage.remote_files.remote import open_url  # it opens by this module, and takes libraries of networks

    with naming(address):
        return open_url(address.url, str(address))


def without_ways_out(file: h5py.File, *, follow_links: bool = False) -> h5py.File:
    """Return a file that leads nowhere else; close and reject any other.

    Raises
    ------
    OutsideError, MalformedError, TooLargeError
        As `refuse_ways_out` does.
    """
    try:
        refuse_ways_out(file, follow_links=follow_links)
    except BaseException:  # an interrupted walk too must not leave the file open
        file.close()
        raise
    return file


def require_nwb(file: h5py.File, where: str) -> None:
    """Close and reject an HDF5 file that is not an NWB file.

    Raises
    ------
    SourceError
        If its root is neither an NWBFile nor of a type that an extension derives from it.
    """
    if not is_nwb_file(file):
        file.close()
        raise no_nwb(where)


def is_nwb_file(file: h5py.File) -> bool:
    """Return whether a file's root is an NWBFile or a subtype."""
    kind = neurodata_type(file)
    derived = kind != "" and "nwb_version" in file.attrs and text_attribute(file, "namespace") not in ("", "core")
    return kind == "NWBFile" or derived


def no_nwb(where: str) -> SourceError:
    """Return the error for an HDF5 file of another kind."""
    return SourceError(
        "this is an HDF5 file, not an NWB file",
        where=where,
        got="no root attribute neurodata_type = NWBFile",
        expected="an NWB file",
        fix="convert the source first: nwbgate convert",
    )


def neurodata_type(item: h5py.Group | h5py.Dataset) -> str:
    """Return the NWB type of an object, or the empty text."""
    return text_attribute(item, "neurodata_type")


def at(group: h5py.Group, path: str) -> h5py.Group | h5py.Dataset | None:
    """Return the object at a path, absolute with a leading slash; None if missing.

    Raises
    ------
    SourceError
        If the path leads through a link to another file.
    """
    here: h5py.Group | h5py.Dataset = group
    if path.startswith("/") and not isinstance(group, h5py.File):
        here = group.file
    for name in filter(None, path.split("/")):
        found = _child(here, name) if isinstance(here, h5py.Group) else None
        if found is None:
            return None
        here = found
    return here


def _child(group: h5py.Group, name: str) -> h5py.Group | h5py.Dataset | None:
    """Return a group's member through HDF5's own, much faster functions."""
    links, key = group.id.links, name.encode()
    if not links.exists(key):
        return None
    if links.get_info(key).type == h5py.h5l.TYPE_EXTERNAL and not is_followed(group.file):
        _refuse_external(group, name)
    try:
        found = h5py.h5o.open(group.id, key)
    except KeyError:  # a soft link that leads nowhere
        return None
    except RuntimeError as error:
        if "too many links" in str(error):  # soft links in a circle lead nowhere either
            return None
        raise
    if isinstance(found, h5py.h5d.DatasetID):
        return h5py.Dataset(found, readonly=True)  # its shape is asked for once
    return h5py.Group(found) if isinstance(found, h5py.h5g.GroupID) else None


def group_at(group: h5py.Group, path: str) -> h5py.Group | None:
    """Return the group at a path, or None."""
    found = at(group, path)
    return found if isinstance(found, h5py.Group) else None


def dataset_at(group: h5py.Group, path: str) -> h5py.Dataset | None:
    """Return the dataset at a path, or None."""
    found = at(group, path)
    return found if isinstance(found, h5py.Dataset) else None


def _refuse_external(group: h5py.Group, name: str) -> None:
    """Reject a link into another file, which is not part of the check."""
    link = group.get(name, getlink=True)
    raise OutsideError(
        "the file links to another file, which is not followed",
        where=f"{group.file.filename} {group.name.rstrip('/')}/{name}",
        got=f"{link.filename}:{link.path}",
        expected="all data inside the file",
        fix="copy the linked data into the file (h5copy, or export with PyNWB)",
    )


def groups(group: h5py.Group) -> Iterator[h5py.Group]:
    """Yield every group below one, parents first; tables are not entered.

    Links are not followed: what they name is met where it lives, if need be with the other file.

    Raises
    ------
    SourceError
        If there is a link to another file.
    """
    for name in group:
        key = name.encode()
        kind = group.id.links.get_info(key).type
        if kind == h5py.h5l.TYPE_EXTERNAL and not is_followed(group.file):
            _refuse_external(group, name)
        if kind != h5py.h5l.TYPE_HARD or h5py.h5g.get_objinfo(group.id, key).type != h5py.h5g.GROUP:
            continue
        child = group[name]
        if child.name in _SKIPPED:
            continue
        yield child
        if not h5py.h5a.exists(child.id, b"colnames"):
            yield from groups(child)


def address(item: h5py.Group | h5py.Dataset) -> int:
    """Return an object's identity in its file, independent of links."""
    return int(h5py.h5o.get_info(item.id).addr)
