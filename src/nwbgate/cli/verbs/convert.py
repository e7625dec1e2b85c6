"""``nwbgate convert``: convert a recipe's sessions to checked NWB files."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nwbgate.cli.options.output_folder import OutputPlace, require_writable
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.cli.verbs import streaming
from nwbgate.cli.verbs.qc import Measured, need_drawing, write_quality
from nwbgate.errors import NwbgateError, RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nwbgate.conversion.batches.outcome import SessionOutcome
    from nwbgate.conversion.batches.task import SessionTask
    from nwbgate.conversion.recipes.recipe import Recipe
    from nwbgate.conversion.recipes.recipe_options import Option

#: Folder in the output folder for what ``--qc`` writes.
QUALITY = "qc"
#: Status of an outcome whose file is there.
_WHOLE = ("converted", "skipped")
#: Where the recipe's own parameters are kept while a command line is parsed.
_OWN = "nwbgate.recipe_parameters"
#: Options of every recipe that a recipe may declare itself, with a meaning and a text of its own.
_SHARED = {"timezone", "sessions"}


class RecipeCommand(OnceCommand):
    """A command whose options depend on its first argument, the recipe."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments after adding the recipe's options."""
        name = _first_argument(self, args)
        if name is not None:
            ctx.meta[_OWN] = self._own_parameters(ctx, name, quiet=bool({"-h", "--help"} & set(args)))
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters, those of the recipe included once it is known."""
        own = ctx.meta.get(_OWN, [])
        names = {parameter.name for parameter in own}
        return [*(each for each in super().get_params(ctx) if each.name not in names), *own]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help text, with the shipped recipes."""
        super().format_help_text(ctx, formatter)
        from nwbgate.conversion.recipes.recipe import load_recipe, shipped_recipes

        with formatter.section("Shipped recipes"):
            formatter.write_dl(
                [(name.replace("_", "-"), load_recipe(path).title) for name, path in shipped_recipes().items()]
            )

    def _own_parameters(self, ctx: click.Context, name: str, *, quiet: bool) -> list[click.Parameter]:
        from nwbgate.conversion.recipes.recipe import load_recipe

        try:
            recipe = load_recipe(name)
        except NwbgateError:
            if quiet:  # help is given whatever else is on the line
                return []
            raise
        taken = {parameter.name for parameter in super().get_params(ctx) if parameter.name} - _SHARED
        return [_parameter(recipe, option, about, taken) for option, about in recipe.options.items()]


def _first_argument(command: click.Command, args: list[str]) -> str | None:
    """Return the first argument that is neither an option nor an option's value."""
    takes_value = {
        spelling
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.is_flag
        for spelling in parameter.opts
    }
    remaining = iter(args)
    for arg in remaining:
        if arg in takes_value:
            next(remaining, None)
        elif not arg.startswith("-"):
            return arg
    return None


def _parameter(recipe: "Recipe", name: str, about: "Option", taken: set[str]) -> click.Option:
    """Return a recipe's option as a click parameter."""
    if name in taken or not name.isidentifier():
        raise RecipeError(
            f"the recipe option {name!r} cannot be a command-line option",
            where=str(recipe.path),
            expected=f"a Python identifier other than {', '.join(sorted(taken))}",
            fix="rename the option in the recipe",
        )
    return click.Option(
        ["--" + name.replace("_", "-"), name],
        type=_type(about),
        is_flag=about.type == "boolean",
        default=about.default,
        show_default=about.default is not None,
        metavar="FILE" if about.format == "file-path" else "DIR" if about.format else None,
        help=f"{about.description}  [{recipe.name.replace('_', '-')}]",
    )


def _type(about: "Option") -> click.ParamType[Any]:
    if about.enum is not None:
        return click.Choice(about.enum)
    if about.format:
        return click.Path(path_type=Path)
    return {"string": click.STRING, "number": click.FLOAT, "integer": click.INT, "boolean": click.BOOL}[about.type]


@click.command(cls=RecipeCommand)
@click.argument("recipe")
@click.argument("sources", metavar="SOURCE...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--output", required=True, metavar="DIR", type=OutputPlace(), help="Output folder; with --fetch s3://, too."
)
@click.option(
    "--metadata",
    metavar="FILE.yaml",
    type=click.Path(path_type=Path),
    help="Metadata of all sessions, merged over the recipe's and the sources'.",
)
@click.option(
    "--sessions",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help="Table with metadata of each session: session_id, and a column for each field.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Sessions converted in parallel. One already uses every core by threads; each more takes its own memory.",
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
    help="Zone of start times that have none, such as America/Los_Angeles or -07:00; without it they are refused.",
)
@click.option(
    "--backend",
    type=click.Choice(["hdf5", "zarr"]),
    default="hdf5",
    show_default=True,
    help="Format of what is written: HDF5 files (.nwb), or Zarr stores (.nwb.zarr).",
)
@click.option(
    "--no-rules",
    is_flag=True,
    help="Check what is written by the schema and NWB Inspector alone, not by nwbgate's rules.",
)
@click.option(
    "--watch",
    is_flag=True,
    help="Go on: convert recordings as they appear and are no longer written to, until Ctrl-C.",
)
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: time for which the sources of a session must not have changed.",
)
@click.option(
    "--cluster",
    metavar="WHERE",
    help="Convert on a cluster instead: local[:N], slurm[:option=value,...], FILE.yaml, or a dask scheduler's address.",
)
@click.option("--qc", is_flag=True, help="Measure the quality of what was converted, and judge it, into DIR/qc.")
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
    `nwbgate convert RECIPE --help` shows its own options. A session whose file is there and up to date is skipped. One
    that fails does not stop the others. With --fetch and --scratch, a public release takes the place of SOURCE.

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
    own = {parameter.name for parameter in context.meta.get(_OWN, ())}
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
    from nwbgate.cli.options.cluster import executor_on
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
    from nwbgate.quality.run import run_quality
    from nwbgate.report.text import text

    run = run_quality(files, jobs=jobs, pictures=output / QUALITY, notify=Measured())
    write_quality(run, output / QUALITY)
    click.echo(text(run.report), nl=False)
    return run.report.exit_code
