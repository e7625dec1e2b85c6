"""Metadata held against a converter's schema: what is wrong, under which key, and which key was probably meant."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from nwbgate.errors import MetadataError


def validate(
    metadata: Mapping[str, Any],
    schema: Mapping[str, Any],
    *,
    partial: bool = False,
    sections: Collection[str] = (),
    where: str = "",
) -> None:
    """Hold metadata against a metadata schema.

    Parameters
    ----------
    metadata : mapping
        As NeuroConv takes it.
    schema : mapping
        JSON schema, as ``get_metadata_schema()`` returns it.
    partial : bool
        The metadata is to be merged over other metadata: required keys may be missing.
    sections : collection of str
        Top-level keys that are right although the schema does not name them, because the converter itself gives them.
    where : str
        The file that the metadata was read from, for the error.

    Raises
    ------
    MetadataError
        Naming the first wrong key or value, and the nearest valid key.
    """
    _known_sections(metadata, [*schema.get("properties", {}), *sections], where)
    plain = json.loads(json.dumps(metadata, default=_plain))
    problems = Draft7Validator(schema).iter_errors(plain)
    wrong = [problem for problem in problems if not (partial and problem.validator == "required")]
    if wrong:
        raise _error(min(wrong, key=lambda problem: [str(part) for part in problem.absolute_path]), where)


def _known_sections(metadata: Mapping[str, Any], known: list[str], where: str) -> None:
    """Refuse an unknown section, which NeuroConv's schema lets pass and its code then ignores."""
    for name in metadata:
        if name not in known:
            raise _unknown_key(name, [], known, where)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _error(problem: ValidationError, where: str) -> MetadataError:
    path = [str(part) for part in problem.absolute_path]
    if problem.validator == "additionalProperties":
        known = list(problem.schema.get("properties", {}))
        wrong = next(name for name in problem.instance if name not in known)
        return _unknown_key(wrong, path, known, where)
    return MetadataError(
        f"wrong metadata at {'.'.join(path) or 'the top'}",
        where=where,
        got=str(problem.instance)[:200],
        expected=problem.message[:300],
        fix="mend the value",
    )


def _unknown_key(name: str, path: list[str], known: list[str], where: str) -> MetadataError:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return MetadataError(
        f"unknown metadata key {'.'.join([*path, name])!r}",
        where=where,
        got=name,
        expected=f"{close[0]!r}" if close else f"one of {', '.join(known)}",
        fix=f"did you mean {'.'.join([*path, close[0]])!r}?" if close else "remove the key",
    )
