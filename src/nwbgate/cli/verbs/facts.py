"""``nwbgate facts``: the tables of facts that are compared with a manifest."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nwbgate.cli.options.chosen_files import PathOrAddress, chosen_files, with_sample
from nwbgate.cli.options.file_limits import with_limits
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.errors import NwbgateError
from nwbgate.manifest.csv.formulas import quote_formulas

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.reading.facts.files import FileFacts

#: Tables of facts, and the one shown when none is named.
TABLES = ("nwb_files", "nwb_planes", "nwb_rois")


@click.command(cls=OnceCommand)
@click.argument("files", nargs=-1, required=True, type=PathOrAddress(), metavar="FILE...")
@click.option("--csv", is_flag=True, help="Comma-separated, with a header, for other programs.")
@click.option("--table", type=click.Choice(TABLES), default=TABLES[0], show_default=True, help="Which facts.")
@click.option("--follow-links", is_flag=True, help="Also read files beside them that they link to.")
@with_limits
@with_sample
@click.pass_context
def facts(
    context: click.Context,
    /,
    *,
    files: tuple[Path, ...],
    csv: bool,
    table: str,
    follow_links: bool,
    file_time: float | None,
    file_memory: float | None,
    sample: int | None,
    seed: int,
) -> None:
    """Show facts of NWB files: one row per file, plane or ROI.

    FILE is an NWB file, a folder that is searched for them, a pattern, or an address (https://, s3://, dandi://).

    Exit code: 0, or 1 if a file cannot be read; the others are still shown.
    """
    from nwbgate.processes.limits import WorkLimits
    from nwbgate.reading.facts.many_files import facts_of_files
    from nwbgate.storage.nwb_paths import contents

    found = contents(chosen_files(files, sample=sample, seed=seed))
    limits = WorkLimits(file_time, file_memory)
    rows, problems = _facts(facts_of_files(found.files, follow_links=follow_links, limits=limits), table)
    if rows is not None and csv:
        click.echo(quote_formulas(rows).to_csv(index=False), nl=False)
    elif rows is not None:
        _show(rows, table)
    for problem in problems:
        click.echo(f"error: {problem}", err=True)
    for other in found.not_judged:
        click.echo(f"not shown: {other.path}: {other.reason}", err=True)
    context.exit(int(bool(problems)))


def _facts(found: "Iterable[FileFacts | NwbgateError]", table: str) -> "tuple[pd.DataFrame | None, list[NwbgateError]]":
    """Return rows of facts from readable files, and errors of the others."""
    import pandas as pd

    rows: list[pd.DataFrame] = []
    problems: list[NwbgateError] = []
    for each in found:
        if isinstance(each, NwbgateError):
            problems.append(each)
        else:
            rows.append(dict(each.frames())[table])
    return (pd.concat(rows, ignore_index=True) if rows else None), problems


def _show(rows: "pd.DataFrame", table: str) -> None:
    """Print facts: of few files as lists, of many as a table."""
    from pandas.api.types import is_numeric_dtype

    if rows.empty:
        click.echo(f"no rows of {table}")
        return
    shown = rows.apply(lambda column: column if is_numeric_dtype(column.dtype) else column.map(_printable_cell))
    if table == TABLES[0] and len(rows) <= 5:
        click.echo(shown.set_index("path").T.dropna(how="all").to_string())
    else:
        click.echo(shown.dropna(axis="columns", how="all").to_string(index=False))


def _printable_cell(value: object) -> object:
    """Return a cell as printable text, shortened and without control characters."""
    from nwbgate.findings.summary import one_line, shorten

    return one_line(shorten(value, 300)) if isinstance(value, str) else value
