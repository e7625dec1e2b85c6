"""``nwbgate sample``: make simulated sources, one subcommand per sample."""

from pathlib import Path
from shlex import quote

import click

from nwbgate.cli.options.output_folder import require_writable
from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.samples import SAMPLES, Sample, SampleOption


@click.group()
def sample() -> None:
    """Make realistic simulated sources to try nwbgate on."""


def _option(option: SampleOption) -> click.Option:
    """Return the click option; click rejects values out of range."""
    return click.Option(
        ["--" + option.name.replace("_", "-")],
        type=_range(option),
        default=option.default,
        show_default=True,
        help=option.help,
    )


def _range(option: SampleOption) -> click.IntRange | click.FloatRange:
    if isinstance(option.default, float):
        return click.FloatRange(option.minimum, option.maximum)
    least, most = (None if limit is None else int(limit) for limit in (option.minimum, option.maximum))
    return click.IntRange(least, most)


def _command(made: Sample) -> click.Command:
    """Return the subcommand of one sample."""

    def callback(folder: Path, overwrite: bool, **options: int | float) -> None:
        require_writable(folder)
        paths = made.make(folder, overwrite=overwrite, **options)
        _print_made(made, folder, paths)

    folder = click.Argument(["folder"], metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
    overwrite = click.Option(["--overwrite"], is_flag=True, help="Replace existing files of the same names.")
    options = [_option(option) for option in made.options]
    return OnceCommand(
        made.name,
        callback=callback,
        params=[folder, *options, overwrite],
        help=f"{made.title}\n\nWritten into DIR.",
        short_help=made.title,
    )


def _print_made(made: Sample, folder: Path, paths: list[Path]) -> None:
    """Print a table of the files and the next command."""
    rows = [
        {"file": _place(path, folder), **made.describe(path), "size": f"{_bytes(path) / 1e6:.1f} MB"} for path in paths
    ]
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    click.echo(f"{len(paths)} made in {folder}. Next: nwbgate convert {made.name} {quote(str(folder))} --output DIR")


def _place(path: Path, folder: Path) -> str:
    """Return the name of a file, a JSON file with its folders."""
    return path.relative_to(folder).as_posix() if path.suffix == ".json" else path.name


def _bytes(path: Path) -> int:
    """Return the size of a file, or of a JSON file's folder."""
    described = path.parent.rglob("*") if path.suffix == ".json" else [path]
    return sum(each.stat().st_size for each in described if each.is_file())


for _made in SAMPLES.values():
    sample.add_command(_command(_made))


@click.command(cls=OnceCommand, short_help="Files and tables with one declared fault each.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--sample", "number", type=click.IntRange(min=1), metavar="N", help="At most N faults of each category.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Chooses the sample.")
def faults(folder: Path, number: int | None, seed: int) -> None:
    """Files and tables with one declared fault each, to measure validators on.

    Written into DIR, with faults.csv: the category of each fault, the code that nwbgate gives for it, the file, and its
    clean counterpart. The whole corpus takes a few GB.
    """
    require_writable(folder)
    from nwbgate.corpus.files import TABLE, write_corpus

    written = write_corpus(folder, sample=number, seed=seed).planted
    categories: dict[str, int] = {}
    for fault, _ in written:
        categories[fault.category] = categories.get(fault.category, 0) + 1
    for category, count in categories.items():
        click.echo(f"{count:4d}  {category}")
    click.echo(f"{len(written)} planted in {folder}; each is described in {folder / TABLE}")


sample.add_command(faults)
