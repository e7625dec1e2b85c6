"""``nwbgate dandi``: init, plan, upload and verify a dandiset."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nwbgate.cli.options.jobs import jobs
from nwbgate.cli.options.reports import FORMATS, fail_on, outputs_of, put_reports, report_formats
from nwbgate.cli.options.single_options import OnceCommand

_FOLDER = click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
_INSTANCE = click.option(
    "--instance",
    metavar="NAME|URL",
    help="Archive: dandi, dandi-sandbox, ember-dandi, or the address of an API.  [default: as in dandiset.yaml]",
)
_JOBS = jobs("Processes that read files.")
_FORMATS = report_formats(f"Report of the findings: {', '.join(FORMATS)}.")


@click.group()
def dandi() -> None:
    """Publish a folder of NWB files as a dandiset: judged, resumed, verified."""


def _with_strictness(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that decide what may be published."""
    options = (
        click.option("--allow-placeholders", is_flag=True, help="Report placeholders as warnings instead of errors."),
        fail_on("refuses a file."),
        click.option(
            "--waivers",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="YAML list of accepted findings, with reasons.",
        ),
        _FORMATS,
    )
    for option in reversed(options):
        command = option(command)
    return command


@dandi.command(cls=OnceCommand, short_help="Write the dandiset.yaml of a folder.")
@_FOLDER
@click.option("--dandiset", required=True, metavar="ID", help="Identifier of an existing dandiset, such as 000711.")
@click.option("--instance", default="dandi", show_default=True, metavar="NAME|URL", help="Archive of the dandiset.")
@click.option("--recipe", metavar="NAME|DIR", help="Recipe that the files were converted by.")
@click.option(
    "--metadata", type=click.Path(path_type=Path), metavar="FILE", help="YAML file with fields of a dandiset."
)
@click.option("--contact", metavar="'LAST, FIRST <MAIL>'", help="Contact person of the dandiset.")
@click.option("--licence", "--license", multiple=True, metavar="SPDX", help="Licence, such as spdx:CC-BY-4.0.")
@click.option("--overwrite", is_flag=True, help="Replace an existing dandiset.yaml.")
@_JOBS
def init(**options: Any) -> None:
    """Write the dandiset.yaml of FOLDER from its files and its recipe.

    Lists what publication still needs. The licence is never assumed.

    Exit code: 0 written, 1 a file cannot be read, 2 bad command line or metadata.
    """
    from nwbgate.dandi.dandiset.dandiset_file import dandiset_gaps
    from nwbgate.dandi.dandiset.initial import write_dandiset_file

    written = write_dandiset_file(**options)
    click.echo(f"{written.path}: dandiset {written.identifier}")
    for _, message in dandiset_gaps(written.metadata):
        click.echo(f"  needed for publication: {message}")


@dandi.command(cls=OnceCommand, short_help="Show what an upload would send or refuse.")
@_FOLDER
@_INSTANCE
@click.option("--offline", is_flag=True, help="Judge the files without asking the archive what it has.")
@click.option("--organize", is_flag=True, help="Rename files with wrong names, all or none, as `dandi organize` does.")
@_with_strictness
@_JOBS
@click.pass_context
def plan(context: click.Context, /, formats: tuple[str, ...], **options: Any) -> None:
    """Show what an upload of FOLDER would send, replace, skip and refuse.

    Nothing is sent. Each file is checked once; the ledger in FOLDER keeps the verdict for this content.

    Exit code: 0 every file may be uploaded, 1 a file is refused, 2 bad command line or dandiset.yaml, 3 a rule broke.
    """
    outputs = outputs_of(formats or ("text",))
    from nwbgate.cli.printing.dandi_texts import plan_text
    from nwbgate.dandi.planning import plan as make_plan

    made = make_plan(**options)
    put_reports(made.report, outputs)
    click.echo(plan_text(made), nl=False, err=any(file is None and name != "text" for name, file in outputs))
    context.exit(made.exit_code)


@dandi.command(cls=OnceCommand, short_help="Upload the files that may be published.")
@_FOLDER
@_INSTANCE
@_with_strictness
@click.option(
    "--jobs", type=click.IntRange(min=1), default=4, show_default=True, metavar="N", help="Files sent at once."
)
@click.option("--dry-run", is_flag=True, help="Check the key and the dandiset, judge the files, and send nothing.")
@click.pass_context
def upload(context: click.Context, /, formats: tuple[str, ...], **options: Any) -> None:
    """Upload the files of FOLDER that may be published.

    Run it again after a failure: files that have arrived are skipped. The key is read from the variable that
    dandi-cli uses, such as DANDI_API_KEY, or from the keyring.

    Exit code: 0 every file has arrived, 1 a file was refused or failed, 2 bad command line or no key, 3 a rule broke.
    """
    outputs = outputs_of(formats or ("text",))
    from nwbgate.cli.printing.dandi_texts import ShownUpload, upload_text
    from nwbgate.dandi.transfer.uploading import upload as send

    with ShownUpload() as watch:
        sent = send(watch=watch, **options)
    put_reports(sent.plan.report, outputs)
    click.echo(upload_text(sent), nl=False, err=any(file is None and name != "text" for name, file in outputs))
    context.exit(sent.exit_code)


@dandi.command(cls=OnceCommand, short_help="Compare a folder with its dandiset.")
@_FOLDER
@_INSTANCE
@click.option("--version", default="draft", show_default=True, metavar="VERSION", help="Version of the dandiset.")
@fail_on("fails the verification.")
@click.option(
    "--wait", type=click.FloatRange(min=0), default=0, metavar="SECONDS", help="Wait for the archive's validation."
)
@_FORMATS
@click.pass_context
def verify(context: click.Context, /, formats: tuple[str, ...], **options: Any) -> None:
    """Compare FOLDER with its dandiset: sizes, digests, and the archive's validation.

    Exit code: 0 the archive has the folder, 1 it differs or reports errors, 2 bad command line.
    """
    outputs = outputs_of(formats or ("text",))
    from nwbgate.cli.printing.dandi_texts import verification_text
    from nwbgate.dandi.transfer.verification import verify as compare

    found = compare(**options)
    put_reports(found.report, outputs)
    click.echo(verification_text(found), nl=False, err=any(file is None and name != "text" for name, file in outputs))
    context.exit(found.exit_code)
