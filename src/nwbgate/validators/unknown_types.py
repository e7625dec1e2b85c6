"""Objects of undefined type or of none, which PyNWB omits and no validator reports."""

from collections.abc import Iterator
from pathlib import Path

from hdmf.build import DatasetBuilder, GroupBuilder
from hdmf.spec import NamespaceCatalog

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding

#: Groups of a file that hold typed objects only, and objects of the root that have to be typed.
_HOLDERS = ("acquisition", "stimulus/presentation", "stimulus/templates", "intervals", "events")
_OF_THE_ROOT = ("units",)


def unknown_types(builder: GroupBuilder, catalog: NamespaceCatalog, path: Path) -> list[Finding]:
    """Return a finding for each object without a type that its namespace defines.

    Parameters
    ----------
    builder : hdmf.build.GroupBuilder
        The root of the file as it was read.
    catalog : hdmf.spec.NamespaceCatalog
        The namespaces that the file caches, or those of the installed schema.
    path : pathlib.Path
        The file.
    """
    undefined = [
        (each, f"the namespace {each.attributes['namespace']} has no type {each.attributes['neurodata_type']}")
        for each in _typed_objects(builder)
        if not _is_defined(each, catalog)
    ]
    untyped = [(each, f"this {_kind(each)} has no neurodata_type") for each in _untyped_objects(builder)]
    return [
        file_finding("schema.unknown_type", path, said, location=_place(each), validator="nwbgate")
        for each, said in [*undefined, *untyped]
    ]


def _place(builder: GroupBuilder | DatasetBuilder) -> str:
    return str(builder.path).removeprefix("root/")


def _kind(builder: GroupBuilder | DatasetBuilder) -> str:
    return "group" if isinstance(builder, GroupBuilder) else "dataset"


def _untyped_objects(root: GroupBuilder) -> Iterator[GroupBuilder | DatasetBuilder]:
    """Yield every object without a type where the schema has typed objects only."""
    modules = root.groups.get("processing")
    holders = [*(_below(root, name) for name in _HOLDERS), *(modules.groups.values() if modules is not None else ())]
    children = [child for holder in holders if holder is not None for child in _children(holder)]
    for child in [*children, *(child for child in _children(root) if child.name in _OF_THE_ROOT)]:
        if "neurodata_type" not in child.attributes:
            yield child


def _children(group: GroupBuilder) -> list[GroupBuilder | DatasetBuilder]:
    return [*group.groups.values(), *group.datasets.values()]


def _below(root: GroupBuilder, place: str) -> GroupBuilder | None:
    group: GroupBuilder | None = root
    for name in place.split("/"):
        group = None if group is None else group.groups.get(name)
    return group


def _typed_objects(builder: GroupBuilder) -> Iterator[GroupBuilder | DatasetBuilder]:
    """Yield every object with a type and namespace at or below a group."""
    if "neurodata_type" in builder.attributes and "namespace" in builder.attributes:
        yield builder
    for group in builder.groups.values():
        yield from _typed_objects(group)
    for dataset in builder.datasets.values():
        if "neurodata_type" in dataset.attributes and "namespace" in dataset.attributes:
            yield dataset


def _is_defined(builder: GroupBuilder | DatasetBuilder, catalog: NamespaceCatalog) -> bool:
    namespace, kind = str(builder.attributes["namespace"]), str(builder.attributes["neurodata_type"])
    if namespace not in catalog.namespaces:
        return False
    return kind in catalog.get_namespace(name=namespace).get_registered_types()
