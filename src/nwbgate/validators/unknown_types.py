"""Objects of undefined type, which PyNWB omits and no validator reports."""

from collections.abc import Iterator
from pathlib import Path

from hdmf.build import DatasetBuilder, GroupBuilder
from hdmf.spec import NamespaceCatalog

from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding


def unknown_types(builder: GroupBuilder, catalog: NamespaceCatalog, path: Path) -> list[Finding]:
    """Return a finding for each object whose namespace does not define its type.

    Parameters
    ----------
    builder : hdmf.build.GroupBuilder
        The root of the file as it was read.
    catalog : hdmf.spec.NamespaceCatalog
        The namespaces that the file caches, or those of the installed schema.
    path : pathlib.Path
        The file.
    """
    return [
        file_finding(
            "schema.unknown_type",
            path,
            f"the namespace {each.attributes['namespace']} has no type {each.attributes['neurodata_type']}",
            location=str(each.path).removeprefix("root/"),
            validator="nwbgate",
        )
        for each in _typed_objects(builder)
        if not _is_defined(each, catalog)
    ]


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
