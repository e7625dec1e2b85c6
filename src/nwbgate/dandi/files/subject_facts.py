"""Identifier, subject and start of a file, by which the archive groups files."""

from dataclasses import dataclass
from pathlib import Path

from nwbgate.storage.hdf5 import dataset_at, open_nwb_file
from nwbgate.storage.values import one_text


@dataclass(frozen=True)
class SubjectFacts:
    """Texts of a file; each is empty where the file does not have it.

    Attributes
    ----------
    identifier, session_start_time : str
        Of the file.
    subject_id, sex, species, notes : str
        Of the subject, and the notes of the session.
    """

    identifier: str
    session_start_time: str
    subject_id: str
    sex: str
    species: str
    notes: str


#: Attribute of `SubjectFacts` -> path in the file.
_PLACES = {
    "identifier": "identifier",
    "session_start_time": "session_start_time",
    "subject_id": "general/subject/subject_id",
    "sex": "general/subject/sex",
    "species": "general/subject/species",
    "notes": "general/notes",
}


def subject_facts(file: Path) -> SubjectFacts:
    """Return the facts of an NWB file.

    Raises
    ------
    SourceError
        If it cannot be read.
    """
    with open_nwb_file(file) as opened:
        found = {name: dataset_at(opened, place) for name, place in _PLACES.items()}
        return SubjectFacts(**{name: "" if data is None else one_text(data) for name, data in found.items()})
