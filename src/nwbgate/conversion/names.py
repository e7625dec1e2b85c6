"""Output file names: the recipe's template, filled and valid for DANDI."""

import re
from pathlib import Path, PurePosixPath

from nwbgate.errors import RecipeError, SourceError
from nwbgate.interfaces.plan import REFUSED_IN_IDS
from nwbgate.storage.safe_files.portable_names import find_look_alike, refusal_of_name

#: What a template may hold in braces.
FIELDS = ("subject_id", "session_id")
_FIELD = re.compile(r"\{([^{}]*)\}")


def check_template(template: str, *, where: str = "") -> None:
    """Reject an output template with unknown fields or outside the output folder.

    Parameters
    ----------
    template : str
        Path below the output folder, with ``{subject_id}`` and ``{session_id}``.
    where : str
        The recipe that it is in, for the error.

    Raises
    ------
    RecipeError
        If it has another field or a stray brace, is absolute or climbs with ``..``, or some system refuses a part.
    """
    path = PurePosixPath(template)
    wrong = [f"{{{name}}}" for name in _FIELD.findall(template) if name not in FIELDS]
    stray = [brace for brace in "{}" if brace in _FIELD.sub("", template)]
    climbs = [part for part in path.parts if part in ("/", "..")]
    refused = [part for part in path.parts if part not in climbs and refusal_of_name(_FIELD.sub("x", part))]
    if wrong or stray or climbs or refused:
        raise RecipeError(
            "cannot fill in the recipe's output name",
            where=where,
            got=f"{', '.join([*wrong, *stray, *climbs, *refused])} in {template}",
            expected=f"a path below the output folder with {' and '.join(f'{{{name}}}' for name in FIELDS)}",
            fix="correct output in the conversion.yaml",
        )


def output_path(folder: Path, template: str, *, subject_id: str, session_id: str) -> Path:
    """Return the path of a session's file.

    Parameters
    ----------
    folder : Path
        Output folder.
    template : str
        As `check_template` lets it pass.
    subject_id, session_id : str
        What the template is filled with.

    Raises
    ------
    SourceError
        If an id that is used is empty or holds a character that DANDI refuses, or some system refuses the name.
    """
    ids = {"subject_id": subject_id, "session_id": session_id}
    for name in dict.fromkeys(_FIELD.findall(template)):
        _refuse(name, ids[name])
    filled = _FIELD.sub(lambda field: ids[field[1]], template)
    for part in filter(refusal_of_name, PurePosixPath(filled).parts):
        raise SourceError(
            "not every system has files of this name",
            where=filled,
            got=f"{part}: {refusal_of_name(part)}",
            expected="a name that people on every system can have",
            fix="give another id in the metadata, or change output in the conversion.yaml",
        )
    return folder / filled


def refuse_look_alike(path: Path, folder: Path) -> None:
    """Reject a file that Windows or macOS takes for an existing one.

    Raises
    ------
    SourceError
        If a name on the way differs only in case, or in the way that accents are written.
    """
    if other := find_look_alike(path, folder):
        raise SourceError(
            "the output folder has this name in another spelling",
            where=str(path),
            got=str(other),
            expected="names that differ by more than case or the form of an accent, for Windows and macOS",
            fix="spell the ids as before, or remove the older one",
        )


def _refuse(name: str, value: str) -> None:
    if REFUSED_IN_IDS.search(value) or not value:
        raise SourceError(
            f"{name} is invalid in a DANDI file name",
            got=repr(value),
            expected="text without white space or any of _ * \\ / < > : | \" ' ? % @ ; .",
            fix="rename the source, or give the id in the metadata",
            where=name,
        )
