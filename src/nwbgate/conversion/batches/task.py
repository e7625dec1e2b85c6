"""One session of a batch as plain data, with its conversion, which never raises."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any

from neuroconv.utils import dict_deep_update

import nwbgate
from nwbgate.conversion import session
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.interface_failures import failing_interface
from nwbgate.conversion.names import output_path, refuse_look_alike
from nwbgate.conversion.recipes.recipe import Recipe, load_recipe
from nwbgate.conversion.sources.session_sources import size_of
from nwbgate.conversion.sources.source_warnings import source_warnings
from nwbgate.errors import NwbgateError
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.processes.termination import raise_stop
from nwbgate.storage.safe_files.leftovers import STORE
from nwbgate.storage.safe_files.refusals import system_errno

_PACKAGE = Path(nwbgate.__file__).parent
#: Modules that call the converter of a recipe: an exception that arises below them is the converter's, not ours.
_CALLERS = {Path(session.__file__), Path(__file__), _PACKAGE / "conversion" / "recipes" / "recipe.py"}


@dataclass(frozen=True)
class Settings:
    """Conversion settings of a batch; see `nwbgate.conversion.session.convert_session`."""

    overwrite: bool = False
    verify_sources: bool = False
    threads: int | None = None
    verify: bool = True
    check: bool | Callable[[Path], None] = True
    dry_run: bool = False
    timezone: str | None = None
    rules: bool = True
    backend: str = "hdf5"


@dataclass(frozen=True)
class SessionTask:
    """One session to be converted.

    Attributes
    ----------
    number : int
        Place in the batch, from 0.
    recipe : Path
        Folder of the recipe, or the file of a NeuroConv specification.
    plan : SessionPlan
        What the recipe says about the session.
    folder : Path
        Output folder.
    metadata : dict
        The user's metadata, merged over those of the recipe and of the plan.
    settings : Settings
        The same for the whole batch.
    """

    number: int
    recipe: Path
    plan: SessionPlan
    folder: Path
    metadata: dict[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)

    @property
    def source_bytes(self) -> int:
        """Size of the existing sources."""
        return sum(source.stat().st_size for source in self.plan.sources if source.exists())

    def outcome(self, status: SessionStatus, **more: Any) -> SessionOutcome:
        """Return an outcome of this session."""
        given = {"remarks": self.plan.remarks, "sources": self.plan.sources, "source_bytes": self.source_bytes, **more}
        return SessionOutcome(self.number, self.plan.session_id, status, **given)


def merged_metadata(recipe: Recipe, plan: SessionPlan, metadata: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata of recipe, plan and user merged in this order."""
    parts = (recipe.metadata, plan.metadata, metadata)
    merged: dict[str, Any] = reduce(
        lambda below, above: dict_deep_update(below, above, append_list=False, remove_repeats=False, copy=True),
        parts,
        {},
    )
    return merged


def output_of(task: SessionTask, recipe: Recipe, converter: Any = None) -> Path | None:
    """Return the session's output path, or None if only its converter knows the subject.

    Parameters
    ----------
    task : SessionTask
        The session.
    recipe : Recipe
        Its recipe.
    converter : optional
        The converter, asked for the ids that neither user nor plan nor recipe gives.

    Raises
    ------
    SourceError
        If DANDI refuses an id.
    """
    subject, session_id = known_ids(task, recipe, converter.get_metadata() if converter is not None else {})
    template = task.plan.output or recipe.content.output
    if not subject and converter is None and "{subject_id}" in template:
        return None
    path = output_path(task.folder, template, subject_id=subject, session_id=session_id or task.plan.session_id)
    return path.with_name(f"{path.name}{STORE}") if task.settings.backend == "zarr" else path


def known_ids(task: SessionTask, recipe: Recipe, own: Mapping[str, Any]) -> tuple[str, str]:
    """Return subject_id and session_id from user, plan, recipe or converter metadata.

    An id that none of them gives is the empty string. The same as in the merged metadata, without merging them.
    """
    places = (task.metadata, task.plan.metadata, recipe.metadata, own)
    return _found_ids("Subject", "subject_id", places), _found_ids("NWBFile", "session_id", places)


def _found_ids(section: str, key: str, places: Iterable[Mapping[str, Any]]) -> str:
    return next((str(place[section][key]) for place in places if (place.get(section) or {}).get(key)), "")


def run(task: SessionTask) -> SessionOutcome:
    """Convert one session and return its outcome without raising.

    Only an interrupt from the keyboard, or a request to exit, passes through.
    """
    started = perf_counter()
    if task.plan.excluded:
        return task.outcome(SessionStatus.EXCLUDED, reason=task.plan.excluded)
    if task.plan.problems:
        return task.outcome(SessionStatus.FAILED, reason=task.plan.problems[0])
    path, converter = None, None
    try:
        recipe = load_recipe(task.recipe)
        metadata = merged_metadata(recipe, task.plan, task.metadata)
        size_of(task.plan.sources)  # before a converter is built, which would say less
        with source_warnings() as found:
            converter = recipe.build(task.plan)
            path = output_of(task, recipe, converter)
        outcome = _converted_outcome(task, converter, path, metadata)
        told = _decisions(converter) if outcome.status == SessionStatus.CONVERTED else ()
        remarks = tuple(dict.fromkeys((*outcome.remarks, *found, *told)))
        outcome = replace(outcome, remarks=remarks, unknown=_unknown(converter, metadata))
    except NwbgateError as error:
        outcome = task.outcome(SessionStatus.FAILED, path=path, reason=str(error), traceback=traceback.format_exc())
    except Exception as error:  # converters are other people's code: anything may come out of them
        raise_stop(error)
        outcome = unexpected_outcome(task, error, path, converter)
    return replace(outcome, seconds=perf_counter() - started)


def _converted_outcome(
    task: SessionTask, converter: Any, path: Path | None, metadata: dict[str, Any]
) -> SessionOutcome:
    assert path is not None, task.plan.session_id  # the converter was asked
    refuse_look_alike(path, task.folder)
    settings = task.settings
    result = session.convert_session(
        converter,
        path,
        metadata=metadata,
        conversion_options=task.plan.conversion_options,
        sources=task.plan.sources or None,
        overwrite=settings.overwrite,
        verify_sources=settings.verify_sources,
        threads=settings.threads,
        verify=settings.verify,
        check=settings.check,
        dry_run=settings.dry_run,
        parameters={
            **task.plan.parameters,
            "recipe": task.recipe.name,
            "source_data": _without_folders(task.plan.source_data),
            **({"recipe_alignment": _without_folders(task.plan.alignment)} if task.plan.alignment else {}),
        },
        checksums=task.plan.checksums,
        timezone=settings.timezone,
        rules=settings.rules,
        origin=task.plan.origin,
    )
    return task.outcome(
        SessionStatus(result.status),
        path=path,
        remarks=(*task.plan.remarks, *result.warnings),
        bytes=result.bytes,
        source_bytes=result.source_bytes,
        sources=result.sources,
    )


def _unknown(converter: Any, metadata: dict[str, Any]) -> tuple[str, ...]:
    """Return the session's unknown values, if the converter reports them."""
    tell = getattr(converter, "unknown_values", None)
    return tuple(tell(metadata)) if tell else ()


def _decisions(converter: Any) -> tuple[str, ...]:
    """Return what was decided about the session, where the converter can tell."""
    tell = getattr(converter, "decisions", None)
    return tuple(tell()) if callable(tell) else ()


def _without_folders(given: Any) -> Any:
    """Return source data with file names instead of paths."""
    if isinstance(given, dict):
        return {key: _without_folders(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_without_folders(value) for value in given]
    is_path = isinstance(given, Path) or (isinstance(given, str) and Path(given).is_absolute())
    return Path(given).name if is_path else given


def unexpected_outcome(
    task: SessionTask, error: BaseException, path: Path | None = None, converter: Any = None
) -> SessionOutcome:
    """Return the outcome of a session with an unexpected exception."""
    refused = isinstance(error, MemoryError | OSError) or system_errno(error) is not None  # HDF5 says it in words
    broke = not refused and _is_ours(error.__traceback__)
    interface = failing_interface(getattr(converter, "data_interface_objects", {}), error.__traceback__)
    failed = f"the interface {interface} failed" if interface else "the converter failed"
    reason = NwbgateError(
        "nwbgate broke" if broke else failed,
        where=_place(task, interface),
        got=f"{type(error).__name__}: {error}",
        fix="run again with --debug for the traceback" + (", and report it with the traceback" if broke else ""),
    )
    lines = "".join(traceback.format_exception(error))
    return task.outcome(SessionStatus.FAILED, path=path, reason=str(reason), broke=broke, traceback=lines)


def _place(task: SessionTask, interface: str) -> str:
    """Return session, interface and first source in one line."""
    sources = [str(source) for source in task.plan.sources]
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    parts = [f"session {task.plan.session_id}", f"interface {interface}" if interface else "", *sources[:1]]
    return ", ".join(filter(None, parts)) + more


def _is_ours(frames: TracebackType | None) -> bool:
    """Return whether the innermost frame in our code is more than a converter call."""
    places = [Path(frame.f_code.co_filename) for frame, _ in traceback.walk_tb(frames)]
    ours = [place for place in places if place.is_relative_to(_PACKAGE)]
    return bool(ours) and ours[-1] not in _CALLERS
