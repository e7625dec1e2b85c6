"""``nwbgate convert``: convert a recipe's sessions to checked NWB files."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nwbgate.cli.options.jobs import cluster, executor_on
from nwbgate.cli.options.output_folder import OutputPlace, require_writable
from nwbgate.cli.options.recipe_options import RecipeCommand, names_of_own
from nwbgate.cli.printing.quality import Measured, need_drawing, write_quality
from nwbgate.cli.verbs import streaming

if TYPE_CHECKING:
    from collections.abc import Callable

    from nwbgate.conversion.batches.outcome import SessionOutcome
    from nwbgate.conversion.batches.task import SessionTask

#: Folder in the output folder for what ``--qc`` writes.
QUALITY = "qc"
#: Status of an outcome whose file is there.
_WHOLE = ("converted", "skipped")


@click.command(cls=RecipeCommand)
@click.argument("recipe")
@click.argument("sources", metavar="SOURCE...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output",
    required=True,
    metavar="DIR",
    type=OutputPlace(),
    help="Output folder, or with --fetch s3://BUCKET/PREFIX.",
)
@click.option(
    "--metadata",
    metavar="FILE.yaml",
    type=click.Path(path_type=Path),
    help="Metadata for all sessions, merged over those of the recipe and the sources.",
)
@click.option(
    "--sessions",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help="Metadata of each session: a column session_id, and one for each field.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Sessions converted in parallel. One uses all cores already; each additional one needs its own memory.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Also convert up-to-date sessions, and replace files that nwbgate did not write.",
)
@click.option("--dry-run", is_flag=True, help="Print the plan; write nothing.")
@click.option("--verify-sources", is_flag=True, help="Compare the content of sources, not only their size and time.")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Threads per process.  [default: its share]")
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Time zone of start times without one, such as America/Los_Angeles or -07:00; by default they are refused.",
)
@click.option(
    "--backend",
    type=click.Choice(["hdf5", "zarr"]),
    default="hdf5",
    show_default=True,
    help="Output format: HDF5 files (.nwb), or Zarr stores (.nwb.zarr).",
)
@click.option(
    "--no-rules",
    is_flag=True,
    help="Check the output with the schema and NWB Inspector only, without nwbgate's rules.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Keep running until Ctrl-C: convert recordings once they appear and stop changing.",
)
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: convert a session once its sources have not changed for this long.",
)
@cluster("Convert")
@click.option(
    "--qc", is_flag=True, help="Measure and judge the quality of the converted files; write the results to DIR/qc."
)
@streaming.options
@click.pass_context
def convert(
    context: click.Context,
    /,
    *,
    recipe: str,
    sources: tuple[Path, ...],
    output: Path,
    metadata: Path | None,
    sessions: Path | None,
    jobs: int,
    overwrite: bool,
    dry_run: bool,
    verify_sources: bool,
    threads: int | None,
    timezone: str | None,
    backend: str,
    no_rules: bool,
    watch: bool,
    settle: float,
    cluster: str | None,
    qc: bool,
    **options: Any,
) -> None:
    """Convert the sessions of SOURCE, files or folders, to checked NWB files.

    RECIPE is the name of a shipped recipe, a folder with a conversion.yaml, or a YAML specification of NeuroConv;
    `nwbgate convert RECIPE --help` shows its own options. Sessions with an up-to-date file are skipped, and one that
    fails does not stop the others. With --fetch and --scratch, a public release takes the place of SOURCE.

    Exit code: 0 every session done; 1 a session failed, or its quality with --qc; 2 bad command line, path, metadata
    or table; 3 nwbgate broke.
    """
    from nwbgate.cli.printing.progress import summary
    from nwbgate.conversion.batches.batch import prepare
    from nwbgate.conversion.batches.task import Settings

    if qc:
        need_drawing()
    streaming.refuse_mixture(context, sources, output, {"--watch": watch, "--qc": qc})
    settings = Settings(
        overwrite=overwrite,
        verify_sources=verify_sources,
        threads=threads,
        dry_run=dry_run,
        timezone=timezone,
        rules=not no_rules,
        backend=backend,
    )
    own = names_of_own(context)
    options |= {"timezone": timezone} if "timezone" in own else {}
    if "sessions" in own:  # a recipe with a table of its own form
        options["sessions"], sessions = sessions, None
    if streaming.is_asked(context):
        wish = streaming.wish_of(recipe, options, metadata, settings)
        context.exit(streaming.run(context, wish, output, jobs=jobs, cluster=cluster))
    require_writable(output)
    plan = partial(
        prepare, recipe, sources, output, options=options, metadata=metadata, settings=settings, sessions=sessions
    )
    outcomes = _watch(plan, settle, jobs) if watch else _convert(plan(), jobs, cluster)
    debug = bool(context.obj and context.obj.debug)
    click.echo(summary(outcomes, output, debug=debug), nl=False)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    code = 3 if any(outcome.broke for outcome in failed) else 1 if failed else 0
    context.exit(max(code, _quality(outcomes, output, jobs)) if qc and not dry_run else code)


def _convert(tasks: "list[SessionTask]", jobs: int, cluster: str | None) -> "list[SessionOutcome]":
    """Convert sessions, here or on a cluster, showing how far it is."""
    from nwbgate.cli.printing.progress import Progress
    from nwbgate.conversion.batches.batch import run_batch

    outcomes = []
    sizes, excluded = [task.source_bytes for task in tasks], sum(bool(task.plan.excluded) for task in tasks)
    with executor_on(cluster) as executor, Progress(sizes, excluded) as progress:
        for outcome in run_batch(tasks, jobs=jobs, executor=executor):
            outcomes.append(outcome)
            progress.advance(outcome)
    return outcomes


def _watch(plan: "Callable[[], list[SessionTask]]", settle: float, jobs: int) -> "list[SessionOutcome]":
    """Convert sessions as they appear until interrupted; the first plan must succeed."""
    from nwbgate.cli.printing.progress import outcome_line
    from nwbgate.conversion.batches.watch import watch
    from nwbgate.conversion.recipes.recipe import NoSourcesError

    def there() -> "list[SessionTask]":
        try:
            return plan()
        except NoSourcesError:
            return []

    click.echo(f"watching; a session is converted {settle:g} s after its last change; Ctrl-C ends", err=True)
    outcomes = []
    for outcome in watch(there, settle=settle, jobs=jobs):
        outcomes.append(outcome)
        click.echo(outcome_line(outcome), err=True)
    return outcomes


def _quality(outcomes: "list[SessionOutcome]", output: Path, jobs: int) -> int:
    """Measure and judge the converted files; return the exit code."""
    files = [outcome.path for outcome in outcomes if outcome.path is not None and outcome.status in _WHOLE]
    if not files:
        return 0
    from nwbgate.qc_runs.run import run_quality
    from nwbgate.report.text import text

    run = run_quality(files, jobs=jobs, pictures=output / QUALITY, notify=Measured())
    write_quality(run, output / QUALITY)
    click.echo(text(run.report), nl=False)
    return run.report.exit_code
