"""Path patterns such as ``{subject_id}/{session_id}/suite2p``, matched in a source folder.

The patterns are those of NeuroConv's ``LocalPathExpander``: the format syntax of the ``parse`` library, in which a
field never contains a separator.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from string import Formatter
from typing import Any

from parse import Parser, compile

from nwbgate.errors import RecipeError, UsageError
from nwbgate.storage.safe_files.folder_contents import visible_files


@dataclass(frozen=True)
class Match:
    """A path that fits a pattern, with the values of the pattern's fields."""

    path: Path
    fields: Mapping[str, Any] = field(default_factory=dict)

    def agrees(self, fields: Mapping[str, Any]) -> bool:
        """Return whether the fields that both have are equal."""
        return all(str(fields[name]) == str(value) for name, value in self.fields.items() if name in fields)


class SourceFolder:
    """The visible files and folders below a source folder, listed once.

    Raises
    ------
    UsageError
        If some of it cannot be listed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        files = sorted(PurePosixPath(path.relative_to(self.root)) for path in visible_sources(self.root))
        self.entries = list(dict.fromkeys(entry for file in files for entry in (*reversed(file.parents[:-1]), file)))

    def matches(self, pattern: str, *, where: str = "") -> list[Match]:
        """Return the files and folders that fit a pattern, by name.

        Parameters
        ----------
        pattern : str
            Path relative to the folder with fields in braces; without any it is one path.
        where : str
            Place of the pattern in the recipe, for the error.

        Raises
        ------
        RecipeError
            If the pattern is not valid.
        """
        parser = _parser(pattern, where)
        if not fields_of(pattern):
            path = self.root / pattern
            return [Match(path)] if path.exists() else []
        found = ((entry, parser.parse(str(entry))) for entry in self.entries)
        named = [(entry, result.named) for entry, result in found if result]
        return [
            Match(self.root / entry, fields)
            for entry, fields in named
            if not any("/" in str(value) for value in fields.values())
        ]


def fields_of(pattern: str) -> list[str]:
    """Return the names of a pattern's fields, in order, each once."""
    try:
        names = [name for _, name, _, _ in Formatter().parse(pattern) if name]
    except ValueError:  # a stray brace: an error where the text is a pattern, and text elsewhere
        return []
    return list(dict.fromkeys(names))


def session_fields(matches: Iterable[Sequence[Match]]) -> list[dict[str, Any]]:
    """Return each session's fields, from the patterns with most fields.

    Parameters
    ----------
    matches : iterable of sequences of Match
        The matches of each pattern.
    """
    every = [match for found in matches for match in found if match.fields]
    most = max((len(match.fields) for match in every), default=0)
    found = {
        tuple(sorted((name, str(value)) for name, value in match.fields.items())): dict(match.fields)
        for match in every
        if len(match.fields) == most
    }
    return sorted(found.values(), key=lambda fields: [str(value) for value in fields.values()])


def filled_pattern(pattern: str, fields: Mapping[str, Any]) -> str:
    """Return a pattern with the known fields filled in, for messages."""
    for name in fields_of(pattern):
        if name in fields:
            pattern = pattern.replace(f"{{{name}}}", str(fields[name]))
    return pattern


def _parser(pattern: str, where: str) -> Parser:
    try:
        list(Formatter().parse(pattern))  # refuses a stray brace, which the library takes for text
        return compile(str(PurePosixPath(pattern.replace("\\", "/"))), case_sensitive=True)
    except Exception as problem:  # the library raises errors of several kinds, NotImplementedError among them
        raise RecipeError(
            "invalid path pattern",
            where=where,
            got=f"{pattern}: {problem}",
            expected="a path with fields in braces, such as {subject_id}/{session_id}/trials.csv",
            fix="correct the pattern; write a brace that belongs to a name twice",
        ) from problem


def visible_sources(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that are not hidden.

    Raises
    ------
    UsageError
        If a folder cannot be listed: there may be sources in it.
    """
    return visible_files(folder, _refuse_unreadable_folder)


def _refuse_unreadable_folder(problem: OSError) -> None:
    raise UsageError(
        "cannot read a folder of sources",
        where=str(problem.filename),
        got=problem.strerror or str(problem),
        expected="readable folders",
        fix="change its permissions, or name the other folders or files one by one",
    ) from problem
