"""Version of all that decides what is said about a file."""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import nwbgate

#: Files of nwbgate that decide: code and declarations.
_ENDINGS = (".py", ".yaml", ".txt")


@cache
def version_of(*libraries: str) -> str:
    """Return a digest of nwbgate's code and of library versions.

    Declarations in ``schemas`` count as code.

    The code itself is digested, because a copy under development changes without a new version.

    Parameters
    ----------
    *libraries : str
        Names of installed distributions; one that is not installed counts as such.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in _sources():
        digest.update(path.name.encode() + b"\0" + hashlib.blake2b(path.read_bytes()).digest())
    for name in libraries:
        digest.update(f"{name} {_installed_version(name)}\0".encode())
    return digest.hexdigest()


def _sources() -> Iterable[Path]:
    roots = (Path(nwbgate.__file__).parent, Path(str(files("nwbgate.schemas"))))
    return (path for root in roots for path in sorted(root.rglob("*")) if path.suffix in _ENDINGS and path.is_file())


def _installed_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
