"""``nwbgate show``: the contents of a file or folder, or one of its tables."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nwbgate.cli.options.file_limits import with_limits
from nwbgate.cli.options.single_options import OnceCommand

if TYPE_CHECKING:
    import pandas as pd

#: Rows of a table that are shown where nothing is said.
_ROWS = 20
#: Endings of files by which the format is told.
_ENDINGS = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".pq": "parquet"}


def _number_of_rows(context: click.Context, option: click.Parameter, value: str) -> int | None:
    """Return a number of rows, None for all."""
    if value == "all":
        return None
    if not value.isascii() or not value.isdecimal():
        raise click.BadParameter(f"expected a number or 'all', got {value!r}", context, option)
    return int(value)


@click.command(cls=OnceCommand)
@click.argument("source", metavar="FILE|URL|FOLDER")
@click.argument("table", required=False)
@click.option("--csv", "form", flag_value="csv", help="The whole table as comma-separated values, with a header.")
@click.option("--json", "form", flag_value="json", help="The whole table as JSON, an object per row; infinite is null.")
@click.option("--parquet", "form", flag_value="parquet", help="The whole table as a Parquet file.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@click.option("--follow-links", is_flag=True, help="Also read files beside it that it links to.")
@click.option("--no-cache", is_flag=True, help="Neither use nor write the hidden cache of a folder.")
@with_limits
@click.option("--all", "every", is_flag=True, help="Also list objects that are known only by their path in the file.")
@click.option(
    "--rows",
    metavar="N|all",
    default=str(_ROWS),
    callback=_number_of_rows,
    show_default=True,
    help="Number of rows to show.",
)
def show(
    *,
    source: str,
    table: str | None,
    form: str | None,
    output: Path | None,
    overwrite: bool,
    every: bool,
    rows: int | None,
    follow_links: bool,
    no_cache: bool,
    file_time: float | None,
    file_memory: float | None,
) -> None:
    """Show the contents of a file or folder, or one table.

    Without TABLE, a summary that names the tables; those of an imaging plane are called planes/<plane>/<table>.

    \b
    nwbgate show session.nwb
    nwbgate show session.nwb trials --rows 5
    nwbgate show session.nwb planes/VISp_175/events --parquet --output events.parquet
    nwbgate show converted ophys_experiments --csv | head
    nwbgate show stimulus.pkl trials
    nwbgate show sync.h5 lines
    """  # noqa: D301 - click wants the character, which keeps the lines of the block apart
    from nwbgate.cli.printing.shown_content import ShowWork
    from nwbgate.processes.limits import WorkLimits
    from nwbgate.processes.pool import results

    form = _form(form, table, output)
    work = ShowWork(source, table, follow_links=follow_links, cache=not no_cache, every=every)
    (content,) = results([work], 1, limits=WorkLimits(file_time, file_memory))
    try:
        if isinstance(content, str):
            click.echo(content, nl=False)
        else:
            _put_table(content, form, output, rows, overwrite)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough: what is still buffered must not fail when Python flushes it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _form(form: str | None, table: str | None, output: Path | None) -> str | None:
    """Return the output format, from the options or the ending of --output."""
    from nwbgate.errors import UsageError

    if form is None and output is not None:
        form = _ENDINGS.get(output.suffix.lower())
        if form is None:
            raise UsageError(
                "unknown output format",
                where=str(output),
                expected=f"a name ending in {', '.join(_ENDINGS)}, or --csv, --json or --parquet",
                fix="name the format by an option",
            )
    if form is not None and table is None:
        raise UsageError(
            f"--{form} needs the name of a table",
            where="the command line",
            expected="the name of a table after the file",
            fix="run without options to see the names",
        )
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise UsageError(
            "Parquet cannot be printed on a terminal",
            where="--parquet",
            expected="--output FILE, or another program that reads it",
            fix="add --output FILE",
        )
    return form


def _put_table(table: "pd.DataFrame", form: str | None, output: Path | None, rows: int | None, overwrite: bool) -> None:
    """Print the first rows of a table, or write all of it."""
    from nwbgate.report import frame

    if form is None:
        click.echo(frame.aligned_text(table, rows, shutil.get_terminal_size((120, 24)).columns), nl=False)
        return
    parts: Iterable[bytes]
    if form == "parquet":
        parts = [frame.parquet(table)]
    else:
        texts = frame.csv(table) if form == "csv" else frame.as_json(table)
        parts = (text.encode() for text in texts)
    if output is None:
        sys.stdout.buffer.writelines(parts)
        return
    _write(parts, output, overwrite)
    click.echo(f"{output}: {len(table)} rows x {len(table.columns)} columns", err=True)


def _write(parts: Iterable[bytes], output: Path, overwrite: bool) -> None:
    from nwbgate.errors import UsageError, WriteError
    from nwbgate.storage.safe_files.atomic import write_whole

    if output.exists() and not overwrite:
        raise UsageError("the file exists", where=str(output), fix="choose another name, or add --overwrite")
    try:
        write_whole(output, parts)
    except WriteError as error:
        what = "cannot write the table"
        raise WriteError(what, where=error.where, got=error.got or error.what, fix=error.fix) from error
