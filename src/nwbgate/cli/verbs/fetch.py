"""``nwbgate fetch``: a verified local copy of a public release, in AllenSDK's layout."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nwbgate.cli.options.jobs import cluster, executor_on
from nwbgate.cli.options.single_options import OnceCommand

if TYPE_CHECKING:
    from nwbgate.errors import NwbgateError
    from nwbgate.fetching.copy import LocalCopy
    from nwbgate.fetching.fetch import Order, Wanted
    from nwbgate.fetching.server import Server
    from nwbgate.manifest.filters import Filters

#: Files that a dry run names; more are counted.
_NAMED = 20


class Releases(OnceCommand):
    """A command whose help lists the available releases."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help text, with the available releases."""
        super().format_help_text(ctx, formatter)
        from nwbgate.fetching.release import load_release, shipped_releases

        with formatter.section("Releases"):
            formatter.write_dl([(name, load_release(name).title) for name in shipped_releases()])


@click.command(cls=Releases)
@click.argument("release")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--sessions", metavar="ID,...", default="", help="Only these sessions.")
@click.option("--mouse", metavar="ID,...", default="", help="Only sessions of these mice.")
@click.option("--project-code", metavar="CODE,...", default="", help="Only sessions of these projects.")
@click.option("--where", metavar="QUERY", default="", help="Only sessions that match this pandas query.")
@click.option("--all", "everything", is_flag=True, help="The whole release; cannot be combined with filters.")
@click.option("--dry-run", is_flag=True, help="Print the files to fetch and their size; write nothing.")
@click.option("--base-url", metavar="URL", default="", help="Another server with the same folders, such as a mirror.")
@click.option("--version", metavar="X.Y.Z", default="", help="Version of the release.  [default: the newest known]")
@cluster("Fetch")
@click.pass_context
def fetch(
    context: click.Context,
    /,
    *,
    release: str,
    folder: Path,
    sessions: str,
    mouse: str,
    project_code: str,
    where: str,
    everything: bool,
    dry_run: bool,
    base_url: str,
    version: str,
    cluster: str | None,
) -> None:
    """Fetch part or --all of a public release to DIR, verified.

    DIR has the layout of AllenSDK's cache. Existing files are verified, not fetched again; the same command resumes an
    interrupted fetch. Nothing is sent except requests for the files.

    Exit code: 0 every selected file is there; 1 a file failed, or the server does not answer; 2 bad command line;
    3 nwbgate broke.
    """
    from nwbgate.fetching.copy import LocalCopy
    from nwbgate.fetching.fetch import order
    from nwbgate.fetching.release import load_release
    from nwbgate.fetching.server import Server
    from nwbgate.manifest.filters import Filters, as_list

    about = load_release(release)
    filters = Filters(as_list(sessions), as_list(mouse), as_list(project_code), where)
    _refuse_all_and_a_part(filters, everything=everything)
    server, copy = Server(base_url or about.base_url), LocalCopy(folder)
    chosen = everything or bool(filters.given)
    looked = dry_run or not chosen
    wanted = order(server, about, copy, filters, version=version, dry_run=looked, verified=_say_verified)
    click.echo(_beginning(wanted, copy))
    if not (dry_run or chosen):
        _refuse_unasked(wanted, folder)
    if dry_run:
        click.echo(_plan(wanted), nl=False)
        return
    failed = _fetch(server, copy, wanted, cluster)
    for one, error in failed:
        click.echo(f"\n{one.file.path.name} failed: {error}")
    click.echo(_end(wanted, len(failed), folder))
    context.exit(1 if failed else 0)


def _refuse_all_and_a_part(filters: "Filters", *, everything: bool) -> None:
    from nwbgate.errors import UsageError

    if everything and filters.given:
        raise UsageError(
            "--all cannot be combined with a filter",
            where="the command line",
            got=", ".join(f"--{name.replace('_', '-')} {value}" for name, value in filters.given.items()),
            expected="either --all or filters",
            fix="leave one of them out",
        )


def _refuse_unasked(wanted: "Order", folder: Path) -> None:
    """Reject a run without filters or --all: a whole release may fill the disk."""
    from nwbgate.cli.printing.transfers import bytes_in_words, count_words
    from nwbgate.errors import UsageError

    if wanted.to_fetch:
        raise UsageError(
            "no filter given, which means the whole release",
            where=str(folder),
            got=f"{count_words(len(wanted.to_fetch), 'file')} to fetch, {bytes_in_words(wanted.size)}",
            expected="--sessions, --mouse, --project-code or --where, or --all for everything",
            fix="choose sessions; add --dry-run to see their size. Nothing was fetched",
        )


def _say_verified(done: int, total: int) -> None:
    """Show on a terminal how many existing files have been verified."""
    if sys.stderr.isatty():
        click.echo(f"verified {done} of {total} files" + ("\n" if done == total else ""), err=True, nl=False)


def _beginning(wanted: "Order", copy: "LocalCopy") -> str:
    """Return the selection and its files to fetch, in two lines."""
    from nwbgate.cli.printing.transfers import bytes_in_words, count_words
    from nwbgate.fetching.copy import CopyState

    there = len(wanted.files) - len(wanted.to_fetch)
    damaged = sum(one.state is CopyState.DAMAGED for one in wanted.files)
    unknown = sum(one.size is None for one in wanted.to_fetch)
    arrived = sum(copy.arrived_bytes(one.file) for one in wanted.to_fetch)
    parts = [f"{there} present and verified" if there else "", f"{damaged} present but damaged" if damaged else ""]
    size = f"to fetch: {count_words(len(wanted.to_fetch), 'file')}, {bytes_in_words(wanted.size)}"
    size += f", {bytes_in_words(arrived)} of it already received" if arrived else ""
    size += f", plus {unknown} of unknown size" if unknown else ""
    known = ", ".join(part for part in parts if part)
    asked = (
        f"{wanted.manifest.name}: {count_words(wanted.sessions, 'session')} in {count_words(len(wanted.files), 'file')}"
    )
    return asked + (f" ({known})" if known else "") + "\n" + size


def _plan(wanted: "Order") -> str:
    from nwbgate.cli.printing.transfers import bytes_in_words

    lines = [
        f"  {one.file.path}  {'size unknown' if one.size is None else bytes_in_words(one.size)}"
        for one in wanted.to_fetch[:_NAMED]
    ]
    more = len(wanted.to_fetch) - len(lines)
    return "".join(line + "\n" for line in lines) + (f"  and {more} more\n" if more else "")


def _fetch(
    server: "Server", copy: "LocalCopy", wanted: "Order", cluster: str | None
) -> list[tuple["Wanted", "NwbgateError"]]:
    """Fetch the files, here or on a cluster, and return the failed ones."""
    from nwbgate.cli.printing.transfers import Transfers
    from nwbgate.fetching.fetch import fetch as fetched
    from nwbgate.fetching.fetch import refuse_small_disk
    from nwbgate.fetching.file_work import fetch_elsewhere

    refuse_small_disk(copy, wanted)
    failed = []
    arrived = sum(copy.arrived_bytes(one.file) for one in wanted.to_fetch)
    with executor_on(cluster) as executor, Transfers(len(wanted.to_fetch), wanted.size, arrived) as transfers:
        come = partial(fetch_elsewhere, executor=executor) if executor is not None else fetched
        for one, error in come(server, copy, wanted, transfers.advance):
            if error is not None:
                failed.append((one, error))
            transfers.end(one.file.path.name, f"failed: {error.what}" if error else "fetched and verified")
    return failed


def _end(wanted: "Order", failed: int, folder: Path) -> str:
    from nwbgate.cli.printing.transfers import count_words

    there = len(wanted.files) - failed
    counts = f"present and verified: {there} of {count_words(len(wanted.files), 'file')}" + (
        f", {failed} failed" if failed else ""
    )
    return f"{counts}, in {folder}" + (". Run the same command again for the rest." if failed else "")
