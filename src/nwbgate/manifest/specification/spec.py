"""Specifications of tables, from ``schemas/<dataset>/*.yaml`` or another folder.

Nothing heavy is imported here, so that rules can be listed and explained without loading pandas.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nwbgate.errors import SpecError, nearest
from nwbgate.manifest.specification.declaration import (
    Column,
    Condition,
    Correction,
    Count,
    ForeignKey,
    Spec,
    Table,
    field_names,
)
from nwbgate.manifest.specification.overlays import default_version, merged_data, versions
from nwbgate.manifest.specification.resolution import inherit, resolve

__all__ = [
    "Column",
    "Condition",
    "Correction",
    "Count",
    "ForeignKey",
    "Spec",
    "Table",
    "load_spec",
    "shipped_specs",
]


def load_spec(spec: "str | Path | Spec") -> Spec:
    """Return a specification by name, or from a folder.

    Parameters
    ----------
    spec : str, Path or Spec
        ``dataset``, ``dataset@version`` (``-`` and ``_`` are equal; without a version the default one is taken), or a
        folder with ``manifest.yaml`` or ``nwb_files.yaml``, also followed by ``@version``. A `Spec` is
        returned as it is.

    Raises
    ------
    SpecError
        If there is no such specification or version, or it is wrong: an unknown key, table, column or function is
        named together with the nearest valid one.
    """
    if isinstance(spec, Spec):
        return spec
    text, version = _split(str(spec))
    if not text:
        raise _unknown_spec(spec)
    shipped = _shipped_folders()
    name = text.replace("-", "_")
    if name in shipped:
        return _shipped_folder(name, _chosen_version(shipped[name], version))
    folder = Path(text)
    if not folder.is_dir():
        raise _unknown_spec(spec)
    return load_folder(folder, _chosen_version(folder, version))


def _unknown_spec(spec: str | Path) -> SpecError:
    known = [*_shipped_folders(), *shipped_specs()]
    return SpecError(
        "unknown specification",
        got=repr(str(spec)),
        expected=f"one of {', '.join(shipped_specs())}, or a folder with a manifest.yaml",
        fix=nearest(str(spec).replace("-", "_"), known) or "use one of these names, or the folder of a specification",
        where="the specification (--spec)",
    )


def load_folder(folder: Path, version: str = "") -> Spec:
    """Return the specification in `folder`, optionally with the overlay of `version`.

    Raises
    ------
    SpecError
        If a file is not YAML, or declares what is not known.
    """
    data = inherit(merged_data(folder, version), folder)
    try:
        spec = Spec.model_validate({"dataset": folder.name, **data, "version": version})
    except ValidationError as error:
        raise _spec_error(error, folder) from None
    resolve(spec, folder)
    return spec


def shipped_specs() -> tuple[str, ...]:
    """Return the names of all shipped specifications, one per version."""
    found = []
    for name, folder in _shipped_folders().items():
        found += [f"{name}@{version}" for version in versions(folder)] or [name]
    return tuple(found)


def _split(text: str) -> tuple[str, str]:
    """Split ``name@version``; a folder name may contain an ``@``."""
    if "@" not in text or Path(text).is_dir():
        return text, ""
    name, _, version = text.rpartition("@")
    return name, version


def _chosen_version(folder: Path, version: str) -> str:
    """Return `version` if `folder` has it, or the default version."""
    known = versions(folder)
    if not version:
        return default_version(folder)
    if version not in known:
        raise SpecError(
            f"the specification {folder.name} has no version {version}",
            got=version,
            expected=", ".join(known) or "no version: it has only one",
            fix=nearest(version, known) or "name one of these versions, or none for the default one",
            where=str(folder),
        )
    return version


@cache
def _shipped_folders() -> dict[str, Path]:
    root = Path(str(files("nwbgate.schemas")))
    return {path.parent.name: path.parent for path in sorted(root.glob("*/manifest.yaml"))}


@cache
def _shipped_folder(name: str, version: str) -> Spec:
    return load_folder(_shipped_folders()[name], version)


def _spec_error(error: ValidationError, folder: Path) -> SpecError:
    """Turn pydantic's first complaint into an error, suggesting the nearest valid key.

    A key that is misspelt is missing, too; what helps is to see the one that is there.
    """
    first = min(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
    *_, last = path = [str(part) for part in first["loc"]]
    where = f"{folder}: {'.'.join(path)}"
    if first["type"] == "extra_forbidden":
        fix = nearest(last, field_names()) or "remove the key"
        return SpecError(f"unknown key {last!r}", where=where, fix=fix)
    if first["type"] == "missing":
        return SpecError(f"the key {last!r} is missing", where=where, fix="add it")
    got: Any = first["input"]
    return SpecError(f"{last}: {first['msg']}", where=where, got=repr(got)[:200], fix="correct the value")
