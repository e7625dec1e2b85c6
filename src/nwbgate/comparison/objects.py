"""The objects of a file, with what counts as their content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import h5py

from nwbgate.comparison.datasets import comparable

#: Attributes that differ between two writings of the same content.
NOT_CONTENT = frozenset({"object_id", ".specloc", "namespace"})
#: Objects that differ between two writings of the same content: cached specifications, dates of writing.
_LEFT_OUT = ("/specifications", "/file_create_date")


@dataclass(frozen=True)
class Node:
    """One object of a file.

    Parameters
    ----------
    kind : str
        ``group``, ``dataset`` or ``link``.
    item : h5py.Group, h5py.Dataset or None
        The object; None of a link, which is not followed.
    target : str
        Where a link leads.
    """

    kind: str
    item: h5py.Group | h5py.Dataset | None = None
    target: str = ""


def nodes(file: h5py.File, ignored: Sequence[str] = ()) -> dict[str, Node]:
    """Return every object of a file by path, without following links.

    Parameters
    ----------
    file : h5py.File
        The file.
    ignored : sequence of str
        Patterns of paths that are left out with all below them, such as ``/general/source_script``.
    """
    found = {"/": Node("group", file["/"])}
    found.update(_below(file["/"], ignored, {h5py.h5o.get_info(file.id).addr}))
    return found


def _below(group: h5py.Group, ignored: Sequence[str], seen: set[int]) -> Iterator[tuple[str, Node]]:
    for name in group:
        path = f"{group.name.rstrip('/')}/{name}"
        if path in _LEFT_OUT or any(fnmatchcase(path, pattern) for pattern in ignored):
            continue
        link = group.get(name, getlink=True)
        if isinstance(link, h5py.SoftLink):
            yield path, Node("link", target=link.path)
        elif isinstance(link, h5py.ExternalLink):
            yield path, Node("link", target=f"{link.filename}:{link.path}")
        else:
            yield from _walk(path, group[name], ignored, seen)


def _walk(
    path: str, item: h5py.Group | h5py.Dataset, ignored: Sequence[str], seen: set[int]
) -> Iterator[tuple[str, Node]]:
    """Yield an object and all objects below it, entering each group once."""
    if not isinstance(item, h5py.Group):
        yield path, Node("dataset" if isinstance(item, h5py.Dataset) else "datatype", item)
        return
    yield path, Node("group", item)
    address = h5py.h5o.get_info(item.id).addr
    if address not in seen:
        seen.add(address)
        yield from _below(item, ignored, seen)


def attributes(item: h5py.Group | h5py.Dataset) -> dict[str, str]:
    """Return content attributes as text, references as paths."""
    names = [name for name in item.attrs if name not in NOT_CONTENT]
    return {name: _attribute_text(item, name) for name in names}


def _attribute_text(item: h5py.Group | h5py.Dataset, name: str) -> str:
    value = item.attrs[name]
    if isinstance(value, h5py.Empty):
        return "empty"
    plain = comparable(value, item.file)
    return str(plain.tolist())
