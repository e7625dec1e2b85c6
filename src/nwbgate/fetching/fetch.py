"""Fetch a release or part of it, downloading only what is missing."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from nwbgate.errors import FetchError, NwbgateError, UnreachableError, UsageError, WriteError
from nwbgate.fetching.copy import CopyState, LocalCopy
from nwbgate.fetching.download import Report, download
from nwbgate.fetching.manifest import ReleaseManifest, RemoteFile, parse_manifest
from nwbgate.fetching.release import Release, Version
from nwbgate.fetching.selection import select
from nwbgate.fetching.server import Server
from nwbgate.manifest.filters import Filters

#: Longest manifest and listing that are accepted; those of six thousand files have three million bytes.
_LONGEST = 64 * 1024 * 1024
#: How many sizes are asked for at a time.
_ASKED_AT_ONCE = 8


@dataclass(frozen=True)
class Wanted:
    """A selected file.

    Parameters
    ----------
    file : RemoteFile
        The file.
    state : CopyState
        What is in its place.
    size : int or None
        Its length in bytes, None where the server does not say.
    """

    file: RemoteFile
    state: CopyState
    size: int | None

    @property
    def missing(self) -> bool:
        """Whether it has to be fetched."""
        return self.state is not CopyState.WHOLE


@dataclass(frozen=True)
class Order:
    """The selected files and their state in the copy.

    Parameters
    ----------
    manifest : ReleaseManifest
        The manifest.
    sessions : int
        Number of sessions.
    files : tuple of Wanted
        Their files.
    """

    manifest: ReleaseManifest
    sessions: int
    files: tuple[Wanted, ...]

    @property
    def to_fetch(self) -> tuple[Wanted, ...]:
        """Files that are missing or damaged."""
        return tuple(wanted for wanted in self.files if wanted.missing)

    @property
    def size(self) -> int:
        """Known number of bytes to fetch."""
        return sum(wanted.size or 0 for wanted in self.to_fetch)


def newest_manifest(server: Server, release: Release, version: str = "") -> ReleaseManifest:
    """Return the manifest of a version, by default the newest with a known layout.

    Raises
    ------
    UsageError
        If the version is none, or its layout is not known.
    FetchError
        If the server has no such manifest, or it is not sound.
    """
    if version:
        wanted = Version.parse(version)
        if not release.accepts(wanted):
            raise UsageError(
                "unsupported version of the release",
                where="--version",
                got=version,
                expected=f"from {release.accepted.first} on, and before {release.accepted.before}",
                fix="name a version in this range, or leave the option out for the newest",
            )
        listed = _listed_versions(server, release)
        if listed and wanted not in listed:
            raise UsageError(
                "the server does not have this version of the release",
                where="--version",
                got=version,
                expected=f"one of {', '.join(map(str, sorted(listed)))}",
                fix="name one of these, or leave the option out for the newest",
            )
    else:
        wanted = _newest(server, release)
    content = server.text(release.manifests + release.manifest_file(wanted), most=_LONGEST)
    return parse_manifest(content, release, wanted)


def _listed_versions(server: Server, release: Release) -> set[Version]:
    """Return the versions that the server lists; none if it lists nothing."""
    for address in (f"?list-type=2&prefix={release.manifests}", release.manifests):
        try:
            listed = release.versions_in(server.text(address, most=_LONGEST).decode("utf-8", errors="replace"))
        except UnreachableError:
            raise
        except FetchError:  # a server need not list anything
            continue
        if listed:
            return listed
    return set()


def _newest(server: Server, release: Release) -> Version:
    """Return the newest version listed by the server, else the newest known one."""
    listed = _listed_versions(server, release)
    accepted = [version for version in listed if release.accepts(version)]
    if listed and not accepted:
        raise FetchError(
            "the server has no supported version",
            where=f"{server.base_url}/{release.manifests}",
            got=", ".join(map(str, sorted(listed))),
            expected=f"from {release.accepted.first} on, and before {release.accepted.before}",
            fix="name another server with --base-url",
        )
    return max(accepted or map(Version.parse, release.known_versions))


def order(
    server: Server,
    release: Release,
    copy: LocalCopy,
    filters: Filters,
    *,
    version: str = "",
    dry_run: bool = False,
    verified: Callable[[int, int], None] = lambda done, total: None,
) -> Order:
    """Return the selection and its state, after fetching manifest and tables.

    Parameters
    ----------
    server : Server
        Where the release is.
    release : Release
        What it is.
    copy : LocalCopy
        Where it goes.
    filters : Filters
        Which sessions are asked for.
    version : str
        Version to take instead of the newest known one.
    dry_run : bool
        Write nothing: tables that are not in the copy are fetched to a temporary folder.
    verified : callable
        Told how many of how many files have been looked at.

    Raises
    ------
    NwbgateError
        As `newest_manifest`, `download` and `select` do.
    """
    manifest = newest_manifest(server, release, version)
    with TemporaryDirectory() as elsewhere:
        place = LocalCopy(Path(elsewhere)) if dry_run else copy
        if not dry_run:
            copy.write_manifest(manifest)
        folder = bring_tables(server, manifest, copy, place)
        selection = select(folder, manifest, release, filters)
    states = []
    for number, file in enumerate(selection.files, 1):
        states.append(copy.state(file))
        verified(number, len(selection.files))
    return Order(manifest, selection.sessions, tuple(_with_sizes(server, selection.files, states)))


def bring_tables(server: Server, manifest: ReleaseManifest, copy: LocalCopy, place: LocalCopy) -> Path:
    """Put the verified tables in `place`, and return their folder."""
    for table in manifest.tables.values():
        _bring_table(server, table, copy, place)
    return place.path(next(iter(manifest.tables.values()))).parent


def _bring_table(server: Server, table: RemoteFile, copy: LocalCopy, place: LocalCopy) -> None:
    """Put a verified table in `place`, from the copy or the server."""
    if copy.state(table) is not CopyState.WHOLE:
        download(server, table, place.path(table), lambda count: None)
    elif place is not copy:
        place.path(table).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy.path(table), place.path(table))
    if place is copy:
        copy.record(table)


def _with_sizes(server: Server, files: Sequence[RemoteFile], states: Sequence[CopyState]) -> Iterator[Wanted]:
    missing = [file for file, state in zip(files, states, strict=True) if state is not CopyState.WHOLE]
    known = sizes_of(server, missing)
    for file, state in zip(files, states, strict=True):
        yield Wanted(file, state, known.get(file))


def sizes_of(server: Server, files: Iterable[RemoteFile]) -> dict[RemoteFile, int | None]:
    """Return the length of each file; None where the server does not tell it.

    Raises
    ------
    UnreachableError
        If the server does not answer.
    """
    files = list(files)
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        return dict(zip(files, pool.map(partial(_size, server), files), strict=True))


def _size(server: Server, file: RemoteFile) -> int | None:
    """Return a file's length, or None for a missing file."""
    try:
        return server.size(file)
    except UnreachableError:
        raise
    except FetchError:
        return None


def refuse_small_disk(copy: LocalCopy, wanted: Order) -> None:
    """Reject a download that does not fit on the disk.

    Raises
    ------
    WriteError
        If the disk has less room than the files need.
    """
    needed = sum(max(0, (one.size or 0) - copy.arrived_bytes(one.file)) for one in wanted.to_fetch)
    existing = next(folder for folder in (copy.folder, *copy.folder.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if needed > free:
        raise WriteError(
            "not enough disk space",
            where=str(copy.folder),
            got=f"{free / 1e9:.1f} GB free",
            expected=f"{needed / 1e9:.1f} GB",
            fix="select fewer sessions, or a folder on another disk",
        )


def fetch(
    server: Server, copy: LocalCopy, wanted: Order, report: Report
) -> Iterator[tuple[Wanted, NwbgateError | None]]:
    """Download missing files one by one, yielding each with its error if any.

    Parameters
    ----------
    server : Server
        Where the files are.
    copy : LocalCopy
        Where they go.
    wanted : Order
        What was asked for.
    report : callable
        Told how many bytes have arrived; fewer than none when some were of no use.

    Raises
    ------
    UnreachableError
        If the server does not answer any more.
    WriteError
        If the system refuses.
    """
    copy.record(*(one.file for one in wanted.files if not one.missing))
    for one in wanted.to_fetch:
        if one.state is CopyState.DAMAGED:
            copy.keep_beginning(one.file, one.size)
        try:
            download(server, one.file, copy.path(one.file), report)
        except UnreachableError:
            raise
        except FetchError as error:
            yield one, error
        else:
            copy.record(one.file)
            yield one, None
