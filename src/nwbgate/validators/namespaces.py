"""Cached NWB specifications of files, each distinct set parsed once per process.

Reading a small file is quick; parsing the 150 kB of JSON that it caches beside its data takes a quarter of a second.
A folder of files written by one program caches one and the same text, so the parsed form is kept under the SHA-256 of
that text. The text that the installed PyNWB itself would cache need not be parsed at all: PyNWB has it parsed already.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import h5py
from hdmf.backends.hdf5.h5_utils import H5SpecWriter
from hdmf.backends.utils import NamespaceToBuilderHelper
from hdmf.build import TypeMap
from hdmf.spec import NamespaceCatalog
from hdmf.validate import ValidatorMap
from pynwb import CORE_NAMESPACE, NWBHDF5IO, get_type_map
from pynwb.spec import NWBDatasetSpec, NWBGroupSpec, NWBNamespace

from nwbgate.validators.cached_namespaces import SPECIFICATION_ATTRIBUTE, unusable_namespaces
from nwbgate.validators.schema_validators import schema_validator

#: Distinct sets of specifications kept at once; one takes about 20 MB.
KEPT = 8

#: Namespaces that PyNWB installs.
INSTALLED = (CORE_NAMESPACE, "hdmf-common", "hdmf-experimental")

#: Namespace that pynwb.validate never validates against (pynwb issue 1357).
NOT_VALIDATED = "hdmf-experimental"


@dataclass(frozen=True)
class Namespaces:
    """Construction and validation of objects by one set of cached specifications.

    Attributes
    ----------
    type_map : hdmf.build.TypeMap
        Maps the data types of the file to Python classes; used by a ``BuildManager`` per file.
    validators : tuple of hdmf.validate.ValidatorMap
        One per most specific namespace, in the order in which ``pynwb.validate`` uses them.
    unusable : dict of str to str
        Cached namespaces that cannot be loaded, each with the reason; the installed ones take their place.
    """

    type_map: TypeMap
    validators: tuple[ValidatorMap, ...]
    unusable: dict[str, str] = field(default_factory=dict)


_parsed: OrderedDict[str, Namespaces] = OrderedDict()


def namespaces_of(file: h5py.File) -> Namespaces:
    """Return the namespaces cached in a file, or the installed NWB schema.

    Parameters
    ----------
    file : h5py.File
        An NWB file, open for reading.

    Returns
    -------
    Namespaces
        Shared by every file with the same specifications; not to be changed.
    """
    key = specification_digest(file)
    if key not in _parsed:
        _parsed[key] = _parse(file, key)
    _parsed.move_to_end(key)
    while len(_parsed) > KEPT:
        _parsed.popitem(last=False)
    return _parsed[key]


def specification_digest(file: h5py.File) -> str:
    """Return the SHA-256 of all cached specifications and their names; empty without any."""
    location = file.attrs.get(SPECIFICATION_ATTRIBUTE)
    if location is None:
        return ""
    digest, cached = hashlib.sha256(), file[location].id

    def add(name: bytes) -> None:
        item = h5py.h5o.open(cached, name)
        text = _text(h5py.Dataset(item, readonly=True)) if isinstance(item, h5py.h5d.DatasetID) else b""
        for part in (name, text):
            digest.update(len(part).to_bytes(8, "little") + part)

    h5py.h5o.visit(cached, add)
    return digest.hexdigest()


def _text(dataset: h5py.Dataset) -> bytes:
    value: Any = dataset[()]
    return value if isinstance(value, bytes) else str(value).encode()


def _parse(file: h5py.File, digest: str) -> Namespaces:
    type_map = get_type_map()
    if digest in ("", installed_digest()):
        return Namespaces(type_map, (schema_validator(type_map.namespace_catalog.get_namespace(name=CORE_NAMESPACE)),))
    if unusable := unusable_namespaces(file):
        return _with_installed(file, type_map, unusable)
    NWBHDF5IO.load_namespaces(type_map, file=file)
    catalog = NamespaceCatalog(NWBGroupSpec, NWBDatasetSpec, NWBNamespace)
    includes: dict[str, dict[str, object]] = NWBHDF5IO.load_namespaces(catalog, file=file)
    names = most_specific(includes)
    if not names:
        catalog, names = type_map.namespace_catalog, [CORE_NAMESPACE]
    return Namespaces(type_map, tuple(schema_validator(catalog.get_namespace(name=name)) for name in names))


def _with_installed(file: h5py.File, type_map: TypeMap, unusable: dict[str, str]) -> Namespaces:
    """Return installed namespaces with a file's intact extensions."""
    names = [name for name in file[file.attrs[SPECIFICATION_ATTRIBUTE]] if name not in (*unusable, *INSTALLED)]
    includes: dict[str, dict[str, object]] = {CORE_NAMESPACE: {}}
    if names:
        includes |= NWBHDF5IO.load_namespaces(type_map, namespaces=names, file=file)
    validated = most_specific(includes)
    catalog = type_map.namespace_catalog
    validators = tuple(schema_validator(catalog.get_namespace(name=name)) for name in validated)
    return Namespaces(type_map, validators, unusable)


@cache
def installed_digest() -> str:
    """Return the digest of the specifications that the installed PyNWB caches."""
    catalog = get_type_map(copy=False).namespace_catalog
    with h5py.File("installed", "w", driver="core", backing_store=False) as file:
        for name in INSTALLED:
            group = file.create_group(f"specifications/{name}/{catalog.get_namespace(name).version}")
            NamespaceToBuilderHelper.convert_namespace(catalog, name).export("namespace", writer=H5SpecWriter(group))
        file.attrs[SPECIFICATION_ATTRIBUTE] = file["specifications"].ref
        return specification_digest(file)


def most_specific(includes: dict[str, dict[str, object]]) -> list[str]:
    """Return the namespaces that no other includes, sorted, as in ``pynwb.validate``.

    Parameters
    ----------
    includes : dict
        Name of a namespace to the namespaces that it includes.
    """
    included = {name for others in includes.values() for name in others}
    return sorted(set(includes) - included - {NOT_VALIDATED})
