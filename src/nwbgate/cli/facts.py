"""``nwbgate facts``: the tables of facts that are compared with a manifest."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nwbgate.cli.chosen_files import PathOrAddress, chosen_files, with_sample
from nwbgate.cli.single_options import OnceCommand
from nwbgate.errors import NwbgateError
from nwbgate.manifest.formulas import quote_formulas

if TYPE_CHECKING:
    import pandas as pd

#: Tables of facts, and the one shown when none is named.
TABLES = ("nwb_files", "nwb_planes", "nwb_rois")


@click.command(cls=OnceCommand)
@click.argument("files", nargs=-1, required=True, type=PathOrAddress(), metavar="FILE...")
@click.option("--csv", is_flag=True, help="Comma-separated, with a header, for other programs.")
@click.option("--table", type=click.Choice(TABLES), default=TABLES[0], show_default=True, help="Which facts.")
@click.option("--follow-links", is_flag=True, help="Read also what the files link to in files beside them.")
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
    sample: int | None,
    seed: int,
) -> None:
    """Show facts of NWB files: one row per file, plane or ROI.

    FILE is an NWB file, a folder that is searched for them, a pattern, or an address (https://, s3://, dandi://).

    Exit code: 0, or 1 if a file cannot be read; the others are shown all the same.
    """
    from nwbgate.storage.nwb_paths import contents

    found = contents(chosen_files(files, sample=sample, seed=seed))
    rows, problems = _facts(found.files, table, follow_links)
    if rows is not None and csv:
        click.echo(quote_formulas(rows).to_csv(index=False), nl=False)
    elif rows is not None:
        _show(rows, table)
    for problem in problems:
        click.echo(f"error: {problem}", err=True)
    for other in found.not_judged:
        click.echo(f"not shown: {other.path}: {other.reason}", err=True)
    context.exit(int(bool(problems)))


def _facts(paths: Sequence[Path], table: str, follow_links: bool) -> "tuple[pd.DataFrame | None, list[NwbgateError]]":
    """Return rows of facts from readable files, and errors of the others."""
    import pandas as pd

    from nwbgate.reading.facts.files import TABLES as TABLES_OF_FACTS
    from nwbgate.reading.facts.files import file_facts
    from nwbgate.reading.facts.frames import session_frames
    from nwbgate.storage.hdf5 import readable

    rows: list[pd.DataFrame] = []
    problems: list[NwbgateError] = []
    for path in paths:
        try:
            with readable(str(path)):
                frames = session_frames(path, TABLES_OF_FACTS, follow_links=follow_links)
                rows.append(dict(file_facts(path, frames).frames())[table])
        except NwbgateError as problem:
            problems.append(problem)
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
