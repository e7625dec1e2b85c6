"""The files of a specification, merged: the base, and on top of it the overlay of one version."""

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
    """Return the versions of a specification, in the order of their names."""
    return tuple(sorted(path.stem for path in (folder / VERSIONS).glob("*.yaml")))


def default_version(folder: Path) -> str:
    """Return the version taken when none is asked for, or the empty string where there are no versions."""
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


def merged(folder: Path, version: str = "") -> dict[str, Any]:
    """Return the data of all files of a specification, with the overlay of `version` merged in.

    A mapping of the overlay is merged key by key, any other value replaces the one of the base, and a value of null
    takes the key away.

    Raises
    ------
    SpecError
        If there is no file, or one is not YAML, or is not a mapping.
    """
    data = _read_all(folder)
    if version:
        data = merge(data, _read(folder / VERSIONS / f"{version}.yaml"))
    return {key: value for key, value in data.items() if key != DEFAULT}


def merge(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `overlay` merged in; neither is changed."""
    result = dict(base)
    for key, value in overlay.items():
        if value is None:
            result.pop(key, None)
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
            "the folder holds no specification",
            where=str(folder),
            expected=f"one of {', '.join(FILES)} in it",
            fix="name the folder that holds the specification itself",
        )
    data: dict[str, Any] = {}
    for path in present:
        data = merge(data, _read(path))
    return data


def _read(path: Path) -> dict[str, Any]:
    return _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, _changed: int) -> dict[str, Any]:
    return read_yaml(path, error=SpecError)
