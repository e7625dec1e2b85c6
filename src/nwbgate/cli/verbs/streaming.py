"""``nwbgate convert RECIPE --fetch``: a public release, session by session, through a scratch folder."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nwbgate.cli.options.jobs import executor_on
from nwbgate.errors import UsageError
from nwbgate.storage.remote_files.address import is_address

if TYPE_CHECKING:
    from nwbgate.conversion.batches.task import Settings
    from nwbgate.streaming.plan import StreamPlan, Wish
    from nwbgate.streaming.run import StreamOrder

Command = TypeVar("Command", bound=Callable[..., Any])
#: Where the values of these options are kept while a command line is run.
_PLACE = "nwbgate.streaming"
_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
#: Sessions that a dry run names; more are counted.
_NAMED = 20


def options(command: Command) -> Command:
    """Add the options of streaming to a command, without making them its parameters."""

    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        context.meta.setdefault(_PLACE, {})[parameter.name] = value

    def option(name: str, **about: Any) -> Callable[[Command], Command]:
        return click.option(name, expose_value=False, callback=keep, **about)

    for add in reversed(
        (
            option("--fetch", is_flag=True, help="Fetch the recipe's public release, session by session."),
            option(
                "--scratch",
                metavar="DIR",
                type=click.Path(path_type=Path),
                help="With --fetch: folder for files in transit.",
            ),
            option(
                "--scratch-limit",
                metavar="SIZE",
                default="50GB",
                show_default=True,
                help="Largest size of that folder.",
            ),
            option("--keep-sources", is_flag=True, help="Leave the fetched files in the scratch folder."),
            option("--base-url", metavar="URL", default="", help="Another server with the same folders."),
            option(
                "--s3-endpoint", metavar="URL", default="", help="Object store of --output s3://...  [default: AWS]"
            ),
        )
    ):
        command = add(command)
    return command


def is_asked(context: click.Context) -> bool:
    """Return whether a release is to be fetched."""
    return bool(context.meta[_PLACE]["fetch"])


def refuse_mixture(context: click.Context, sources: Sequence[Path], output: Path, others: Mapping[str, bool]) -> None:
    """Reject options of streaming without it, and sources or other options with it.

    Raises
    ------
    UsageError
        Naming what does not go together.
    """
    given, asked = context.meta[_PLACE], is_asked(context)
    own = ("scratch", "keep_sources", "base_url", "s3_endpoint")
    wrong = [name for name, value in others.items() if value] if asked else [
        f"--{name.replace('_', '-')}" for name in own if given[name]
    ]  # fmt: skip
    wrong += ["SOURCE"] if asked and sources else []
    if wrong:
        _refuse(
            f"{wrong[0]} does not go with{'' if asked else 'out'} --fetch", " ".join(wrong), "leave one of them out"
        )
    if not asked and not sources:
        _refuse(
            "no source is given", "no SOURCE", "name files or folders, or fetch a release with --fetch --scratch DIR"
        )
    if not asked and is_address(output):
        _refuse("an address needs --fetch", f"--output {output}", "convert to a folder, and upload that")
    if asked and given["scratch"] is None:
        _refuse(
            "--fetch needs a scratch folder",
            "no --scratch",
            "add --scratch DIR, on a disk with room for --scratch-limit",
        )


def _refuse(what: str, got: str, fix: str) -> None:
    raise UsageError(what, where="the command line", got=got, expected="SOURCE..., or --fetch --scratch DIR", fix=fix)


def parse_size(text: str) -> int:
    """Return a size such as ``50GB`` or ``2.5 TB`` in bytes.

    Raises
    ------
    UsageError
        If it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([kMGT]?)B?", text.strip())
    if found is None or not float(found[1]):
        raise UsageError(
            "invalid size", where="--scratch-limit", got=text, expected="a size such as 500MB, 50GB or 1.5TB",
            fix="give a number above 0 and a unit",
        )  # fmt: skip
    return int(float(found[1]) * _UNITS[found[2]])


def wish_of(recipe: str, options: Mapping[str, Any], metadata: Path | None, settings: "Settings") -> "Wish":
    """Return what is to be converted, and how."""
    from nwbgate.streaming.plan import Wish

    return Wish(recipe, options, metadata, settings)


def run(context: click.Context, wish: "Wish", output: Path, *, jobs: int, cluster: str | None) -> int:
    """Stream a release, or print what would be done; return the exit code."""
    from nwbgate.cli.options.output_folder import require_writable
    from nwbgate.cli.printing.progress import Progress, summary
    from nwbgate.streaming.run import StreamOrder, open_stream, plan_release

    given = context.meta[_PLACE]
    limit = parse_size(given["scratch_limit"])
    order = StreamOrder(
        wish, output, given["scratch"], limit, given["keep_sources"], given["base_url"], given["s3_endpoint"]
    )
    require_writable(given["scratch"])
    if not is_address(output):
        require_writable(output)
    if wish.settings.dry_run:
        click.echo(plan_text(plan_release(order), order), nl=False)
        return 0
    found = []
    with executor_on(cluster) as executor, open_stream(order, jobs=jobs, executor=executor) as (plan, outcomes):
        click.echo(_beginning(plan, order))
        with Progress([each.source_bytes for each in _by_number(plan)]) as progress:
            for outcome in outcomes:
                found.append(outcome)
                progress.advance(outcome)
    debug = bool(context.obj and context.obj.debug)
    click.echo(summary(found, output, debug=debug), nl=False)
    failed = [outcome for outcome in found if outcome.status == "failed"]
    return 3 if any(outcome.broke for outcome in failed) else 1 if failed else 0


def _by_number(plan: "StreamPlan") -> list[Any]:
    """Return sessions and known outcomes by their number, each with its ``source_bytes``."""
    known = {each.number: each for each in plan.known}
    return [each for _, each in sorted({**{each.task.number: each for each in plan.sessions}, **known}.items())]


def _beginning(plan: "StreamPlan", order: "StreamOrder") -> str:
    """Return the plan in one line."""
    from nwbgate.cli.printing.transfers import bytes_in_words, count_words

    done = sum(outcome.status == "skipped" for outcome in plan.known)
    files = len({path for each in plan.sessions for path in each.files})
    return (
        f"to convert: {count_words(len(plan.sessions), 'session')} in {count_words(files, 'file')}, "
        f"{bytes_in_words(plan.size)}, through {order.scratch} (at most {bytes_in_words(order.limit)})"
    ) + (f"; done before: {done}" if done else "")


def plan_text(plan: "StreamPlan", order: "StreamOrder") -> str:
    """Return the plan with the bytes and problems of each session."""
    from nwbgate.cli.printing.transfers import bytes_in_words, count_words

    lines = [_beginning(plan, order)]
    for each in plan.sessions[:_NAMED]:
        lines.append(
            f"  {each.plan.session_id}  {count_words(len(each.files), 'file')}, {bytes_in_words(each.source_bytes)}"
        )
    if len(plan.sessions) > _NAMED:
        lines.append(f"  and {len(plan.sessions) - _NAMED} more")
    lines += [f"{one.session_id} {one.status}: {one.reason}" for one in plan.known if one.status == "failed"]
    return "\n".join(lines) + "\n"
