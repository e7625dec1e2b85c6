"""``nwbgate diff``: differences between two files, folders or manifests."""

from pathlib import Path
from typing import Any

import click

from nwbgate.cli.options.chosen_files import PathOrAddress
from nwbgate.cli.options.reports import put_report
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.errors import UsageError

#: Formats, as in `nwbgate.report.differences`.
FORMATS = ("text", "jsonl", "html")


@click.command(cls=OnceCommand)
@click.argument("first", type=PathOrAddress(), metavar="FIRST")
@click.argument("second", type=PathOrAddress(), metavar="SECOND")
@click.option("--rtol", type=float, default=0.0, show_default=True, help="Relative tolerance of numbers.")
@click.option("--atol", type=float, default=0.0, show_default=True, help="Absolute tolerance of numbers.")
@click.option("--ignore", multiple=True, metavar="PATTERN", help="Leave out objects, such as /general/source_script.")
@click.option("--format", "form", default="text", show_default=True, metavar="NAME[=FILE]", help="text, jsonl or html.")
@click.pass_context
def diff(context: click.Context, /, first: Path, second: Path, form: str, **options: Any) -> None:
    """Show what differs between two NWB files, two tables (CSV), or two folders.

    Object ids, creation dates, cached specifications, chunks and compression are ignored. Files of two folders are
    matched by relative path, else by session. By default numbers must be equal to the last bit. FIRST and SECOND may be
    addresses: of a file (https://, s3://, dandi://), of a dandiset, or of a prefix of a bucket.

    Exit code: 0 equal, 1 different or not comparable, 2 bad command line.
    """
    name, equals, file = form.partition("=")
    if name not in FORMATS:
        raise UsageError(
            "unknown format", where="--format", got=name, expected=", ".join(FORMATS), fix="choose one of these"
        )
    from nwbgate.comparison.folders import diff as compare
    from nwbgate.report.differences import FORMATS as RENDER

    comparison = compare(first, second, **options)
    put_report(RENDER[name](comparison), Path(file) if equals else None)
    context.exit(comparison.exit_code)
