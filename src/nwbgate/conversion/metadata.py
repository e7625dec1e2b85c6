"""Session metadata: merged, and validated with suggestions for wrong keys."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from jsonschema import Draft7Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from neuroconv import BaseDataInterface, NWBConverter
from neuroconv.utils import DeepDict, dict_deep_update

from nwbgate.errors import MetadataError, closest
from nwbgate.writing.start_time import in_zone

#: What NeuroConv itself writes into a file about the script that is running.
_OF_NEUROCONV = ("source_script", "source_script_file_name")
#: Section, key and name of the times to which PyNWB adds the zone of the machine.
_TIMES = (
    ("NWBFile", "session_start_time", "the start of the session"),
    ("Subject", "date_of_birth", "the date of birth"),
)
#: What a JSON type is called in an error.
_TYPES = {
    "object": "a mapping", "array": "a list", "string": "text", "number": "a number", "integer": "a whole number",
    "boolean": "true or false", "null": "nothing",
}  # fmt: skip


def _is_date_and_time(value: object) -> bool:
    """Return whether NeuroConv and PyNWB accept a text as a date with time."""
    return not isinstance(value, str) or (datetime.fromisoformat(value) is not None and len(value) > len("2016-05-04"))


_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date-time", raises=ValueError)(_is_date_and_time)


def merged_metadata(
    converter: BaseDataInterface | NWBConverter,
    metadata: Mapping[str, Any] | None = None,
    *,
    timezone: str | None = None,
) -> dict[str, Any]:
    """Return a converter's metadata merged with others, validated.

    What NeuroConv adds again in each process is left out, so that equal metadata compare equal: the name of the running
    script, and a random identifier (also from metadata that were taken from the converter and handed back).

    Parameters
    ----------
    converter : BaseDataInterface or NWBConverter
        Built with its sources.
    metadata : mapping, optional
        As NeuroConv takes them; lists replace lists.
    timezone : str, optional
        Time zone of times that have none; see `nwbgate.writing.start_time.time_zone`.

    Raises
    ------
    MetadataError
        If a key or a value does not fit the converter's metadata schema, or a time has no time zone and `timezone`
        is not given.
    """
    found, again = converter.get_metadata(), converter.get_metadata()
    by_chance = found["NWBFile"].get("identifier") != again["NWBFile"].get("identifier")
    own, given = _without_chance(found, by_chance), _without_chance(metadata or {}, by_chance)
    schema = converter.get_metadata_schema()
    validate(given, schema, partial=True, sections=own)
    merged = dict_deep_update(DeepDict(own), DeepDict(given), append_list=False, remove_repeats=False)
    plain: dict[str, Any] = merged.to_dict() if isinstance(merged, DeepDict) else dict(merged)
    validate(plain, schema, sections=own)
    return with_zones(plain, timezone)


def _without_chance(metadata: Mapping[str, Any], by_chance: bool) -> dict[str, Any]:
    """Return a copy without NeuroConv's random additions."""
    plain = metadata.to_dict() if isinstance(metadata, DeepDict) else dict(metadata)
    about = plain.get("NWBFile")
    if not isinstance(about, Mapping):
        return plain
    of_neuroconv = _OF_NEUROCONV[0] in about and by_chance and _is_random(about.get("identifier"))
    dropped = {*_OF_NEUROCONV, "identifier"} if of_neuroconv else {*_OF_NEUROCONV}
    return {**plain, "NWBFile": {key: value for key, value in about.items() if key not in dropped}}


def _is_random(identifier: object) -> bool:
    try:
        return UUID(str(identifier)).version == 4
    except ValueError:
        return False


def validate(
    metadata: Mapping[str, Any],
    schema: Mapping[str, Any],
    *,
    partial: bool = False,
    sections: Collection[str] = (),
    where: str = "",
) -> None:
    """Validate metadata against a metadata schema.

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
    problems = Draft7Validator(schema, format_checker=_FORMATS).iter_errors(plain)
    wrong = [problem for problem in problems if not (partial and problem.validator == "required")]
    if wrong:
        raise _error(min(wrong, key=lambda problem: [str(part) for part in problem.absolute_path]), where)


def refuse_naive_times(metadata: Mapping[str, Any], zone: str | None = None, where: str = "") -> None:
    """Reject times without time zone, which PyNWB would take as local.

    Parameters
    ----------
    metadata : mapping
        As somebody gives them.
    zone : str, optional
        Time zone of times that have none; see `nwbgate.writing.start_time.time_zone`.
    where : str
        The file that the metadata were read from, for the error.

    Raises
    ------
    MetadataError
        Naming the time.
    """
    with_zones(metadata, zone, where)


def with_zones(metadata: Mapping[str, Any], zone: str | None, where: str = "") -> dict[str, Any]:
    """Return metadata whose times all have a time zone: their own, or else `zone`.

    The parameters and what is raised are those of `refuse_naive_times`.
    """
    placed = dict(metadata)
    for section, name, what in _TIMES:
        time = _time((metadata.get(section) or {}).get(name))
        if time is not None and time.tzinfo is None:
            place = f"{where or 'metadata'}: {section}.{name}"
            placed[section] = {**placed[section], name: in_zone(time, zone, where=place, what=what)}
    return placed


def _time(value: object) -> datetime | None:
    """Return a time as datetime, or None if it is invalid."""
    try:
        value = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return value if isinstance(value, datetime) else None


def _known_sections(metadata: Mapping[str, Any], known: list[str], where: str) -> None:
    """Reject an unknown section, which NeuroConv would silently ignore."""
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
    if problem.validator == "required":
        absent = next(name for name in problem.validator_value if name not in problem.instance)
        return MetadataError(
            f"metadata are missing at {'.'.join([*path, absent])}",
            where=where,
            got="nothing",
            expected="an ISO 8601 date and time with its zone" if absent.endswith("_time") else "a value",
            fix="give it in metadata.yaml, in the table of --sessions, or with --metadata",
        )
    return MetadataError(
        f"invalid metadata at {'.'.join(path) or 'the top'}",
        where=where,
        got=str(problem.instance)[:200],
        expected=_expectation(problem)[:300],
        fix="correct the value",
    )


def _expectation(problem: ValidationError) -> str:
    """Return a schema's requirement in words."""
    asked = problem.validator_value
    if problem.validator == "type":
        return " or ".join(_TYPES[name] for name in ([asked] if isinstance(asked, str) else asked))
    if problem.validator == "enum":
        return f"one of {', '.join(map(str, asked))}"
    if problem.validator == "format" and asked == "date-time":
        return "an ISO 8601 date and time, such as 2016-05-04T13:30:00-07:00"
    if problem.validator == "pattern":
        return f"text that matches {asked}"
    return str(problem.message)


def _unknown_key(name: str, path: list[str], known: list[str], where: str) -> MetadataError:
    close = closest(name, known)
    return MetadataError(
        f"unknown metadata key {'.'.join([*path, name])!r}",
        where=where,
        got=name,
        expected=f"{close!r}" if close else f"one of {', '.join(dict.fromkeys(known))}",
        fix=f"did you mean {'.'.join([*path, close])!r}?" if close else "remove the key, or name one of these",
    )
