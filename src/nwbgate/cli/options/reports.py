"""Options of the verbs that report: formats, waivers, and the severity that fails."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from nwbgate.errors import UsageError, WriteError
from nwbgate.storage.safe_files.atomic import write_whole
from nwbgate.storage.safe_files.refusals import unwritten

if TYPE_CHECKING:
    from nwbgate.findings.report import Report

#: Names of the report formats; `nwbgate.report.FORMATS` holds their functions.
FORMATS = ("text", "jsonl", "junit", "sarif", "github", "html")


def fail_on(effect: str = "fails the check.") -> Callable[..., Any]:
    """Return the option --fail-on, by what the severity does."""
    return click.option(
        "--fail-on",
        type=click.Choice(["error", "warning"]),
        default="error",
        show_default=True,
        help=f"Lowest severity that {effect}",
    )


def report_formats(about: str) -> Callable[..., Any]:
    """Return the option --format, by its help without the default."""
    return click.option(
        "--format", "formats", multiple=True, metavar="FORMAT[=FILE]", help=f"{about} Repeatable.  [default: text]"
    )


def with_reports(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --waivers and --format to a command."""
    waivers = click.option(
        "--waivers",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="FILE",
        help="YAML list of accepted findings, with reasons. Repeatable.",
    )
    formats = report_formats(f"{', '.join(FORMATS)}; to standard output without FILE.")
    return waivers(cast("Callable[..., Any]", formats(command)))


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


def put_reports(report: "Report", outputs: Sequence[tuple[str, Path | None]]) -> None:
    """Write a report in each format to its file, or to standard output."""
    from nwbgate.report import FORMATS as RENDER

    for name, file in outputs:
        put_report(RENDER[name](report), file)


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
        # A file name that is not valid UTF-8 becomes a string that Python cannot encode.
        write_whole(file, [rendered.encode("utf-8", errors="backslashreplace")])
    except WriteError as error:
        raise unwritten("the report cannot be written", error) from error
