"""The first dandiset.yaml of a folder, from files, recipe and options."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from nwbgate.archives.client import api_address
from nwbgate.archives.library import dandi_library
from nwbgate.dandi.dandiset.dandiset_file import FILE_NAME, DandisetFile, dandiset_number
from nwbgate.dandi.dandiset.dandiset_metadata import citation_of, described_dandiset, with_contact
from nwbgate.dandi.files.examination import ExaminationWork, examinations
from nwbgate.dandi.files.file_texts import FIELDS, shared_texts
from nwbgate.errors import MetadataError, SourceError, UsageError
from nwbgate.storage.nwb_paths import hdf5_contents
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.yaml_file import read_yaml

#: Section of a recipe's metadata with fields of a dandiset.
_SECTION = "Dandiset"


def write_dandiset_file(
    folder: str | Path,
    dandiset: str,
    *,
    instance: str = "dandi",
    recipe: str | Path | None = None,
    metadata: str | Path | None = None,
    contact: str | None = None,
    licence: Sequence[str] = (),
    overwrite: bool = False,
    jobs: int | None = None,
) -> DandisetFile:
    """Write the dandiset.yaml of a folder.

    Later sources win: the texts of the NWB files, the recipe, the file with metadata, and the arguments.

    Parameters
    ----------
    folder : str or Path
        Folder with the NWB files.
    dandiset : str
        Identifier of an existing dandiset, such as ``000711``.
    instance : str
        Name of the archive, or the address of its API.
    recipe : str or Path, optional
        Recipe that the files were converted by: its title, its metadata and their section ``Dandiset``.
    metadata : str or Path, optional
        YAML file with fields of dandischema's Dandiset.
    contact : str, optional
        Contact person, ``Last, First <address>``.
    licence : sequence of str
        Such as ``spdx:CC-BY-4.0``. Without one the file has none: nobody but the owner of the data may choose it.
    overwrite : bool
        Replace an existing file.
    jobs : int, optional
        Processes that read files; one per core by default.

    Returns
    -------
    DandisetFile
        What was written; `dandiset_gaps` of its metadata lists what publication still asks for.

    Raises
    ------
    UsageError
        If the folder has no NWB file, the identifier or an argument is invalid, or the file exists.
    SourceError
        If one of the NWB files cannot be read.
    WriteError
        If it cannot be written.
    """
    root, number = Path(folder), dandiset_number(dandiset, "--dandiset")
    path = root / FILE_NAME
    if path.exists() and not overwrite:
        raise UsageError(
            "the folder has a dandiset.yaml", where=str(path), fix="edit it, or replace it with --overwrite"
        )
    files = list(hdf5_contents(root).files)
    chosen = {
        **described_dandiset(shared_texts(files)),
        **({} if recipe is None else _of_recipe(recipe)),
        **({} if metadata is None else read_yaml(Path(metadata), error=MetadataError)),
        **({"license": [_licence(each) for each in licence]} if licence else {}),
    }
    if contact is not None:
        chosen["contributor"] = _contributors(chosen, contact)
    content = {**_identity(number, instance), **_in_order(chosen), "assetsSummary": _summary(root, files, jobs)}
    content["citation"] = citation_of(content, number, content["url"], datetime.now(UTC).year)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    write_whole(path, [text.encode()], overwrite=overwrite)
    return DandisetFile(path, number, content)


def _in_order(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as people read them: the name first."""
    first = [name for name in ("name", "description", "license", "contributor") if name in chosen]
    return {name: chosen[name] for name in dict.fromkeys([*first, *chosen])}


def _of_recipe(recipe: str | Path) -> dict[str, Any]:
    """Return the fields of a dandiset that a recipe holds."""
    from nwbgate.conversion.recipes.recipe import load_recipe

    loaded = load_recipe(recipe)
    session = loaded.metadata.get("NWBFile") or {}
    texts = {name: _several(session[name]) for name in FIELDS if session.get(name)}
    return {"name": loaded.title, **described_dandiset(texts), **(loaded.metadata.get(_SECTION) or {})}


def _several(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _contributors(chosen: Mapping[str, Any], contact: str) -> list[dict[str, Any]]:
    try:
        return with_contact(chosen.get("contributor", ()), contact)
    except ValueError:
        raise UsageError(
            "invalid contact person",
            where="--contact",
            got=contact,
            expected="'Last, First <name@example.org>'",
            fix="give family name, comma, given names, and the address in angle brackets",
        ) from None


def _licence(name: str) -> str:
    """Return the name of a licence that the archive accepts."""
    known = [each.value for each in dandi_library("dandischema.models").LicenseType]
    full = name if name.startswith("spdx:") else f"spdx:{name}"
    if full not in known:
        raise UsageError(
            "the archive does not accept this licence",
            where="--licence",
            got=name,
            expected=" or ".join(known),
            fix="ask the owner of the data for one of these; terms of use of other kinds cannot be published on DANDI",
        )
    return full


def _identity(number: str, instance: str) -> dict[str, Any]:
    """Return the fields that say which dandiset of which archive it is."""
    address = api_address(instance)
    known = dandi_library("dandi.consts").known_instances
    name, pages = (instance.upper(), known[instance].gui) if instance in known else ("DANDI-ADHOC", None)
    draft = f"{address}/dandisets/{number}/versions/draft/"
    return {
        "schemaKey": "Dandiset",
        "schemaVersion": dandi_library("dandischema.consts").DANDI_SCHEMA_VERSION,
        "id": f"{name}:{number}/draft",
        "identifier": f"{name}:{number}",
        "version": "draft",
        "url": f"{pages}/dandiset/{number}/draft" if pages else draft,
        "manifestLocation": [f"{draft}assets/"],
    }


def _summary(root: Path, files: Sequence[Path], jobs: int | None) -> dict[str, Any]:
    """Return the summary of the files that the archive computes for a draft."""
    works = [ExaminationWork.of(file, root) for file in files]
    examined = [*examinations(works, jobs).values()]
    for finding in (finding for one in examined for finding in one.findings if finding.code.startswith("file.")):
        raise SourceError("the file cannot be read", where=str(finding.path), got=finding.message, fix=finding.fix)
    found = [one.metadata for one in examined if one.metadata]
    summary: dict[str, Any] = dandi_library("dandischema.metadata").aggregate_assets_summary(found)
    return summary
