"""``nwbgate qc``: measure and judge quality, as tables, pages and findings."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nwbgate.cli.options.chosen_files import PathOrAddress, chosen_files, with_sample
from nwbgate.cli.options.file_limits import with_limits
from nwbgate.cli.options.jobs import cluster, executor_on, jobs
from nwbgate.cli.options.output_folder import require_writable
from nwbgate.cli.options.reports import fail_on, outputs_of, put_reports, with_reports
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.cli.printing.quality import Measured, need_drawing, write_quality
from nwbgate.errors import NwbgateError, UsageError

if TYPE_CHECKING:
    from nwbgate.qc_runs.run import QualityRun


@click.command(cls=OnceCommand)
@click.argument("paths", nargs=-1, type=PathOrAddress(), metavar="[PATH]...")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="DIR", help="Folder for tables, pages and JSON of the results."
)
@click.option(
    "--from",
    "measured_in",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Judge the measurements of an earlier --output again, without reading a recording.",
)
@click.option(
    "--spec",
    metavar="NAME|DIR",
    help="Criteria: a dataset's name, or a folder with a qc.yaml; by default those that fit the measurements.",
)
@click.option(
    "--manual",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Manual decisions: session, criterion, status, reviewer, date, reason.",
)
@click.option("--follow-links", is_flag=True, help="Also read files beside them that they link to.")
@click.option("--store", is_flag=True, help="Also write the results into each file, as a table in /analysis.")
@click.option("--complete", is_flag=True, help="Criteria that were not measured also fail the check.")
@fail_on("fails the check; a failed criterion is an error.")
@with_reports
@jobs("Number of files measured in parallel.")
@cluster("Measure")
@with_limits
@with_sample
@click.pass_context
def qc(
    context: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    output: Path | None,
    measured_in: Path | None,
    spec: str | None,
    manual: Path | None,
    store: bool,
    complete: bool,
    fail_on: str,
    waivers: tuple[Path, ...],
    formats: tuple[str, ...],
    jobs: int | None,
    cluster: str | None,
    follow_links: bool,
    file_time: float | None,
    file_memory: float | None,
    sample: int | None,
    seed: int,
) -> None:
    """Measure the quality of sessions and recordings, and judge it by criteria.

    PATH is an NWB file, a folder that is searched for them, a pattern such as 'data/**/*.nwb', or an address
    (https://, s3://, dandi://000711[@version][/pattern]), whose files are read in ranges.

    Exit code: 0 clean, 1 findings or --store failed, 2 bad command line, criteria or table, 3 a measurement broke.
    """
    reports = outputs_of(formats or ("text",))
    _refuse_contradictions(paths, measured_in, store)
    if output is not None:
        need_drawing()
        require_writable(output)
    from nwbgate.processes.limits import WorkLimits
    from nwbgate.qc_runs.run import run_quality

    with executor_on(cluster) as executor:
        run = run_quality(
            chosen_files(paths, sample=sample, seed=seed),
            measured_in=measured_in,
            spec=spec,
            manual=manual,
            waivers=waivers,
            complete=complete,
            fail_on=fail_on,
            jobs=jobs,
            pictures=output,
            notify=Measured(),
            follow_links=follow_links,
            executor=executor,
            limits=WorkLimits(file_time, file_memory),
        )
    if output is not None:
        write_quality(run, output, measured_in)
    stored = _store(run) if store else True
    put_reports(run.report, reports)
    context.exit(run.report.exit_code or int(not stored))


def _refuse_contradictions(paths: tuple[Path, ...], measured_in: Path | None, store: bool) -> None:
    if measured_in is not None and (paths or store):
        raise UsageError(
            f"--from judges stored measurements and {'cannot store results in' if store else 'takes no'} files",
            where="the command line",
            fix="leave out --from, or the paths and --store",
        )


def _store(run: "QualityRun") -> bool:
    """Write the results into the measured files; return whether all succeeded.

    One that refuses is named, and takes no other along.
    """
    from nwbgate.qc_runs.stored_results import store_results

    refused = False
    for judged in run.judged:
        if judged.quality.scope != "session" or judged.criteria is None:
            continue
        try:
            store_results(judged)
        except NwbgateError as error:
            refused = True
            click.echo(f"error: {error}", err=True)
        else:
            click.echo(f"stored in {judged.quality.files[0]}", err=True)
    return not refused
