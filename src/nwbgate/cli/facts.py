"""``nwbgate facts``: what files say of themselves, as the tables that a manifest is held against."""

from pathlib import Path

import click

from nwbgate.cli.single_options import OnceCommand

#: Tables of facts, and the one shown when none is named.
TABLES = ("nwb_files", "nwb_planes", "nwb_rois")


@click.command(cls=OnceCommand)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--csv", is_flag=True, help="Comma-separated, with a header, for other programs.")
@click.option("--table", type=click.Choice(TABLES), default=TABLES[0], show_default=True, help="Which facts.")
def facts(files: tuple[Path, ...], csv: bool, table: str) -> None:
    """Show the facts of NWB files: one row per file, per imaging plane or per ROI.

    FILE is an NWB file, a folder that is searched for them, or a pattern.
    """
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    from nwbgate.reading.facts.files import file_facts
    from nwbgate.storage.nwb_paths import nwb_files

    rows = pd.concat([dict(file_facts(path).frames())[table] for path in nwb_files(files)], ignore_index=True)
    if csv:
        click.echo(rows.to_csv(index=False), nl=False)
        return
    if rows.empty:
        click.echo(f"no rows of {table}")
        return
    shown = rows.apply(lambda column: column if is_numeric_dtype(column.dtype) else column.map(_shown))
    if table == TABLES[0] and len(rows) <= 5:
        click.echo(shown.set_index("path").T.dropna(how="all").to_string())
    else:
        click.echo(shown.dropna(axis="columns", how="all").to_string(index=False))


def _shown(value: object) -> object:
    """Return what a person is shown of a cell: a long text shortened, none that could steer a terminal."""
    from nwbgate.findings.summary import one_line, shortened

    return one_line(shortened(value, 300)) if isinstance(value, str) else value
