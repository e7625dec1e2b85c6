"""Batches of sessions: plan, validate, convert, and record in a ledger."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.done_sessions import DoneSessions
from nwbgate.conversion.batches.outcome import SessionOutcome
from nwbgate.conversion.batches.session_work import outcomes
from nwbgate.conversion.batches.superseded_files import EarlierFiles
from nwbgate.conversion.batches.task import SessionTask, Settings, known_ids, output_of
from nwbgate.conversion.metadata import refuse_naive_times, validate
from nwbgate.conversion.recipes.recipe import Recipe, load_recipe
from nwbgate.conversion.sources.source_warnings import source_warnings
from nwbgate.errors import MetadataError, RecipeError, UsageError
from nwbgate.processes.cores import cores
from nwbgate.storage.safe_files.portable_names import fold_name
from nwbgate.writing.start_time import time_zone
from nwbgate.yaml_file import read_yaml

#: Sessions that are tried to get at the metadata schema, which NeuroConv makes from a converter with its sources.
_TRIES = 5


def convert_batch(
    recipe: str | Path | Recipe,
    sources: Sequence[str | Path],
    output: str | Path,
    *,
    options: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | str | Path | None = None,
    jobs: int = 1,
    executor: Executor | None = None,
    notify: Callable[[SessionOutcome], object] | None = None,
    settings: Settings | None = None,
    sessions: str | Path | None = None,
) -> list[SessionOutcome]:
    """Convert every session of the sources; failing sessions do not stop the others.

    Parameters
    ----------
    recipe : str, Path or Recipe
        Shipped name, or folder with a ``conversion.yaml``.
    sources : sequence of paths
        Files and folders.
    output : path
        Output folder.
    options : mapping, optional
        Values of the recipe's own options.
    metadata : mapping or path of a YAML file, optional
        Merged over the metadata of the recipe and of each session.
    jobs, executor
        Where to run; see `nwbgate.conversion.batches.session_work.outcomes`.
    notify : callable, optional
        Called with each outcome as soon as it is known.
    settings : Settings, optional
        How to convert each session.
    sessions : path, optional
        Table with metadata of each session, one row each.

    Returns
    -------
    list of SessionOutcome
        In the order of the sessions.

    Raises
    ------
    UsageError
        Before anything is converted: a recipe, source, option, table or metadata that is wrong.
    """
    tasks = prepare(recipe, sources, output, options=options, metadata=metadata, settings=settings, sessions=sessions)
    found = []
    for outcome in run_batch(tasks, jobs=jobs, executor=executor):
        found.append(outcome)
        if notify:
            notify(outcome)
    return sorted(found, key=lambda outcome: outcome.number)


def prepare(
    recipe: str | Path | Recipe,
    sources: Sequence[str | Path],
    output: str | Path,
    *,
    options: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | str | Path | None = None,
    settings: Settings | None = None,
    sessions: str | Path | None = None,
) -> list[SessionTask]:
    """Return the sessions to convert, after validating everything known beforehand.

    The parameters and what is raised are those of `convert_batch`.
    """
    recipe = recipe if isinstance(recipe, Recipe) else load_recipe(recipe)
    recipe.require_libraries()
    table = Path(sessions) if sessions else None
    plans = recipe.plan(recipe.find_sources([Path(source) for source in sources]), options, sessions=table)
    given = _metadata(metadata)
    folder, settings = Path(output).absolute(), _in_zone(settings or Settings(), options)
    tasks = [SessionTask(number, recipe.home, plan, folder, given, settings) for number, plan in enumerate(plans)]
    where = "" if isinstance(metadata, Mapping) or metadata is None else str(metadata)
    _check_metadata(recipe, tasks, given, where, settings.timezone)
    _refuse_shared_identifier(tasks, given, where)
    _refuse_shared_outputs(recipe, tasks)
    return tasks


def run_batch(
    tasks: Sequence[SessionTask], *, jobs: int = 1, executor: Executor | None = None
) -> Iterator[SessionOutcome]:
    """Convert the sessions, recording and yielding each outcome; a dry run writes nothing.

    Raises
    ------
    UsageError
        If `jobs` is not positive.
    """
    if jobs < 1:
        raise UsageError(
            "the number of jobs must be positive",
            got=str(jobs),
            expected="1 or more",
            where="jobs",
            fix="leave it out for one process",
        )
    if executor is not None:
        jobs = cores()  # each worker has its processor, wherever it is
    if jobs > 1:
        tasks = [_with_share_of_threads(task, jobs) for task in tasks]
    if not tasks:
        return
    written_down, folder = True, tasks[0].folder
    earlier, done = EarlierFiles(folder, tasks), DoneSessions(tasks)
    finished = {outcome.number: outcome for outcome in done.outcomes(tasks)}
    left = [task for task in tasks if task.number not in finished]
    for outcome in chain(finished.values(), outcomes(left, jobs=jobs, executor=executor)):
        outcome = replace(outcome, remarks=(*outcome.remarks, *earlier.remarks(outcome)))  # noqa: PLW2901  annotated
        if written_down and outcome.number not in finished and not tasks[0].settings.dry_run:
            problem = _write_down(folder, outcome, done.facts(outcome))
            written_down = not problem
            outcome = replace(outcome, remarks=(*outcome.remarks, *problem))  # noqa: PLW2901  annotated
        yield outcome


def _in_zone(settings: Settings, options: Mapping[str, Any] | None) -> Settings:
    """Return settings with the recipe's own time zone, unless they name one."""
    zone = settings.timezone or (options or {}).get("timezone")
    if zone is None:
        return settings
    time_zone(str(zone), where="--timezone")
    return replace(settings, timezone=str(zone))


def _convertible(tasks: Sequence[SessionTask]) -> list[SessionTask]:
    """Return the sessions that have a chance of being converted."""
    return [task for task in tasks if not task.plan.excluded and not task.plan.problems]


def _metadata(given: Mapping[str, Any] | str | Path | None) -> dict[str, Any]:
    where = str(given) if isinstance(given, str | Path) else ""
    content = read_yaml(Path(given), error=MetadataError) if isinstance(given, str | Path) else dict(given or {})
    for section, value in content.items():
        if not isinstance(value, Mapping):
            raise MetadataError(
                f"the metadata section {section!r} is not a mapping",
                where=where,
                got=repr(value)[:200],
                expected="lines of the form key: value, as in NWBFile: {lab: Maze lab}",
                fix="indent the keys of the section below its name",
            )
    return content


def _check_metadata(
    recipe: Recipe, tasks: Sequence[SessionTask], given: Mapping[str, Any], where: str, zone: str | None
) -> None:
    """Validate the recipe's and the user's metadata against a converter's schema."""
    schemas = (_schema(recipe, task) for task in _convertible(tasks)[:_TRIES])
    schema, own = next((found for found in schemas if found), ({}, {}))
    if schema:
        validate(recipe.metadata, schema, partial=True, sections=own, where=str(recipe.metadata_path or recipe.path))
        validate(given, schema, partial=True, sections=own, where=where)
        refuse_naive_times(recipe.metadata, zone, str(recipe.metadata_path or recipe.path))
        refuse_naive_times(given, zone, where)


def _schema(recipe: Recipe, task: SessionTask) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return schema and metadata of a session's converter, or None without one."""
    try:
        with source_warnings():  # they are reported when the session is converted
            converter = recipe.build(task.plan)
            return converter.get_metadata_schema(), converter.get_metadata()
    except RecipeError:
        raise
    except Exception:  # a source that cannot be read: its own outcome will say so
        return None


def _refuse_shared_identifier(tasks: Sequence[SessionTask], given: Mapping[str, Any], where: str) -> None:
    """Reject metadata that give all sessions one identifier."""
    identifier = (given.get("NWBFile") or {}).get("identifier")
    if identifier and len(_convertible(tasks)) > 1:
        raise MetadataError(
            "the metadata give all sessions one identifier",
            where=f"{where or 'metadata'}: NWBFile.identifier",
            got=str(identifier),
            expected="an identifier of its own for each file",
            fix="leave it out; each file gets one, made from its session",
        )


def _refuse_shared_outputs(recipe: Recipe, tasks: Sequence[SessionTask]) -> None:
    """Reject two sessions with one output file, also where names have no case."""
    seen: dict[str, SessionTask] = {}
    for task, path in _outputs(recipe, _convertible(tasks)):
        name = fold_name(path)
        if name in seen:
            raise UsageError(
                "two sources share one output file",
                where=str(path),
                got=" and ".join(str(source) for each in (seen[name], task) for source in each.plan.sources),
                expected="sessions that differ in subject_id or session_id, not in case alone",
                fix="leave out one of the two, rename a source, or give the ids in the metadata",
            )
        seen[name] = task


def _outputs(recipe: Recipe, tasks: Sequence[SessionTask]) -> Iterator[tuple[SessionTask, Path]]:
    """Yield each session with its output file, asking converters only where names may collide."""
    templates = [task.plan.output or recipe.content.output for task in tasks]
    names = [
        (template, known_ids(task, recipe, {})[1]) if "{session_id}" in template else (template, "")
        for task, template in zip(tasks, templates, strict=True)
    ]
    count = Counter(names)
    for task, name in zip(tasks, names, strict=True):
        path = _output(recipe, task, ask=not name[1] or count[name] > 1)
        if path is not None:
            yield task, path


def _output(recipe: Recipe, task: SessionTask, *, ask: bool) -> Path | None:
    try:
        path = output_of(task, recipe)
        with source_warnings():  # they are reported when the session is converted
            return output_of(task, recipe, recipe.build(task.plan)) if path is None and ask else path
    except Exception:  # a source that cannot be read: its own outcome will say so
        return None


def _with_share_of_threads(task: SessionTask, jobs: int) -> SessionTask:
    """Return a task with its share of the processors, unless threads were set."""
    threads = task.settings.threads or max(1, cores() // jobs)
    return replace(task, settings=replace(task.settings, threads=threads))


def _write_down(folder: Path, outcome: SessionOutcome, facts: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        ledger.append(folder, outcome, facts)
    except OSError as error:
        return (f"cannot write the ledger: {error.strerror}",)
    return ()
