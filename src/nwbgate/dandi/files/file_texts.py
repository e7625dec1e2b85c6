"""Texts about the experiment shared by the files of a folder."""

from collections.abc import Iterable
from pathlib import Path

from nwbgate.storage.hdf5 import dataset_at, open_nwb_file, readable
from nwbgate.storage.values import stored_content, text

#: Fields of `general/` that describe more than one session.
FIELDS = ("experimenter", "institution", "keywords", "related_publications", "protocol", "experiment_description")


def shared_texts(files: Iterable[Path]) -> dict[str, list[str]]:
    """Return the distinct texts of each field, in order of appearance.

    Parameters
    ----------
    files : iterable of Path
        NWB files.

    Raises
    ------
    SourceError
        If a file cannot be read: the texts of the others alone would not describe the folder.
    """
    found: dict[str, dict[str, None]] = {name: {} for name in FIELDS}
    for file in files:
        for name, values in _texts(file).items():
            found[name] |= dict.fromkeys(values)
    return {name: [*values] for name, values in found.items()}


def _texts(file: Path) -> dict[str, list[str]]:
    with readable(str(file)), open_nwb_file(file) as opened:
        stored = {name: dataset_at(opened, f"general/{name}") for name in FIELDS}
        return {name: _values(stored_content(data)) for name, data in stored.items() if data is not None}


def _values(content: object) -> list[str]:
    values = content.ravel().tolist() if hasattr(content, "ravel") else [content]
    return [each for each in map(text, values) if each.strip()]
