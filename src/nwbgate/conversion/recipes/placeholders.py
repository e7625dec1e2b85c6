"""Texts of a new recipe that a person has to replace."""

from collections.abc import Iterator, Mapping
from typing import Any

from nwbgate.errors import RecipeError

#: The value of an argument that only a person knows.
FILL_IN = "FILL IN"
#: Texts of the template of metadata, which tell nothing about a session.
TEMPLATE: dict[str, dict[str, Any]] = {
    "NWBFile": {
        "session_description": "what was done in a session",
        "experiment_description": "what the experiment is about",
        "institution": "University of ...",
        "lab": "Laboratory of ...",
        "experimenter": ["Family name, Given name"],
    },
    "Subject": {"species": "Mus musculus", "strain": "C57BL/6J", "genotype": "..."},
}
#: Of those, the ones that are right for some sessions.
_POSSIBLE = frozenset({"Mus musculus", "C57BL/6J"})


def refuse_placeholders(content: Mapping[str, Any], where: str) -> None:
    """Reject values that a person has not filled in.

    Parameters
    ----------
    content : mapping
        Of a recipe or its metadata.
    where : str
        The file.

    Raises
    ------
    RecipeError
        Naming the first, and how many others there are.
    """
    templates = {text for _, text in _texts(TEMPLATE)} - _POSSIBLE | {FILL_IN}
    left = [(place, text) for place, text in _texts(content) if text.strip() in templates]
    if left:
        place, text = left[0]
        raise RecipeError(
            "a value is not filled in",
            where=f"{where}: {place}" + (f", and {len(left) - 1} more" if len(left) > 1 else ""),
            got=text,
            expected="a value that is true of your sessions",
            fix="replace the text, or remove the line if nothing needs it",
        )


def _texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text with its keys, joined by dots."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, f"{place}.{key}".strip("."))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each, place)
