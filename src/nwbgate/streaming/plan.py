"""Plan of a stream: sessions of a release and sizes of their files."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nwbgate
from nwbgate.conversion.batches import ledger
from nwbgate.conversion.batches.batch import prepare
from nwbgate.conversion.batches.outcome import SessionOutcome, SessionStatus
from nwbgate.conversion.batches.task import SessionTask, Settings, output_of
from nwbgate.conversion.recipes.recipe import Recipe, load_recipe
from nwbgate.errors import FetchError, NwbgateError, UsageError
from nwbgate.fetching.copy import LocalCopy
from nwbgate.fetching.fetch import bring_tables, newest_manifest, sizes_of
from nwbgate.fetching.manifest import RemoteFile
from nwbgate.fetching.release import load_release, shipped_releases
from nwbgate.fetching.selection import select
from nwbgate.fetching.server import Server
from nwbgate.interfaces.plan import SessionPlan
from nwbgate.manifest.filters import FILTERS, Filters, as_list
from nwbgate.streaming.destination import Destination
from nwbgate.writing.provenance import digest

#: Most bytes of a session's file: its shuffled and compressed arrays are smaller than their sources, and the text of
#: the schemas, the provenance and a few tables takes less than this.
OUTPUT_SHARE, OUTPUT_MORE = 1.0, 2_000_000


@dataclass(frozen=True)
class Wish:
    """A release to be converted, as it was asked for.

    Parameters
    ----------
    recipe : str
        Name of a shipped recipe with a public release.
    options : mapping
        Options of the recipe, filters of sessions among them.
    metadata : mapping or path, optional
        Merged over the metadata of the recipe and of each session.
    settings : Settings
        How each session is converted.
    """

    recipe: str
    options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] | Path | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True)
class StreamedSession:
    """A session to be fetched, converted and delivered, as plain data.

    Parameters
    ----------
    task : SessionTask
        Its conversion.
    files : mapping of Path to RemoteFile
        Its sources in the scratch folder.
    sizes : mapping of Path to int
        Their sizes; 0 where the server does not tell it.
    key : str
        Digest of everything that the content of its file depends on.
    """

    task: SessionTask
    files: Mapping[Path, RemoteFile]
    sizes: Mapping[Path, int]
    key: str

    @property
    def plan(self) -> SessionPlan:
        """Plan of its conversion."""
        return self.task.plan

    @property
    def source_bytes(self) -> int:
        """Bytes to fetch."""
        return sum(self.sizes.values())

    @property
    def output_bytes(self) -> int:
        """Most bytes of its file."""
        return int(self.source_bytes * OUTPUT_SHARE) + OUTPUT_MORE

    def outcome(self, status: SessionStatus, **more: Any) -> SessionOutcome:
        """Return an outcome of this session."""
        return replace(self.task.outcome(status, **more), source_bytes=self.source_bytes)


@dataclass(frozen=True)
class StreamPlan:
    """Sessions of a stream.

    Parameters
    ----------
    sessions : tuple of StreamedSession
        What is left to do.
    known : tuple of SessionOutcome
        Sessions that are done, and those that cannot be: too large, or not there.
    done : tuple of StreamedSession
        The sessions that are done, of which sources may be left.
    """

    sessions: tuple[StreamedSession, ...]
    known: tuple[SessionOutcome, ...] = ()
    done: tuple[StreamedSession, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to fetch; a file of several sessions is counted once."""
        return sum({path: size for each in self.sessions for path, size in each.sizes.items()}.values())

    @property
    def users(self) -> Counter[Path]:
        """Number of sessions that need each file."""
        return Counter(path for session in self.sessions for path in session.files)


def make_plan(wish: Wish, server: Server, copy: LocalCopy, destination: Destination, limit: int) -> StreamPlan:
    """Fetch the tables of a release, and plan its sessions.

    Parameters
    ----------
    wish : Wish
        What to convert.
    server : Server
        Where the release is.
    copy : LocalCopy
        Folder that gets manifest and tables, and later the sources.
    destination : Destination
        Where the files go, and which of them are there.
    limit : int
        Bytes that the scratch folder may hold.

    Raises
    ------
    UsageError
        If the recipe has no release, or a filter, an option or metadata are wrong.
    FetchError
        If the server does not answer, or has no sound release.
    """
    release, recipe = load_release(release_name(wish.recipe)), load_recipe(wish.recipe)
    manifest = newest_manifest(server, release)
    copy.write_manifest(manifest)
    tables = bring_tables(server, manifest, copy, copy)
    filters = Filters(
        **{name: as_list(wish.options.get(name)) for name in FILTERS if name != "where"},
        where=str(wish.options.get("where") or ""),
    )
    keys = select(tables, manifest, release, filters).keys
    options = {**wish.options, **dict.fromkeys(FILTERS), "sessions": ",".join(keys)}
    tasks = prepare(
        recipe, [tables], destination.folder, options=options, metadata=wish.metadata, settings=wish.settings
    )
    by_path = {copy.path(file): file for file in manifest.files.values()}
    sessions = [_session(task, recipe, by_path, copy.folder) for task in tasks]
    done = _done(sessions, recipe, destination) if not wish.settings.overwrite else {}
    left = _with_sizes(server, [each for each in sessions if each.task.number not in done])
    reserve = _bytes_below(copy.folder)
    failed = {each.task.number: problem for each in left if (problem := _problem(each, limit, reserve, destination))}
    return StreamPlan(
        tuple(each for each in left if each.task.number not in failed),
        (*done.values(), *(each.outcome(SessionStatus.FAILED, reason=str(failed[each.task.number]))
                           for each in left if each.task.number in failed)),
        tuple(each for each in sessions if each.task.number in done),
    )  # fmt: skip


def release_name(recipe: str) -> str:
    """Return the name of a recipe with a public release.

    Raises
    ------
    UsageError
        If it has none.
    """
    if recipe.replace("_", "-") in shipped_releases():
        return recipe
    raise UsageError(
        "this recipe has no public release to fetch",
        where="--fetch",
        got=recipe,
        expected=" or ".join(shipped_releases()),
        fix="leave --fetch out, and name your sources",
    )


def _session(task: SessionTask, recipe: Recipe, by_path: Mapping[Path, RemoteFile], folder: Path) -> StreamedSession:
    files = {path: by_path[path] for path in task.plan.sources if path in by_path}
    lost = [path.name for path in task.plan.sources if path not in by_path]
    problems = (f"the manifest has no file {', '.join(lost)}",) if lost else ()
    plan = replace(task.plan, excluded="", problems=(*task.plan.problems, *problems))
    return StreamedSession(replace(task, plan=plan), files, {}, _key(task, recipe, folder))


def _key(task: SessionTask, recipe: Recipe, folder: Path) -> str:
    """Return the digest of everything that the file's content depends on."""
    apart = ("sources", "remarks", "origin", "excluded", "problems")
    content = {
        "plan": {name: value for name, value in vars(task.plan).items() if name not in apart},
        "metadata": task.metadata,
        "timezone": task.settings.timezone,
        "recipe": [recipe.name, recipe.metadata],
        "major version": nwbgate.__version__.partition(".")[0],
    }
    return digest({"content": json.dumps(content, sort_keys=True, default=str).replace(str(folder), "")})


def _done(sessions: Iterable[StreamedSession], recipe: Recipe, destination: Destination) -> dict[int, SessionOutcome]:
    """Return the outcomes of the sessions whose files are at their destination."""
    entries = {entry["stream"]: entry for entry in ledger.read(destination.ledger) if entry.get("stream")}
    done = {}
    for each in sessions:
        entry = entries.get(each.key, {})
        path = _output(each.task, recipe)
        if path is not None and destination.holds(entry, path, each.key):
            unknown = tuple(map(str, entry.get("unknown", ())))
            given = {"path": destination.place_of(path), "bytes": int(entry.get("bytes", 0)), "unknown": unknown}
            done[each.task.number] = each.outcome(SessionStatus.SKIPPED, **given)
    return done


def _output(task: SessionTask, recipe: Recipe) -> Path | None:
    try:
        return output_of(task, recipe)
    except NwbgateError:  # its conversion will say so
        return None


def _with_sizes(server: Server, sessions: list[StreamedSession]) -> list[StreamedSession]:
    known = sizes_of(server, dict.fromkeys(file for each in sessions for file in each.files.values()))
    return [
        replace(each, sizes={path: known[file] or 0 for path, file in each.files.items()}) for each in sessions
    ]  # fmt: skip


def _bytes_below(folder: Path) -> int:
    """Return the bytes of manifest and tables, which stay as long as the run."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.suffix in (".csv", ".json"))


def _problem(session: StreamedSession, limit: int, reserve: int, destination: Destination) -> NwbgateError | None:
    """Return why a session cannot be streamed, if so."""
    unknown = [file.key for path, file in session.files.items() if not session.sizes[path]]
    if unknown:
        return FetchError(
            "the server does not have this file, or does not tell its size",
            where=unknown[0],
            fix="check the address, or name another server with --base-url",
        )
    needed = session.source_bytes + (session.output_bytes if destination.on_scratch else 0) + reserve
    if needed > limit:
        return UsageError(
            "this session alone exceeds the limit of the scratch folder",
            where=f"session {session.plan.session_id}",
            got=f"{needed / 1e6:.1f} MB, tables of the release included",
            expected=f"at most {limit / 1e6:.1f} MB",
            fix="raise --scratch-limit",
        )
    return None
