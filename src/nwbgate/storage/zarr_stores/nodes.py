"""Groups and arrays of a Zarr store, found by walking its folders."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nwbgate.errors import MalformedError, OutsideError, SourceError
from nwbgate.storage.file_tree import DEEPEST
from nwbgate.storage.zarr_stores.array_metadata import ArrayMetadata, array_metadata
from nwbgate.storage.zarr_stores.codecs import unknown_codecs


@dataclass(frozen=True)
class StoredNode:
    """A group or an array of a store.

    Attributes
    ----------
    path : str
        Path in the store, ``/`` for the root.
    folder : Path
        Folder of the node.
    attributes : dict
        Content of its `.zattrs`.
    array : ArrayMetadata or None
        Metadata of an array; None for a group.
    """

    path: str
    folder: Path
    attributes: dict[str, Any]
    array: ArrayMetadata | None


def stored_nodes(store: Path) -> Iterator[StoredNode]:
    """Yield the nodes of a store, parents first.

    What a store says of itself is read from the node's own files; `.zmetadata` repeats it, and may be stale.

    Parameters
    ----------
    store : Path
        Folder of the store.

    Raises
    ------
    SourceError
        If the folder is not a Zarr 2 store, a file of metadata is damaged, a codec is unknown, or a link leads out of
        the store.
    """
    _require_zarr_2(store)
    yield from _below(store, store, "/", 0)


def _below(store: Path, folder: Path, path: str, depth: int) -> Iterator[StoredNode]:
    if depth > DEEPEST:
        raise _damage(str(folder), f"more than {DEEPEST} levels of groups", "about ten levels")
    attributes = _content(store, folder / ".zattrs") if _is_there(folder / ".zattrs") else {}
    if _is_there(folder / ".zarray"):
        yield StoredNode(path, folder, attributes, _array(store, folder))
        return
    _content(store, folder / ".zgroup")
    yield StoredNode(path, folder, attributes, None)
    for each in sorted(folder.iterdir()):
        if not each.name.startswith(".") and (_is_there(each / ".zgroup") or _is_there(each / ".zarray")):
            _refuse_way_out(store, each)
            yield from _below(store, each, f"{path.rstrip('/')}/{each.name}", depth + 1)


def _array(store: Path, folder: Path) -> ArrayMetadata:
    """Return the metadata of an array whose codecs are known."""
    found = array_metadata(_content(store, folder / ".zarray"), str(folder / ".zarray"))
    if unknown := unknown_codecs(found):
        raise SourceError(
            "the array is packed by a codec that is not read",
            where=str(folder / ".zarray"),
            got=", ".join(unknown),
            expected="blosc, zstd, lz4, zlib, gzip, bz2, lzma or a filter of numcodecs; for texts and references JSON, "
            "pickle or vlen-utf8",
            fix="write it again with one of these, e.g. NWBZarrIO(..., object_codec_class=numcodecs.JSON)",
        )
    return found


def _is_there(file: Path) -> bool:
    """Return whether there is a file or a link of this name."""
    return file.is_symlink() or file.exists()


def _content(store: Path, file: Path) -> dict[str, Any]:
    """Return the JSON object in a file of metadata."""
    _refuse_way_out(store, file)
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _damage(str(file), str(error) or type(error).__name__, "a JSON object") from error
    if not isinstance(content, dict):
        raise _damage(str(file), f"{str(content)[:80]!r}", "a JSON object")
    return content


def _refuse_way_out(store: Path, path: Path) -> None:
    """Reject a link out of the store or to a folder above itself."""
    target = path.resolve()
    if not target.is_relative_to(store.resolve()) or (path.is_symlink() and path.is_relative_to(target)):
        raise OutsideError(
            "the store has a link out of it, which is not followed",
            where=str(path),
            got=f"a link to {target}",
            expected="all data inside the store",
            fix="copy the store with its data (cp -rL)",
        )


def _require_zarr_2(store: Path) -> None:
    if _is_there(store / ".zgroup"):
        return
    newer = (store / "zarr.json").exists()
    raise SourceError(
        "this is not a Zarr store of NWB",
        where=str(store),
        got="a store of Zarr 3 (zarr.json)" if newer else "no .zgroup in the folder",
        expected="a store of Zarr 2, as hdmf-zarr writes it",
        fix="export it with hdmf-zarr 0.13 or older" if newer else "name the folder *.nwb.zarr itself",
    )


def _damage(where: str, got: str, expected: str) -> MalformedError:
    return MalformedError(
        "the metadata of the store are damaged",
        where=where,
        got=got,
        expected=expected,
        fix="copy or download the store again, or write it again with hdmf-zarr",
    )
