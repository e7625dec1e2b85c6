"""Location and selection columns of a public release, from ``schemas/<dataset>/release.yaml``."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from nwbgate.errors import SpecError, UsageError

#: A version as manifests are named by it.
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")


@dataclass(frozen=True, order=True)
class Version:
    """A version of three numbers, ordered numerically.

    Parameters
    ----------
    numbers : tuple of int
        Major, minor, patch.
    """

    numbers: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Parse a version such as ``1.1.0`` or ``v1.1.0``.

        Raises
        ------
        UsageError
            If it is none.
        """
        found = _VERSION.fullmatch(text.removeprefix("v"))
        if found is None:
            raise UsageError(
                "invalid version of a release",
                got=text,
                expected="three numbers, as in 1.1.0",
                where="--version",
                fix="give three numbers separated by dots",
            )
        return cls(tuple(int(number) for number in found.groups()))

    def __str__(self) -> str:
        """Return the numbers separated by dots."""
        return ".".join(map(str, self.numbers))


class _ReleasePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Accepted(_ReleasePart):
    """Range of supported versions: `first` included, `before` not."""

    first: str
    before: str


class Sessions(_ReleasePart):
    """The table of sessions and its columns for selecting files."""

    table: str
    key: str
    other_keys: tuple[str, ...] = ()
    mouse: str
    project_code: str


class FileColumns(_ReleasePart):
    """A column of file ids, and the tables that have it."""

    column: str
    tables: tuple[str, ...]


class Release(_ReleasePart):
    """A public release, as described by ``release.yaml``.

    Attributes
    ----------
    title : str
        Name for people.
    base_url : str
        Address of the bucket.
    project : str
        Name of the release in its manifests; first folder of all addresses.
    manifests : str
        Folder of the manifests in the bucket.
    manifest_name : str
        File name of a manifest, with ``{version}``.
    accepted : Accepted
        Versions that are known.
    known_versions : tuple of str
        Versions to ask for where the server lists nothing.
    spec : str
        Specification of the tables.
    sessions : Sessions
        How sessions are chosen.
    files : FileColumns
        How tables name files.
    """

    title: str
    base_url: str
    project: str
    manifests: str
    manifest_name: str
    accepted: Accepted
    known_versions: tuple[str, ...]
    spec: str
    sessions: Sessions
    files: FileColumns

    def accepts(self, version: Version) -> bool:
        """Return whether the layout of a version is supported."""
        return Version.parse(self.accepted.first) <= version < Version.parse(self.accepted.before)

    def manifest_file(self, version: Version) -> str:
        """Return the file name of a version's manifest."""
        return self.manifest_name.format(version=version)

    def versions_in(self, listing: str) -> set[Version]:
        """Return the versions whose manifests appear in a listing of any format."""
        before, _, after = self.manifest_name.partition("{version}")
        found = re.findall(re.escape(before) + f"({_VERSION.pattern})" + re.escape(after), listing)
        return {Version.parse(groups[0]) for groups in found}


@cache
def shipped_releases() -> tuple[str, ...]:
    """Return the command-line names of the releases."""
    folders = (folder for folder in files("nwbgate.schemas").iterdir() if folder.is_dir())
    return tuple(sorted(folder.name.replace("_", "-") for folder in folders if (folder / "release.yaml").is_file()))


def load_release(name: str) -> Release:
    """Return a shipped release by name (``-`` and ``_`` are equal).

    Raises
    ------
    UsageError
        If there is none of that name.
    SpecError
        If its description is wrong.
    """
    if name.replace("_", "-") not in shipped_releases():
        raise UsageError(
            "unknown release",
            got=name,
            expected=" or ".join(shipped_releases()),
            where=name,
            fix="choose one of these",
        )
    with as_file(files("nwbgate.schemas") / name.replace("-", "_") / "release.yaml") as path:
        text = path.read_text(encoding="utf-8")
    try:
        return Release.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise SpecError(
            "invalid description of the release", where=name, got=str(error), fix="correct this value"
        ) from None
