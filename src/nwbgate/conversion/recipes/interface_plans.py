"""Session plans of interface recipes, by path patterns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from nwbgate.conversion.recipes.recipe_file import InterfaceEntry
from nwbgate.conversion.sources.session_rows import SessionRow, known_fields, row_of
from nwbgate.conversion.sources.source_data import fill_template
from nwbgate.conversion.sources.source_patterns import Match, SourceFolder, fields_of, filled_pattern, session_fields
from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.storage.safe_files.folder_contents import visible_files

#: Ends of the names of arguments that are paths, in the interfaces of NeuroConv.
_PATHS = ("file_path", "folder_path", "file_paths", "directory_path")


@dataclass(frozen=True)
class PatternPlace:
    """An argument that is a path: of an interface, or of its alignment's clock."""

    interface: str
    argument: str
    pattern: str

    def __str__(self) -> str:
        """Return interface and argument, as errors name them."""
        return f"interfaces.{self.interface}.{self.argument}"


def plan_interfaces(
    interfaces: Mapping[str, InterfaceEntry],
    roots: Sequence[Path],
    options: Mapping[str, Any],
    *,
    rows: Sequence[SessionRow] = (),
    recipe: Path,
) -> list[SessionPlan]:
    """Return one plan for each session below the source folders.

    Parameters
    ----------
    interfaces : mapping
        The recipe's interfaces by name.
    roots : sequence of Path
        Source folders. Where no pattern has a field, each of them is one session.
    options : mapping
        Values of the recipe's options, which stand for words in braces.
    rows : sequence of SessionRow
        Table of sessions, whose columns stand for words in braces, too.
    recipe : Path
        The recipe's file, for errors.

    Raises
    ------
    UsageError
        If a source is not a folder, or holds nothing that fits the patterns.
    """
    filled = {name: _with_options(entry, options) for name, entry in interfaces.items()}
    return [plan for root in roots for plan in _plans_of(filled, SourceFolder(_folder(root)), rows=rows, recipe=recipe)]


def words_of(interfaces: Mapping[str, InterfaceEntry]) -> set[str]:
    """Return the words in braces of a recipe's interfaces."""
    texts = [text for entry in interfaces.values() for text in _texts(entry.model_dump())]
    return {name for text in texts for name in fields_of(text)}


def _with_options(entry: InterfaceEntry, options: Mapping[str, Any]) -> InterfaceEntry:
    filled = fill_template(entry.model_dump(), {**{f: f"{{{f}}}" for f in words_of({"": entry})}, **options})
    return InterfaceEntry.model_validate(filled)


def _folder(root: Path) -> Path:
    if not root.is_dir():
        raise UsageError(
            "the source is not a folder",
            where=str(root),
            got="a file" if root.exists() else "nothing",
            expected="a folder, in which the recipe's path patterns are searched",
            fix="name the folder that the patterns are relative to",
        )
    return root


def _plans_of(
    interfaces: Mapping[str, InterfaceEntry], folder: SourceFolder, *, rows: Sequence[SessionRow], recipe: Path
) -> Iterator[SessionPlan]:
    places = [place for name, entry in interfaces.items() for place in _places(name, entry)]
    matches = {place: folder.matches(place.pattern, where=f"{recipe}: {place}") for place in places}
    has_fields = any(fields_of(place.pattern) for place in places)
    sessions = session_fields(matches.values()) if has_fields else [{}]
    if not sessions or not (any(matches.values()) or not places):
        raise UsageError(
            "the folder contains no source of the recipe",
            where=str(folder.root),
            got="no path that fits one of the patterns",
            expected=" or ".join(dict.fromkeys(place.pattern for place in places)),
            fix="name the folder that the patterns are relative to, or correct them in the recipe",
        )
    for fields in sessions:
        yield _plan(interfaces, matches, fields, folder.root, rows)


def _places(name: str, entry: InterfaceEntry) -> Iterator[PatternPlace]:
    """Yield the paths of an interface, with the pattern of each."""
    for argument, value in entry.source_data.items():
        if argument.endswith(_PATHS):
            yield from (
                PatternPlace(name, argument, str(each)) for each in (value if isinstance(value, list) else [value])
            )
    if entry.alignment and entry.alignment.clock:
        yield PatternPlace(name, "alignment.clock.file_path", entry.alignment.clock.file_path)


def _plan(
    interfaces: Mapping[str, InterfaceEntry],
    matches: Mapping[PatternPlace, Sequence[Match]],
    fields: Mapping[str, Any],
    root: Path,
    rows: Sequence[SessionRow],
) -> SessionPlan:
    """Return the plan of one session, failing for missing required sources."""
    session_id = str(fields.get("session_id") or "-".join(map(str, fields.values())) or root.name)
    row = row_of(session_id, str(fields.get("subject_id") or ""), rows)
    found = {place: _agreeing(every, fields) for place, every in matches.items()}
    absent = {place.interface for place, paths in found.items() if not paths}
    used = {name: entry for name, entry in interfaces.items() if not (name in absent and entry.optional)}
    values = {**(row.words if row else {}), **fields}
    paths = [path for place, every in found.items() if place.interface in used for path in every]
    return SessionPlan(
        session_id=session_id,
        sources=tuple(dict.fromkeys(file for path in paths for file in _files(path))),
        source_data={name: _source_data(name, entry, found, values) for name, entry in used.items()},
        conversion_options={
            name: _fill_template(entry.conversion_options, values)
            for name, entry in used.items()
            if entry.conversion_options
        },
        metadata=_metadata(session_id, fields),
        remarks=tuple(f"without {name}: no source of it" for name in interfaces if name not in used),
        alignment={name: _alignment(name, entry, found, values) for name, entry in used.items() if entry.alignment},
        problems=tuple(_problems(session_id, root, fields, {p: v for p, v in found.items() if p.interface in used})),
    )


def _agreeing(matches: Sequence[Match], fields: Mapping[str, Any]) -> list[Path]:
    return [match.path for match in matches if match.agrees(fields)]


def _problems(
    session_id: str, root: Path, fields: Mapping[str, Any], found: Mapping[PatternPlace, Sequence[Path]]
) -> Iterator[str]:
    """Yield reasons against a conversion: missing or ambiguous sources."""
    for place, paths in found.items():
        if len(paths) != 1:
            yield str(
                SourceError(
                    "a source is missing" if not paths else f"{len(paths)} paths fit one source",
                    where=f"session {session_id}, interface {place.interface}: {place.argument}",
                    got=", ".join(path.name for path in paths[:5]) or "no such file or folder",
                    expected=str(root / filled_pattern(place.pattern, fields)),
                    fix="add the file, or set optional: true in the recipe"
                    if not paths
                    else "make the pattern narrower",
                )
            )


def _source_data(
    name: str, entry: InterfaceEntry, found: Mapping[PatternPlace, Sequence[Path]], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of an interface, with the paths of this session."""
    arguments = {key: _fill_template(value, values) for key, value in entry.source_data.items()}
    for argument, value in entry.source_data.items():
        if argument.endswith(_PATHS):
            each = value if isinstance(value, list) else [value]
            paths = [str(path) for text in each for path in found[PatternPlace(name, argument, str(text))][:1]]
            arguments[argument] = paths if isinstance(value, list) else next(iter(paths), "")
    return arguments


def _alignment(
    name: str, entry: InterfaceEntry, found: Mapping[PatternPlace, Sequence[Path]], values: Mapping[str, Any]
) -> dict[str, Any]:
    assert entry.alignment is not None, name
    given = entry.alignment.model_dump(exclude_none=True)
    if "clock" in given:
        paths = found[PatternPlace(name, "alignment.clock.file_path", given["clock"]["file_path"])]
        given["clock"]["file_path"] = str(next(iter(paths), ""))
    return {key: _fill_template(value, values) for key, value in given.items()}


def _metadata(session_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata that the fields of the paths give."""
    metadata: dict[str, Any] = {"NWBFile": {"session_id": session_id}}
    sections = known_fields()
    for name, value in fields.items():
        if name in sections and name != "session_id":
            metadata.setdefault(sections[name], {})[name] = _plain(value)
    return metadata


def _plain(value: object) -> object:
    """Return a field's value as metadata; a date begins at midnight, as in NeuroConv."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value if isinstance(value, datetime | str) else str(value)


def _fill_template(template: object, values: Mapping[str, Any]) -> Any:
    """Return a template with the words that have a value filled in."""
    return fill_template(
        template, {**{name: f"{{{name}}}" for text in _texts(template) for name in fields_of(text)}, **values}
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value


def _files(path: Path) -> list[Path]:
    """Return the files of a source: itself, or all that are in a folder."""
    return sorted(visible_files(path)) if path.is_dir() else [path]
