"""Unusable cached namespaces: damaged, incomplete, or outdated."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
from hdmf.build import DatasetBuilder, GroupBuilder
from packaging.version import InvalidVersion, Version

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding

#: Root attribute that refers to the group of cached specifications (NWB storage specification, "Caching").
SPECIFICATION_ATTRIBUTE = ".specloc"
#: Namespace of types that may still change, which MatNWB does not generate classes for.
EXPERIMENTAL = "hdmf-experimental"


def unusable_namespaces(file: h5py.File) -> dict[str, str]:
    """Return the cached namespaces that cannot be loaded, each with the reason.

    Parameters
    ----------
    file : h5py.File
        An NWB file, open for reading.

    Returns
    -------
    dict of str to str
        Name to reason. A namespace that a cached one includes, and that is not cached itself, is among them.
    """
    if file.attrs.get(SPECIFICATION_ATTRIBUTE) is None:
        return {}
    cached = file[file.attrs[SPECIFICATION_ATTRIBUTE]]
    found: dict[str, str] = {}
    for name in cached:
        try:
            included = _included_namespaces(cached[name])
        except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
            found[name] = f"damaged: {error}"
            continue
        found |= {other: f"absent, though {name} includes it" for other in included if other not in cached}
    return found


def _included_namespaces(versions: h5py.Group) -> list[str]:
    """Return the namespaces that the newest cached version includes."""
    newest = versions[max(versions, key=_order)]
    namespaces = json.loads(_text(newest["namespace"]))["namespaces"]
    parts = [part for namespace in namespaces for part in namespace["schema"]]
    for part in parts:
        if "source" in part:
            json.loads(_text(newest[part["source"]]))
    own = {namespace["name"] for namespace in namespaces}
    return [part["namespace"] for part in parts if "namespace" in part and part["namespace"] not in own]


def _order(version: str) -> tuple[int, Any]:
    """Sort versions, and whatever is none of them before."""
    try:
        return 1, Version(version)
    except InvalidVersion:
        return 0, version


def _text(data: h5py.Dataset) -> str:
    value = data[()]
    return value.decode() if isinstance(value, bytes) else str(value)


def namespace_findings(file: h5py.File, path: Path, unusable: Mapping[str, str]) -> list[Finding]:
    """Return a finding per cached namespace replaced by the installed one.

    Parameters
    ----------
    file : h5py.File
        The open file.
    path : pathlib.Path
        Its path, for the findings.
    unusable : mapping of str to str
        What `unusable_namespaces` returned for these specifications.
    """
    findings = [
        file_finding(
            "file.specifications",
            path,
            f"the cached namespace {name} is {reason}; the installed one is used in its place",
            location=f"specifications/{name}",
        )
        for name, reason in unusable.items()
    ]
    return findings + ([] if "core" in unusable else _older_core(file, path))


def _older_core(file: h5py.File, path: Path) -> list[Finding]:
    """Return a finding if the cached core namespace is outdated."""
    if file.attrs.get(SPECIFICATION_ATTRIBUTE) is None:
        return []
    versions = file[file.attrs[SPECIFICATION_ATTRIBUTE]].get("core", ())
    with suppress(InvalidVersion, ValueError):
        newest, stated = max(map(Version, versions)), Version(str(file.attrs["nwb_version"]))
        if newest.release < stated.release:
            message = f"the cached namespace core is of version {newest}, the file of {stated}"
            return [file_finding("file.older_specifications", path, message, location="specifications/core")]
    return []


def experimental_types(builder: GroupBuilder, path: Path) -> list[Finding]:
    """Return a finding for each object of an experimental type.

    Parameters
    ----------
    builder : hdmf.build.GroupBuilder
        The root of the file as it was read.
    path : pathlib.Path
        The file.
    """
    return [
        file_finding(
            "file.experimental_type",
            path,
            f"{each.attributes.get('neurodata_type')} is a type of {EXPERIMENTAL}",
            location=str(each.path).removeprefix("root/"),
        )
        for each in _experimental(builder)
    ]


def _experimental(builder: GroupBuilder) -> Iterator[GroupBuilder | DatasetBuilder]:
    """Yield every object at or below a group whose namespace is the experimental one."""
    parts: list[GroupBuilder | DatasetBuilder] = [builder, *builder.datasets.values()]
    # as a text: a damaged file has an array there
    yield from (each for each in parts if str(each.attributes.get("namespace")) == EXPERIMENTAL)
    for group in builder.groups.values():
        yield from _experimental(group)
