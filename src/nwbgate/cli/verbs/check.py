"""``nwbgate check``: judge NWB files and manifest tables, report, and set the exit code."""

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from nwbgate.cli.options.chosen_files import PathOrAddress, chosen_files, with_sample
from nwbgate.cli.options.file_limits import with_limits
from nwbgate.cli.options.jobs import cluster, executor_on, jobs
from nwbgate.cli.options.reports import fail_on, outputs_of, put_reports, with_reports
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.gate import PRELOAD
from nwbgate.processes.worker import start_early


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
@fail_on()
@click.option("--select", multiple=True, metavar="CODES", help="Only these codes or prefixes, separated by commas.")
@click.option(
    "--ignore", multiple=True, metavar="CODES", help="All except these codes or prefixes, separated by commas."
)
@with_reports
@jobs("Number of files checked in parallel.")
@cluster("Judge")
@click.option("--no-inspector", is_flag=True, help="Skip NWB Inspector's checks.")
@click.option("--integrity", is_flag=True, help="Read every chunk of every dataset.")
@click.option("--follow-links", is_flag=True, help="Judge files together with the files beside them that they link to.")
@click.option(
    "--changed",
    is_flag=True,
    help="Skip files that have not changed since they passed the same rules; results are kept in a hidden file in the "
    "folder.",
)
@click.option("--qc", is_flag=True, help="Also measure the quality of the recordings, and judge it by criteria.")
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
    where = options.pop("cluster")
    several = options["jobs"] != 1 and (len(paths) > 1 or any(path.is_dir() for path in paths))
    if not where and not options["changed"] and (several or options["file_time"] or options["file_memory"]):
        start_early(PRELOAD)  # it imports for two seconds; this process has to import other things meanwhile
    elif paths and not several and not (where or options["changed"] or options["qc"] or options["select"]):
        import_module(*PRELOAD)  # the file is judged in this process, with what spares workers time and memory
    from nwbgate.cli.printing.source_notes import printed_notes
    from nwbgate.gate.run import run

    inspector = not options.pop("no_inspector")
    select, ignore = _codes(options.pop("select")), _codes(options.pop("ignore"))
    with executor_on(where) as executor, printed_notes():
        report = run(paths, select=select, ignore=ignore, inspector=inspector, executor=executor, **options)
    put_reports(report, outputs)
    context.exit(report.exit_code)


def _codes(given: tuple[str, ...]) -> list[str]:
    """Return the codes of a repeatable, comma-separated option."""
    return [code.strip() for text in given for code in text.split(",") if code.strip()]
