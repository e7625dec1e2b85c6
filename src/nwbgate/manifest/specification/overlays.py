"""Merged files of a specification: the base and the overlay of one version."""

from functools import cache
from pathlib import Path
from typing import Any

from nwbgate.errors import SpecError
from nwbgate.yaml_file import read_yaml

#: Files of a specification, each optional but not all; later ones add tables to earlier ones.
FILES = ("manifest.yaml", "nwb_files.yaml")
#: Folder with one overlay per version.
VERSIONS = "versions"
#: Key of ``manifest.yaml`` that names the version taken when none is asked for.
DEFAULT = "default_version"


def versions(folder: Path) -> tuple[str, ...]:
    """Return the versions of a specification, sorted by name."""
    return tuple(sorted(path.stem for path in (folder / VERSIONS).glob("*.yaml")))


def default_version(folder: Path) -> str:
    """Return the default version, or an empty text if there are no versions."""
    named = _read_all(folder).get(DEFAULT)
    known = versions(folder)
    if named is not None and named not in known:
        raise SpecError(
            f"{DEFAULT} is not a version",
            where=str(folder),
            got=str(named),
            expected=", ".join(known) or "none",
            fix=f"name a file of the versions folder as {DEFAULT}",
        )
    return named or (known[-1] if known else "")


def merged_data(folder: Path, version: str = "") -> dict[str, Any]:
    """Return all data of a specification, merged with the overlay of `version`.

    A mapping of the overlay is merged key by key, any other value replaces the one of the base, and a value of null
    takes the key away.

    Raises
    ------
    SpecError
        If there is no file, or one is not YAML, or is not a mapping.
    """
    data = _read_all(folder)
    if version:
        data = merge(data, _read_file(folder / VERSIONS / f"{version}.yaml"))
    return {key: value for key, value in data.items() if key != DEFAULT}


def merge(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of `base` with `overlay` merged in."""
    result = dict(base)
    for key, value in overlay.items():
        if value is None and key in base:
            del result[key]
        elif isinstance(value, dict):
            below = result.get(key)
            result[key] = merge(below if isinstance(below, dict) else {}, value)
        else:
            result[key] = value
    return result


def _read_all(folder: Path) -> dict[str, Any]:
    present = [folder / name for name in FILES if (folder / name).is_file()]
    if not present:
        raise SpecError(
            "the folder contains no specification",
            where=str(folder),
            expected=f"one of {', '.join(FILES)} in it",
            fix="name the folder of the specification itself",
        )
    data: dict[str, Any] = {}
    for path in present:
        data = merge(data, _read_file(path))
    return data


def _read_file(path: Path) -> dict[str, Any]:
    return _parse_file(path, path.stat().st_mtime_ns)


@cache
def _parse_file(path: Path, _changed: int) -> dict[str, Any]:
    return read_yaml(path, error=SpecError)
