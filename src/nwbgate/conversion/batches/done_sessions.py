"""Finished sessions by the ledger, sizes and times, without opening a file."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nwbgate
from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.task import SessionTask
from nwbgate.conversion.recipes.recipe import load_recipe
from nwbgate.storage.safe_files.leftovers import STORE, remove_leftovers_of
from nwbgate.writing.provenance import digest

#: Size and time of the last modification (ns) of a file; None where it is not there.
State = list[int] | None
#: Statuses after which a session's file is there and up to date.
_DONE = (SessionStatus.CONVERTED, SessionStatus.SKIPPED)


@dataclass(frozen=True)
class _Expected:
    """Prerequisites of a session's file, as they were before its conversion."""

    key: str
    sources: dict[str, State]


class DoneSessions:
    """Ledger of an output folder, asked which sessions of a run need no conversion.

    A session is done where its last line was written for the same plan, metadata, recipe and version of nwbgate, and
    its sources and its file have the sizes and times of that line. Whatever differs is left to the session itself,
    which compares with the provenance in its file.

    Parameters
    ----------
    tasks : sequence of SessionTask
        The sessions of one run; of one output folder and one recipe.
    """

    def __init__(self, tasks: Sequence[SessionTask]) -> None:
        self.folder = tasks[0].folder
        recipe = _recipe_state(tasks[0].recipe)
        self._expected = {task.number: _Expected(_key(task, recipe), _states(task.plan.sources)) for task in tasks}
        self._entries = {entry["session_id"]: entry for entry in _entries(self.folder)}

    def outcomes(self, tasks: Sequence[SessionTask]) -> list[SessionOutcome]:
        """Return outcomes of done sessions, and remove what killed writers left."""
        found = [outcome for task in tasks if (outcome := self.outcome(task)) is not None]
        if not tasks[0].settings.dry_run:
            remove_leftovers_of([outcome.path for outcome in found if outcome.path is not None])
        return found

    def outcome(self, task: SessionTask) -> SessionOutcome | None:
        """Return the outcome of a done session, or None if unknown."""
        settings, entry = task.settings, self._entries.get(task.plan.session_id)
        if settings.overwrite or settings.verify_sources or task.plan.excluded or task.plan.problems or entry is None:
            return None
        expected, known = self._expected[task.number], entry["files"]
        further = {name: state for name, state in known.items() if name not in expected.sources}
        same = entry["key"] == expected.key and known == expected.sources | _states(map(Path, further))
        path = self.folder / entry["path"]
        if (path.suffix == STORE) != (settings.backend == "zarr"):
            return None
        if not same or None in known.values() or _state(path) != entry["file"]:
            return None
        unknown = tuple(map(str, entry.get("unknown", ())))
        return task.outcome(SessionStatus.SKIPPED, path=path, bytes=entry["bytes"], unknown=unknown)

    def facts(self, outcome: SessionOutcome) -> dict[str, Any]:
        """Return the ledger's entry for a finished session; empty if not done."""
        if outcome.status not in _DONE or outcome.path is None:
            return {}
        expected = self._expected[outcome.number]
        files = {str(source.absolute()): _state(source) for source in outcome.sources} | expected.sources
        return {"key": expected.key, "files": files, "file": _state(outcome.path), "unknown": list(outcome.unknown)}


def _entries(folder: Path) -> list[dict[str, Any]]:
    """Return the valid lines about done sessions, the latest of each."""
    try:
        entries = ledger.read(folder)
    except OSError:
        return []
    last = {str(entry.get("session_id")): entry for entry in entries}
    return [entry for entry in last.values() if _is_sound(entry)]


def _is_sound(entry: dict[str, Any]) -> bool:
    return all(entry.get(name) is not None for name in ("key", "files", "file", "path", "bytes", "session_id"))


def _key(task: SessionTask, recipe: dict[str, Any]) -> str:
    """Return the digest of all inputs of a session's file but its sources."""
    plan = {name: value for name, value in vars(task.plan).items() if name not in ("sources", "remarks", "origin")}
    return digest({"plan": plan, "metadata": task.metadata, "timezone": task.settings.timezone, "recipe": recipe})


def _recipe_state(path: Path) -> dict[str, Any]:
    """Return the version and state of the code: recipe, converter, interfaces."""
    recipe = load_recipe(path)
    classes = [recipe.converter, *(getattr(recipe.converter, "data_interface_classes", None) or {}).values()]
    modules = {getattr(sys.modules.get(each.__module__), "__file__", None) for each in classes}
    beside = [each for each in recipe.path.parent.iterdir() if each.suffix in (".py", ".yaml", ".yml", ".csv")]
    files = {*(Path(module) for module in modules if module), *beside, recipe.path}
    return {"nwbgate": nwbgate.__version__, "path": str(path), "files": _states(sorted(files))}


def _states(paths: Iterable[Path]) -> dict[str, State]:
    return {str(path.absolute()): _state(path) for path in paths}


def _state(path: Path) -> State:
    try:
        if path.is_dir():  # of a store: bytes of all files, and the latest time of any
            found = [Path(parent, name).stat() for parent, _, names in os.walk(path) for name in names]
            return [sum(each.st_size for each in found), max((each.st_mtime_ns for each in found), default=0)]
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]
