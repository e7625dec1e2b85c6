"""Names of output files: the recipe's template, filled, refused where DANDI would refuse it."""

import re
import string
from pathlib import Path

from nwbgate.errors import RecipeError, SourceError

#: Characters that dandi does not allow inside a subject or session id (dandi organize, 0.81).
REFUSED = re.compile(r"""[_*\\/<>:|"'?%@;.\s]""")


def output_path(folder: Path, template: str, *, subject_id: str, session_id: str) -> Path:
    """Return the path of a session's file.

    Parameters
    ----------
    folder : Path
        Output folder.
    template : str
        Path below it, with ``{subject_id}`` and ``{session_id}``.
    subject_id, session_id : str
        What the template is filled with.

    Raises
    ------
    SourceError
        If an id is empty or holds a character that DANDI refuses.
    RecipeError
        If the template has another field.
    """
    ids = {"subject_id": subject_id, "session_id": session_id}
    fields = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    if fields - set(ids):
        got = ", ".join(sorted(fields - set(ids)))
        raise RecipeError("unknown field in the recipe's output name", got=got, expected=", ".join(ids))
    for name in fields:
        _refuse(name, ids[name])
    return folder / template.format(**ids)


def _refuse(name: str, value: str) -> None:
    refused = sorted(set(REFUSED.findall(value)))
    if refused or not value:
        raise SourceError(
            f"{name} cannot be part of a DANDI file name",
            got=repr(value),
            expected="text without white space or any of _ * \\ / < > : | \" ' ? % @ ; .",
            fix="rename the source, or give the id in the metadata",
        )
