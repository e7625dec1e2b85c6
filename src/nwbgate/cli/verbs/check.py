"""``nwbgate check``: judge NWB files and manifest tables, report, and set the exit code."""

from pathlib import Path
from typing import Any

import click

from nwbgate.cli.options.chosen_files import PathOrAddress, chosen_files, with_sample
from nwbgate.cli.options.file_limits import with_limits
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.errors import UsageError, WriteError
from nwbgate.gate import PRELOAD
from nwbgate.processes.worker import start_early
from nwbgate.storage.safe_files.atomic import unwritten, write_whole

#: Names of the report formats; `nwbgate.report.FORMATS` holds their functions.
FORMATS = ("text", "jsonl", "junit", "sarif", "github", "html")


@click.command(cls=OnceCommand)
@click.argument("paths", nargs=-1, type=PathOrAddress(), metavar="[PATH]...")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder with the CSV tables, directly or in project_metadata/.",
)
@click.option(
    "--spec",
    metavar="NAME[@VERSION]|DIR",
    help="Specification of the tables; by default the shipped version whose columns match.",
)
@click.option(
    "--complete", is_flag=True, help="Judge a complete release: a rule that was not run also fails the check."
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="Lowest severity that fails the check.",
)
@click.option("--select", multiple=True, metavar="CODES", help="Only these codes or prefixes, separated by commas.")
@click.option(
    "--ignore", multiple=True, metavar="CODES", help="All except these codes or prefixes, separated by commas."
)
@click.option(
    "--waivers",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="YAML list of accepted findings, with reasons. Repeatable.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"{', '.join(FORMATS)}; to standard output without FILE. Repeatable.  [default: text]",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of files checked in parallel.  [default: one per core]",
)
@click.option(
    "--cluster",
    metavar="WHERE",
    help="Judge on a cluster instead: local[:N], slurm[:option=value,...], FILE.yaml, or a dask scheduler's address.",
)
@click.option("--no-inspector", is_flag=True, help="Skip NWB Inspector's checks.")
@click.option("--integrity", is_flag=True, help="Read every chunk of every dataset.")
@click.option("--follow-links", is_flag=True, help="Judge files together with the files beside them that they link to.")
@click.option(
    "--changed",
    is_flag=True,
    help="Judge only files that changed since the same rules judged them without objection; results are kept in a "
    "hidden file in the folder.",
)
@click.option("--qc", is_flag=True, help="Measure the quality of the recordings too, and judge it by criteria.")
@click.option(
    "--manual",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Manual decisions about quality, with --qc.",
)
@with_limits
@with_sample
@click.pass_context
def check(context: click.Context, /, paths: tuple[Path, ...], formats: tuple[str, ...], **options: Any) -> None:
    """Check NWB files, manifest tables, or both against each other.

    PATH is an NWB file, a folder that is searched for them, a pattern such as 'data/**/*.nwb', or an address
    (https://, s3://, dandi://000711[@version][/pattern]), whose files are read in ranges.

    Exit code: 0 clean, 1 findings, 2 bad command line or tables that cannot be read, 3 a rule broke.
    """
    outputs = outputs_of(formats or ("text",))
    sample, seed = options.pop("sample"), options.pop("seed")
    paths = chosen_files(paths, sample=sample, seed=seed, integrity=options["integrity"])
    cluster = options.pop("cluster")
    several = options["jobs"] != 1 and (len(paths) > 1 or any(path.is_dir() for path in paths))
    if not cluster and not options["changed"] and (several or options["file_time"] or options["file_memory"]):
        start_early(PRELOAD)  # it imports for two seconds; this process has to import other things meanwhile
    from nwbgate.cli.options.cluster import executor_on
    from nwbgate.cli.printing.source_notes import printed_notes
    from nwbgate.gate.run import run
    from nwbgate.report import FORMATS as RENDER

    inspector = not options.pop("no_inspector")
    select, ignore = _codes(options.pop("select")), _codes(options.pop("ignore"))
    with executor_on(cluster) as executor, printed_notes():
        report = run(paths, select=select, ignore=ignore, inspector=inspector, executor=executor, **options)
    for name, file in outputs:
        put_report(RENDER[name](report), file)
    context.exit(report.exit_code)


def _codes(given: tuple[str, ...]) -> list[str]:
    """Return the codes of a repeatable, comma-separated option."""
    return [code.strip() for text in given for code in text.split(",") if code.strip()]


def outputs_of(formats: tuple[str, ...]) -> list[tuple[str, Path | None]]:
    """Return each format with its output file, None for standard output.

    Raises
    ------
    UsageError
        If a format is unknown, or two go to standard output.
    """
    outputs = [(name, Path(file) if equals else None) for name, equals, file in (f.partition("=") for f in formats)]
    unknown = [name for name, _ in outputs if name not in FORMATS]
    if unknown:
        raise UsageError(
            "unknown report format",
            where="--format",
            got=unknown[0],
            expected=", ".join(FORMATS),
            fix="choose one of these",
        )
    if sum(file is None for _, file in outputs) > 1:
        raise UsageError(
            "two reports cannot both go to standard output",
            where="--format",
            got=" ".join(formats),
            fix="give all but one of them a file, as in --format junit=report.xml",
        )
    return outputs


def put_report(rendered: str, file: Path | None) -> None:
    """Write a report to its file, or to standard output.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    if file is None:
        click.echo(rendered, nl=False)
        return
    try:
        # A name of a file that is no UTF-8 is in Python a text that cannot be encoded.
        write_whole(file, [rendered.encode("utf-8", errors="backslashreplace")])
    except WriteError as error:
        raise unwritten("the report cannot be written", error) from error
