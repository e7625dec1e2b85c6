"""The file dandiset.yaml: its dandiset, metadata, and gaps that prevent publication."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nwbgate.archives.library import dandi_library
from nwbgate.dandi.files.schema_errors import schema_errors
from nwbgate.errors import MetadataError, UsageError
from nwbgate.findings.validator_codes import file_finding
from nwbgate.rules.rule import Finding
from nwbgate.yaml_file import read_yaml

#: Name of the file, as dandi-cli has it.
FILE_NAME = "dandiset.yaml"
#: Number of a dandiset, with or without the name of its archive.
_IDENTIFIER = re.compile(r"(?:[A-Za-z][A-Za-z-]*:)?(\d{6})")


@dataclass(frozen=True)
class DandisetFile:
    """The content of a dandiset.yaml.

    Attributes
    ----------
    path : Path
        The file.
    identifier : str
        Six digits.
    metadata : mapping
        The whole content.
    """

    path: Path
    identifier: str
    metadata: Mapping[str, Any]

    @property
    def url(self) -> str:
        """Address of the dandiset; empty where the file names none."""
        return str(self.metadata.get("url") or "")


def read_dandiset_file(folder: Path) -> DandisetFile:
    """Read the dandiset.yaml of a folder.

    Raises
    ------
    UsageError
        If the folder or the file does not exist, or names no dandiset.
    """
    path = folder / FILE_NAME
    if not folder.is_dir():
        raise UsageError("no such folder", where=str(folder), fix="check the spelling of the path")
    if not path.is_file():
        raise UsageError(
            "the folder belongs to no dandiset",
            where=str(folder),
            expected=f"a file {FILE_NAME} in it",
            fix=f"nwbgate dandi init {folder} --dandiset ID",
        )
    content = read_yaml(path, error=MetadataError)
    return DandisetFile(path, dandiset_number(str(content.get("identifier", "")), f"{path}: identifier"), content)


def dandiset_number(identifier: str, where: str) -> str:
    """Return the six digits of a dandiset's identifier.

    Raises
    ------
    UsageError
        If it is none.
    """
    match = _IDENTIFIER.fullmatch(identifier.strip())
    if match is None:
        raise UsageError(
            "invalid identifier of a dandiset",
            where=where,
            got=repr(identifier),
            expected="six digits, such as 000711 or DANDI:000711",
            fix="copy it from the web page of the dandiset",
        )
    return match[1]


def dandiset_findings(dandiset: DandisetFile) -> list[Finding]:
    """Return findings about a dandiset's metadata: licence and gaps that prevent publication."""
    found = []
    for field, message in dandiset_gaps(dandiset.metadata):
        code = "publish.licence" if field.partition(".")[0] == "license" else "publish.dandiset"
        found.append(file_finding(code, dandiset.path, message, location=field))
    return found


def dandiset_gaps(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each field of a dandiset's metadata that prevents publication, with the reason."""
    models = dandi_library("dandischema.models")
    return schema_errors(models.Dandiset, {**_OF_THE_ARCHIVE, **metadata})


#: What the archive fills in itself, in the form that it has.
_OF_THE_ARCHIVE = {
    "id": "DANDI:000000/draft",
    "schemaKey": "Dandiset",
    "version": "draft",
    "citation": "by the archive",
    "manifestLocation": ["https://example.org/assets.jsonld"],
    "assetsSummary": {"schemaKey": "AssetsSummary", "numberOfBytes": 0, "numberOfFiles": 0},
}
