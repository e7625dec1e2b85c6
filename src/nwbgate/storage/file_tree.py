"""Checks of an HDF5 file's tree before reading: links out, circles, depth, declared sizes.

Libraries follow every link, and read what a dataset declares. A file that leads into another one, or into itself, must
be known before they see it. Nothing is read here but links and headers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

import h5py

from nwbgate.errors import MalformedError, TooLargeError
from nwbgate.storage.object_headers import bytes_of, is_plain
from nwbgate.storage.values import MOST

#: Levels of groups that a file may have: NWB needs ten, and libraries call themselves for each level.
DEEPEST = 64
#: Paths that objects may have in all: groups that are linked twice on every level have more than can be walked.
MOST_PATHS = 1_000_000
#: Ratio that DEFLATE with shuffle does not reach for times that differ (473 for those of a regular clock; zeros have
#: over 1,000), in datasets of more than a gigabyte.
MOST_INFLATED = 800

#: Filters for which the ratio holds.
_OF_KNOWN_RATIO = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
#: What HDF5 calls the kinds of links and layouts.
_HARD, _SOFT, _EXTERNAL = h5py.h5l.TYPE_HARD, h5py.h5l.TYPE_SOFT, h5py.h5l.TYPE_EXTERNAL


@dataclass(frozen=True)
class WayOut:
    """A place in a file from which data of another file are read.

    Attributes
    ----------
    place : str
        HDF5 path.
    kind : {"external link", "external storage", "virtual dataset", "link of an unknown kind"}
        How.
    file : str
        The other file, as this one names it.
    """

    place: str
    kind: str
    file: str

    def __str__(self) -> str:
        """Return place, kind and file in words."""
        return f"{self.place}: {self.kind} to {self.file}" if self.file else f"{self.place}: {self.kind}"


def ways_out(file: h5py.File) -> list[WayOut]:
    """Return every place where a file leads to another, in tree order.

    Parameters
    ----------
    file : h5py.File
        An open local file.

    Raises
    ------
    MalformedError
        If groups contain each other in a circle, lie too deep, or have too many paths to be walked.
    TooLargeError
        If a column of a table, or a text, declares more than a gigabyte.
    """
    walk = _Walk(file.filename)
    read = bytes_of(file)
    links = None if read is None else _links_of_tree(file.id)
    if read is None or links is None:
        walk.paths_below(file.id, "", 0)
        return walk.found
    for name, address in links:
        if not is_plain(read, address):
            walk.look_at_object(file.id, name)
    return walk.found


def _links_of_tree(root: Any) -> list[tuple[bytes, int]] | None:
    """Return path and address of every object; None unless a tree.

    HDF5 lists all links of a file in one call. A tree has no links that lead out or meet, and is not deep.
    """
    found: list[tuple[bytes, int, int]] = []

    def refuses(name: bytes, link: Any) -> bool:
        found.append((name, link.type, link.u))
        return link.type not in (_HARD, _SOFT) or name.count(b"/") >= DEEPEST or len(found) > MOST_PATHS

    if root.links.visit(refuses, info=True):
        return None
    objects = [(name, address) for name, kind, address in found if kind == _HARD]
    addresses = {int(h5py.h5o.get_info(root).addr)} | {address for _, address in objects}
    return objects if len(addresses) > len(objects) else None


@dataclass
class _Walk:
    """A walk over a tree, each object once, counting paths to it."""

    file: str
    found: list[WayOut] = field(default_factory=list)
    _paths: dict[int, int] = field(default_factory=dict)
    _heights: dict[int, int] = field(default_factory=dict)
    _datasets: set[int] = field(default_factory=set)
    _open: set[int] = field(default_factory=set)

    def paths_below(self, group: Any, place: str, depth: int) -> int:
        """Return the number of paths below a group; reject unwalkable trees."""
        address = int(h5py.h5o.get_info(group).addr)
        if address in self._open:
            raise self._refusal("a group contains itself", place, "a circle of links", "groups that end")
        if address not in self._paths:
            self._open.add(address)
            self._heights[address], self._paths[address] = self._below(group, place, depth)
            self._open.discard(address)
        if depth + self._heights[address] > DEEPEST:
            raise self._refusal("groups lie too deep", place, f"more than {DEEPEST} levels", "about ten levels")
        if self._paths[address] > MOST_PATHS:
            raise self._refusal("groups are linked too often", place, f"over {MOST_PATHS:,} paths", "each group once")
        return self._paths[address]

    def _below(self, group: Any, place: str, depth: int) -> tuple[int, int]:
        """Walk a group and return its depth and its number of paths."""
        if depth > DEEPEST:
            raise self._refusal("groups lie too deep", place, f"more than {DEEPEST} levels", "about ten levels")
        table = bool(h5py.h5a.exists(group, b"colnames"))
        paths = height = 0
        for name, kind in _links(group):
            here = f"{place}/{name.decode(errors='replace')}"
            paths += 1
            if kind == _EXTERNAL:
                self.found.append(WayOut(here, "external link", _text(group.links.get_val(name)[0])))
            elif kind == _HARD:
                item = h5py.h5g.get_objinfo(group, name)
                if item.type == h5py.h5g.GROUP:
                    below = h5py.h5g.open(group, name)
                    paths += self.paths_below(below, here, depth + 1)
                    height = max(height, 1 + self._heights[int(h5py.h5o.get_info(below).addr)])
                elif item.type == h5py.h5g.DATASET and item.objno not in self._datasets:
                    self._datasets.add(item.objno)
                    self._look_at(h5py.h5d.open(group, name), here, table)
            elif kind != _SOFT:
                self.found.append(WayOut(here, "link of an unknown kind", ""))
        return height, paths

    def look_at_object(self, root: Any, path: bytes) -> None:
        """Look at a dataset by its path; pass over objects of other kinds."""
        item = h5py.h5o.open(root, path)
        if isinstance(item, h5py.h5d.DatasetID):
            in_table = bool(h5py.h5a.exists(root, b"colnames", obj_name=path.rpartition(b"/")[0] or b"/"))
            self._look_at(item, f"/{path.decode(errors='replace')}", in_table)

    def _look_at(self, dataset: Any, place: str, in_table: bool) -> None:
        """Note where a dataset's data lie; reject oversized columns and texts."""
        creation = dataset.get_create_plist()
        layout = creation.get_layout()
        if layout == h5py.h5d.VIRTUAL:
            sources = {creation.get_virtual_filename(number) for number in range(creation.get_virtual_count())}
            self.found += [WayOut(place, "virtual dataset", name) for name in sorted(sources - {"."})]
        elif layout == h5py.h5d.CONTIGUOUS:
            for number in range(creation.get_external_count()):
                name = _text(creation.get_external(number)[0])
                self.found.append(WayOut(place, "external storage", name))
        kind, shape = dataset.get_type(), dataset.shape
        size = prod(shape) * kind.get_size() if shape is not None else 0
        if size > MOST and (isinstance(kind, h5py.h5t.TypeStringID) or (in_table and len(shape) == 1)):
            raise TooLargeError(
                "a column of a table, or a text, is too large to be read",
                where=f"{self.file} {place}",
                got=f"{size:,} bytes for shape {shape}",
                expected=f"at most {MOST:,} bytes",
                fix="write it with the size that it needs",
            )
        if size > MOST and place.endswith("/timestamps"):
            self._refuse_inflated(dataset, creation, place, size)

    def _refuse_inflated(self, dataset: Any, creation: Any, place: str, size: int) -> None:
        """Reject times that are stored in fewer bytes than different times need."""
        filters = {creation.get_filter(number)[0] for number in range(creation.get_nfilters())}
        stored = dataset.get_storage_size()
        if filters <= _OF_KNOWN_RATIO and stored * MOST_INFLATED < size:
            raise TooLargeError(
                "times are absent or all alike, and would fill the memory",
                where=f"{self.file} {place}",
                got=f"{stored:,} bytes that inflate to {size:,}",
                expected=f"at most {MOST_INFLATED} times as many as are stored, or {MOST:,}",
                fix="write one time for each sample, or starting_time and rate in their place",
            )

    def _refusal(self, what: str, place: str, got: str, expected: str) -> MalformedError:
        fix = "write the file again with PyNWB or MatNWB; links within a file are to be soft links"
        return MalformedError(what, where=f"{self.file} {place or '/'}", got=got, expected=expected, fix=fix)


def _links(group: Any) -> Iterator[tuple[bytes, int]]:
    """Give name and kind of every link in a group."""
    found: list[tuple[bytes, int]] = []
    group.links.iterate(lambda name, info: found.append((name, info.type)), info=True)
    yield from found


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", errors="replace") if isinstance(name, bytes) else name
