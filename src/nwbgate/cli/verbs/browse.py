"""``nwbgate browse``: look at recordings and sessions in a web browser."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nwbgate.cli.options.single_options import OnceCommand

if TYPE_CHECKING:
    from nwbgate.browser.serving.library import Library


@click.command(cls=OnceCommand)
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--check", "checked", is_flag=True, help="Check the files first and show the findings on the time axis.")
@click.option("--qc", "measured", is_flag=True, help="Measure the quality of the files first and show the results.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Port of the page.  [default: a free one]"
)
@click.option("--no-open", is_flag=True, help="Print the address, and open no web browser.")
@click.option("--behind-proxy", is_flag=True, help="Accept every Host header, as jupyter-server-proxy passes them on.")
@click.option("--no-cache", is_flag=True, help="Keep nothing on disk; long recordings open more slowly the next time.")
@click.option(
    "--export",
    "target",
    type=click.Path(path_type=Path),
    metavar="DIR|X.html",
    help="Write a folder for any web host, or one HTML file, instead of serving a page.",
)
@click.option("--overwrite", is_flag=True, help="Replace what --export names, if it exists.")
@click.option("--with-samples", is_flag=True, help="Export every sample, not only their extremes.")
@click.option(
    "--samples-from",
    metavar="ADDRESS",
    help="Address of the folder of the files, from --export DIR, such as '..'; the page reads samples from there.",
)
def browse(
    *,
    sources: tuple[str, ...],
    checked: bool,
    measured: bool,
    port: int,
    no_open: bool,
    behind_proxy: bool,
    no_cache: bool,
    target: Path | None,
    overwrite: bool,
    with_samples: bool,
    samples_from: str | None,
) -> None:
    """Look at recordings, sessions and any other NWB files in a web browser.

    PATH is an NWB file or a folder that is searched for them. Traces, spikes, trials, stimuli and the activity of
    cells share one time axis. The page is served to this computer only, until Ctrl-C.

    \b
    nwbgate browse recording.nwb
    nwbgate browse converted --check
    nwbgate browse session.nwb --export session.html
    """  # noqa: D301 - click wants the character, which keeps the lines of the block apart
    from nwbgate.browser.levels.disk_cache import default_folder
    from nwbgate.browser.serving.library import Library
    from nwbgate.browser.serving.sources import found_files

    files = found_files(sources)
    library = Library(files, None if no_cache else default_folder())
    try:
        _judge(library, [file for file in files if isinstance(file, Path)], checked, measured)
        if target is not None:
            from nwbgate.browser.exports.export import export

            written = export(library, target, overwrite=overwrite, with_samples=with_samples, samples_from=samples_from)
            click.echo(f"{target}: {len(files)} files, {written / 1e6:.1f} MB")
        else:
            _serve(library, port, no_open=no_open, behind_proxy=behind_proxy)
    finally:
        library.close()


def _judge(library: "Library", files: list[Path], checked: bool, measured: bool) -> None:
    """Attach findings and results of quality control to the files."""
    if (checked or measured) and files:
        from nwbgate.cli.printing.judgements import judgements

        library.judge(judgements(files, checked=checked, measured=measured))


def _serve(library: "Library", port: int, *, no_open: bool, behind_proxy: bool) -> None:
    """Serve the page until it is interrupted."""
    from nwbgate.browser.serving.server import BrowserServer
    from nwbgate.errors import UsageError

    try:
        server = BrowserServer(library, port, behind_proxy=behind_proxy)
    except OSError as error:
        raise UsageError(
            "cannot listen on the port", where=f"--port {port}", got=str(error), fix="choose another port, or none"
        ) from error
    with server:
        library.open_ahead()
        click.echo(f"{server.address}\nCtrl-C ends it.")
        if not no_open:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended")
