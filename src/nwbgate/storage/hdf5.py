"""An NWB file as HDF5: open it, walk it, and take values out, without following links to other files."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from nwbgate.errors import MalformedError, NwbgateError, SourceError, TooLargeError, UsageError
from nwbgate.storage.values import text_attribute

#: Groups that hold no data of the session.
_SKIPPED = frozenset({"/specifications"})
#: What Python raises where a value that no typed read has looked at is converted.
_UNEXPECTED = (TypeError, ValueError, IndexError, ArithmeticError, RecursionError, NotImplementedError)
#: What HDF5 says of a file that it cannot lock.
_LOCKED = "unable to lock file"
#: What the addresses of servers begin with.
_SCHEMES = ("http://", "https://", "s3://")


@contextmanager
def opened(source: Path | str | h5py.File) -> Iterator[h5py.File]:
    """Give an open NWB file; close it afterwards unless it was open already.

    Parameters
    ----------
    source : path or h5py.File
        The file.

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
            with _open(Path(source)) as file:
                yield file


@contextmanager
def readable(where: str) -> Iterator[None]:
    """Say what goes wrong while a file is read.

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
        raise _unreadable(where, error) from error
    except MemoryError as error:
        raise TooLargeError(
            "the memory is not enough for the file", where=where, got=str(error), fix="read it on a larger machine"
        ) from error
    except _UNEXPECTED as error:
        raise MalformedError(
            "a value in the file is not what it should be",
            where=where,
            got=f"{type(error).__name__}: {error}",
            expected="values with the shapes and types of the NWB schema",
            fix="nwbgate check and pynwb-validate name the values that break the schema",
        ) from error


def is_url(path: Path | str) -> bool:
    """Return whether a path is an address of a server."""
    return str(path).startswith(_SCHEMES)


def open_file(path: Path) -> h5py.File:
    """Open an NWB file, to stay open.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it is no HDF5 file, no NWB file, or cannot be read to its end.
    """
    with readable(str(path)):
        return _open(path)


def unopened(path: Path, error: OSError) -> str:
    """Return why HDF5 does not open a file, as one line: in words where it is a lock, else as HDF5 says it."""
    problem = lock_error(str(path), error)
    if problem is None:
        return f"HDF5 cannot open the file: {error}"
    return f"{problem.what}: {problem.fix}"


def _unreadable(where: str, error: Exception) -> SourceError:
    return lock_error(where, error) or SourceError(
        "the file cannot be read",
        where=where,
        got=str(error).strip("'\""),
        expected="a complete HDF5 file with every dataset readable",
        fix=again(where),
    )


def lock_error(where: str, error: Exception) -> SourceError | None:
    """Return the error for a file that HDF5 cannot lock: another has it, or its disk knows no locks.

    None where it is no lock that HDF5 speaks of: the file may then be damaged.
    """
    if _LOCKED not in str(error):
        return None
    if getattr(error, "errno", None) not in (errno.EAGAIN, errno.EACCES):
        return SourceError(
            "the disk of the file does not let it be locked, as HDF5 wants to",
            where=where,
            got=str(error),
            fix="copy the file to a local disk, or set HDF5_USE_FILE_LOCKING=FALSE if nothing writes to it",
        )
    return SourceError(
        "another program has the file open for writing",
        where=where,
        got="a lock of HDF5, which a writer holds until it closes the file",
        expected="a file that is no longer written",
        fix="wait for the writer, or end it; then try again",
    )


def again(where: str) -> str:
    """Return what to do about a file, or a server, that does not give what is in it."""
    if is_url(where):
        return "try again; if it stays so, download the file and open the copy"
    return "copy or download the file again; `nwbgate check --integrity` names every damaged dataset"


def _open(path: Path) -> h5py.File:
    if not path.is_file():
        raise UsageError(
            "there is no such file",
            where=str(path),
            got=f"a link to {path.readlink()}"
            if path.is_symlink()
            else f"nothing of this name in {path.absolute().parent}",
            expected="an NWB file",
            fix="fetch what the link points at" if path.is_symlink() else "check the path",
        )
    if not h5py.is_hdf5(path):
        raise SourceError(
            "this is not an NWB file",
            where=str(path),
            got="no HDF5 signature",
            expected="an NWB file (HDF5)",
            fix="name an NWB file; if this should be one, copy or download it again",
        )
    file = h5py.File(path, "r")
    require_nwb(file, str(path))
    return file


def require_nwb(file: h5py.File, where: str) -> None:
    """Refuse, and close, an HDF5 file that is no NWB file.

    Raises
    ------
    SourceError
        If its root is no NWBFile.
    """
    if neurodata_type(file) == "NWBFile":
        return
    file.close()
    raise SourceError(
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
    """Return the object at a path, from the root if it begins with a slash; None if there is none.

    Raises
    ------
    SourceError
        If the path leads through a link to another file.
    """
    here: h5py.Group | h5py.Dataset = group.file if path.startswith("/") else group
    for name in filter(None, path.split("/")):
        found = _child(here, name) if isinstance(here, h5py.Group) else None
        if found is None:
            return None
        here = found
    return here


def _child(group: h5py.Group, name: str) -> h5py.Group | h5py.Dataset | None:
    """Return what a group holds under a name; asked of HDF5's own functions, many times faster than h5py's."""
    links, key = group.id.links, name.encode()
    if not links.exists(key):
        return None
    if links.get_info(key).type == h5py.h5l.TYPE_EXTERNAL:
        _refuse_external(group, name)
    try:
        return group[name]
    except KeyError:  # a soft link that leads nowhere
        return None


def group_at(group: h5py.Group, path: str) -> h5py.Group | None:
    """Return the group at a path, or None when there is none or a dataset is there."""
    found = at(group, path)
    return found if isinstance(found, h5py.Group) else None


def dataset_at(group: h5py.Group, path: str) -> h5py.Dataset | None:
    """Return the dataset at a path, or None when there is none or a group is there."""
    found = at(group, path)
    return found if isinstance(found, h5py.Dataset) else None


def _refuse_external(group: h5py.Group, name: str) -> None:
    """Refuse to follow a link into another file: what it leads to is not part of what is checked."""
    link = group.get(name, getlink=True)
    raise SourceError(
        "the file links to another file, which is not followed",
        where=f"{group.file.filename} {group.name.rstrip('/')}/{name}",
        got=f"{link.filename}:{link.path}",
        expected="all data inside the file",
        fix="copy the linked data into the file (h5copy, or export with PyNWB)",
    )


def groups(group: h5py.Group) -> Iterator[h5py.Group]:
    """Walk every group below one, parents first, each once; tables are given and not entered.

    Soft links are not followed: what they name is met where it lives.

    Raises
    ------
    SourceError
        If there is a link to another file.
    """
    for name in group:
        key = name.encode()
        kind = group.id.links.get_info(key).type
        if kind == h5py.h5l.TYPE_EXTERNAL:
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
    """Return what identifies an object in its file however it is linked."""
    return int(h5py.h5o.get_info(item.id).addr)
