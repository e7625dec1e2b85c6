"""Facts about subject and start that DANDI rejects, found early."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from nwbgate.errors import MetadataError
from nwbgate.manifest import age

_SPECIES = re.compile(r"[A-Z][a-z]* [a-z]+|http://purl\.obolibrary\.org/obo/NCBITaxon_\d+")
_WEIGHT = re.compile(r"\d+(\.\d+)? (kg|g|mg|ug|μg|ng|pg)", re.IGNORECASE)
_WORMS = ("Caenorhabditis elegans", "C. elegans")


def refuse_subject(metadata: Mapping[str, Any], where: str = "") -> None:
    """Reject session metadata that NWB Inspector, in DANDI's configuration, would reject.

    Parameters
    ----------
    metadata : mapping
        Merged metadata of one session, as NeuroConv takes them.
    where : str
        File or row of a table that the metadata were read from, for the error.

    Raises
    ------
    MetadataError
        Naming the field: subject missing, without id, age, sex or species, or with values of another form; a start
        in the future; ids with a slash.
    """
    for field, got, expected in _problems(metadata):
        raise MetadataError(
            f"DANDI refuses the metadata at {field}",
            where=f"{where}: {field}" if where else f"metadata: {field}",
            got=got,
            expected=expected,
            fix="correct the value in the metadata or in the table that it comes from",
        )


def _problems(metadata: Mapping[str, Any]) -> "list[tuple[str, str, str]]":
    """Return field, value and requirement of each invalid field."""
    session, subject = metadata.get("NWBFile") or {}, metadata.get("Subject")
    found = [*_of_session(session)]
    if not subject:
        return [("Subject", "nothing", "subject_id, species, sex, and age or date_of_birth"), *found]
    wrong = {name: expected for name, expected in _expectations(subject).items() if expected}
    return [
        *((f"Subject.{name}", _shown_value(subject.get(name)), expected) for name, expected in wrong.items()),
        *found,
    ]


def _of_session(session: Mapping[str, Any]) -> "list[tuple[str, str, str]]":
    found = []
    start, session_id = session.get("session_start_time"), session.get("session_id")
    start = datetime.fromisoformat(start) if isinstance(start, str) else start
    if isinstance(start, datetime) and start.tzinfo is not None and start > datetime.now(UTC):
        found.append(("NWBFile.session_start_time", start.isoformat(), "a time in the past"))
    if "/" in str(session_id or ""):
        found.append(("NWBFile.session_id", str(session_id), "an id without slashes"))
    return found


def _expectations(subject: Mapping[str, Any]) -> dict[str, str]:
    """Return the violated requirement of each field, empty if valid."""
    subject_id, species, weight = (subject.get(name) for name in ("subject_id", "species", "weight"))
    return {
        "subject_id": "" if subject_id and "/" not in str(subject_id) else "the id of the animal, without slashes",
        "age": _age(subject),
        "sex": _sex(subject),
        "species": "" if species and _SPECIES.fullmatch(str(species)) else "a Latin name, such as Mus musculus",
        "weight": "" if weight is None or _WEIGHT.fullmatch(_weight(weight)) else "number and unit, such as 0.02 kg",
    }


def _age(subject: Mapping[str, Any]) -> str:
    value = subject.get("age")
    if value is None:
        return "" if subject.get("date_of_birth") else f"{age.EXPECTED}; or date_of_birth"
    return "" if age.is_age(str(value)) else age.EXPECTED


def _sex(subject: Mapping[str, Any]) -> str:
    known = ("XO", "XX") if subject.get("species") in _WORMS else ("M", "F", "U", "O")
    return "" if subject.get("sex") in known else f"one of {', '.join(known)}"


def _weight(weight: object) -> str:
    """Return the weight as PyNWB writes it: a number is in kg."""
    return f"{weight} kg" if isinstance(weight, float) else str(weight)


def _shown_value(value: object) -> str:
    return "nothing" if value is None else str(value)
