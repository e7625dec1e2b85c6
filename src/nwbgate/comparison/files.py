"""Differences between two NWB files, object by object."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import h5py

from nwbgate.comparison.datasets import dataset_differences, value_text
from nwbgate.comparison.difference import Change, Difference, Pair
from nwbgate.comparison.objects import Node, attributes, nodes
from nwbgate.comparison.tables import is_table, names_of, rows_differ, table_differences
from nwbgate.comparison.tolerance import Tolerance
from nwbgate.errors import NwbgateError
from nwbgate.storage.hdf5 import open_nwb_file


def compare_files(
    first: Path | h5py.File, second: Path | h5py.File, tolerance: Tolerance, ignored: Sequence[str] = ()
) -> Pair:
    """Compare two NWB files.

    What is not content does not count: object ids, dates of creation, cached specifications, chunks, compression.

    Parameters
    ----------
    first, second : path or h5py.File
        The files.
    tolerance : Tolerance
        Tolerance of numeric comparisons.
    ignored : sequence of str
        Patterns of HDF5 paths that are left out.

    Returns
    -------
    Pair
        With its problem where a file cannot be read; nothing is raised for a bad file.
    """
    name, other = (str(each.filename if isinstance(each, h5py.File) else each) for each in (first, second))
    try:
        with open_nwb_file(first) as one, open_nwb_file(second) as two:
            mine, theirs = nodes(one, ignored), nodes(two, ignored)
            found = tuple(_differences(mine, theirs, tolerance))
            return Pair(name, other, found, len({*mine, *theirs}))
    except NwbgateError as error:
        return Pair(name, other, problem=str(error))


def _differences(first: dict[str, Node], second: dict[str, Node], tolerance: Tolerance) -> Iterator[Difference]:
    other_rows: list[str] = []
    for path in dict.fromkeys([*first, *second]):
        if path not in second:
            yield from _of_one(Change.REMOVED, path, first, second)
        elif path not in first:
            yield from _of_one(Change.ADDED, path, second, first)
        else:
            yield from _of_both(path, first[path], second[path], tolerance, other_rows)


def _of_one(change: Change, path: str, own: dict[str, Node], other: dict[str, Node]) -> Iterator[Difference]:
    """Yield an object of only one file, unless its group is named."""
    if (path.rpartition("/")[0] or "/") in other:
        words = describe(own[path])
        yield Difference(change, path, "object", *((words, "") if change is Change.REMOVED else ("", words)))


def describe(node: Node) -> str:
    """Return what an object is, in words."""
    if node.kind == "link":
        return f"link to {node.target}"
    attrs = attributes(node.item) if node.item is not None else {}
    name = attrs.get("neurodata_type", "").strip("'\"") or node.kind
    return f"{name} {node.item.shape}" if isinstance(node.item, h5py.Dataset) else name


def _of_both(path: str, first: Node, second: Node, tolerance: Tolerance, other_rows: list[str]) -> Iterator[Difference]:
    if first.kind != second.kind:
        yield Difference(Change.CHANGED, path, "object", describe(first), describe(second))
        return
    if first.kind == "link":
        if first.target != second.target:
            yield Difference(Change.CHANGED, path, "link", first.target, second.target)
        return
    yield from _attribute_differences(path, first, second)
    if is_table(first.item) and is_table(second.item) and rows_differ(first.item, second.item):
        other_rows.append(path)
        yield from table_differences(path, first.item, second.item, tolerance)
    elif first.kind == "dataset" and not names_of(other_rows, path):
        yield from dataset_differences(path, first.item, second.item, tolerance)


def _attribute_differences(path: str, first: Node, second: Node) -> Iterator[Difference]:
    mine, theirs = attributes(first.item), attributes(second.item)
    for name in sorted({*mine, *theirs}):
        one, two = mine.get(name), theirs.get(name)
        if one == two:
            continue
        change = Change.REMOVED if two is None else Change.ADDED if one is None else Change.CHANGED
        part = "type" if name == "neurodata_type" else f"attribute {name}"
        yield Difference(change, path, part, value_text(one or ""), value_text(two or ""))
