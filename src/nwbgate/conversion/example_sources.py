"""The sources of interfaces in an example session, found by trying them."""

import io
import json
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pynwb import NWBFile

from nwbgate.errors import RecipeError
from nwbgate.storage.safe_files.folder_contents import visible_files

#: Sources that are tried for one interface.
_TRIES = 60
#: Start of the session while a source is tried; it is written nowhere.
_START = datetime(2000, 1, 1, tzinfo=UTC)
#: A number with which an interface is tried where it wants one; it is not written.
_TRIAL = 10.0
#: Most letters of a reason, and sources of which it is told.
_LONGEST, _NAMED = 200, 3
#: Arguments of interfaces that take paths.
_ARGUMENTS = ("file_path", "folder_path", "file_paths")


@dataclass(frozen=True)
class ExampleSource:
    """The source of one interface in the example.

    Attributes
    ----------
    argument : str
        Argument of the interface that takes the path, or a list of it; empty where it takes none.
    path : Path
        File or folder.
    missing : tuple of str
        Arguments that a person has to give: those without a default, and numbers without which nothing is read.
    nwbfile : NWBFile, optional
        What the interface makes of it, in memory.
    metadata : mapping
        Metadata that the interface gives.
    """

    argument: str
    path: Path
    missing: tuple[str, ...] = ()
    nwbfile: NWBFile | None = None
    metadata: Mapping[str, Any] | None = None


def example_source(interface: type[Any], example: Path, used: Collection[Path] = ()) -> ExampleSource:
    """Return the first source in an example session that an interface reads.

    Parameters
    ----------
    interface : type
        Class of NeuroConv's kind.
    example : Path
        Folder of one session.
    used : collection of Path
        Sources of other interfaces, which are tried last.

    Raises
    ------
    RecipeError
        If it reads none of them.
    """
    schema = interface.get_source_schema()
    argument = next((name for name in schema["properties"] if name in _ARGUMENTS), "")
    missing = tuple(name for name in schema.get("required", ()) if name != argument)
    if not argument:
        return _try_interface(interface, argument, example, []) or ExampleSource(argument, example, missing)
    candidates = sorted(
        _candidates(interface, argument, example), key=lambda path: (path in used, *_rank(interface, path, example))
    )
    if missing and candidates:
        return ExampleSource(argument, candidates[0], missing)
    reasons: list[str] = []
    source = _first_readable(interface, argument, candidates, reasons)
    if source is None:
        said = [f"; {path.relative_to(example)}: {reason}" for path, reason in zip(candidates, reasons, strict=False)]
        suffixes = ", ".join(getattr(interface, "associated_suffixes", ())) or "any ending"
        raise RecipeError(
            f"{interface.__name__} reads nothing in the example",
            where=str(example),
            got=f"{len(candidates)} {'folders' if argument == 'folder_path' else 'files'}, none of them readable"
            + "".join(said[:_NAMED]),
            expected=f"a source with {suffixes}",
            fix="name the folder of one session with --example, or leave the interface out",
        )
    return source


def as_argument(argument: str, path: str) -> str | list[str]:
    """Return a path as the argument wants it: alone, or as a list."""
    return [path] if argument.endswith("s") else path


def _first_readable(
    interface: type[Any], argument: str, candidates: Sequence[Path], reasons: list[str]
) -> ExampleSource | None:
    """Return the first readable source, tried again with the numbers it lacks."""
    numbers = _optional_numbers(interface)
    for given in ((), numbers) if numbers else ((),):
        for path in candidates[:_TRIES]:
            found = _try_interface(interface, argument, path, reasons, given)
            if found is not None:
                return found
    return None


def _optional_numbers(interface: type[Any]) -> tuple[str, ...]:
    """Return arguments that are numbers without a default, such as a rate."""
    properties = interface.get_source_schema()["properties"].items()
    return tuple(name for name, each in properties if each.get("default", 0) is None and '"number"' in json.dumps(each))


def _candidates(interface: type[Any], argument: str, example: Path) -> Iterator[Path]:
    """Yield the files or folders of an example that may be the source."""
    files = list(visible_files(example))
    suffixes = tuple(str(each).lower() for each in getattr(interface, "associated_suffixes", ()))
    fitting = [path for path in files if not suffixes or path.name.lower().endswith(suffixes)]
    if argument != "folder_path":
        yield from fitting
        return
    folders = {parent for path in fitting for parent in path.parents if parent.is_relative_to(example)}
    yield from folders


def _rank(interface: type[Any], path: Path, example: Path) -> tuple[Any, ...]:
    """Return a source's likelihood: interface in its name, then depth, then name."""
    relative = path.relative_to(example)
    words = [part for part in relative.name.lower().replace("-", "_").replace(".", "_").split("_") if len(part) > 2]
    named = any(word in interface.__name__.lower() for word in words)
    return not named, len(relative.parts), str(relative)


def _try_interface(
    interface: type[Any], argument: str, path: Path, reasons: list[str], numbers: Sequence[str] = ()
) -> ExampleSource | None:
    """Return what an interface reads, or None and a further reason."""
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            arguments = {argument: as_argument(argument, str(path))} if argument else {}
            stream = interface(**arguments, **dict.fromkeys(numbers, _TRIAL))
            metadata = stream.get_metadata()
            content = {**metadata, "NWBFile": {"session_start_time": _START, **metadata["NWBFile"]}}
            return ExampleSource(argument, path, tuple(numbers), stream.create_nwbfile(metadata=content), metadata)
    except Exception as error:  # that is how an interface says that a source is not its own
        text = str(error).strip() or type(error).__name__
        reasons.append(text.splitlines()[0][:_LONGEST])
        return None
