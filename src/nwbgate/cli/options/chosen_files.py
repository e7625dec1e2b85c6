"""Files that a verb reads: paths, addresses, or a random sample."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import click

from nwbgate.errors import UsageError
from nwbgate.findings.summary import count_of
from nwbgate.storage.remote_files.address import Address, as_path


class PathOrAddress(click.ParamType[Path]):
    """A path, or an address that keeps both slashes."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path or the `Address`."""
        return as_path(value)


def with_sample(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a random sample to a command."""
    seed = click.option("--seed", type=int, default=0, show_default=True, metavar="S", help="Seed of --sample.")
    sample = click.option(
        "--sample",
        type=click.IntRange(min=1),
        metavar="N",
        help="Only N files, chosen at random.",
    )
    return sample(seed(command))


def chosen_files(
    paths: Sequence[Path], *, sample: int | None = None, seed: int = 0, integrity: bool = False
) -> tuple[Path, ...]:
    """Return what a verb reads, with the files of addresses in place of these.

    Parameters
    ----------
    paths : sequence of Path
        As given.
    sample, seed : int
        Number of files that are chosen at random, all by default, and the seed of the choice.
    integrity : bool
        Whether all bytes are read.
    """
    if sample is None and not any(isinstance(path, Address) for path in paths):
        return tuple(paths)
    from nwbgate.storage.nwb_paths import contents

    found = [each for path in paths for each in (_files_at(path) if isinstance(path, Address) else [path])]
    if sample is not None:
        found = _sample(contents(found).files, sample, seed)
    _announce(found, integrity=integrity)
    return tuple(found)


def _files_at(address: Address) -> Sequence[Path]:
    """Return the files of an address, and print what is left out."""
    from nwbgate.storage.remote_files.server_files import server_contents

    found = server_contents(address)
    for other in found.not_judged:
        click.echo(f"left out: {other.path}: {other.reason}", err=True)
    return found.files


def _sample(files: Sequence[Path], number: int, seed: int) -> list[Path]:
    if number > len(files):
        raise UsageError(
            "the sample is larger than the number of files",
            where="--sample",
            got=str(number),
            expected=f"at most {len(files)}",
            fix="leave --sample out to read all files",
        )
    chosen = {*Random(seed).sample(range(len(files)), number)}  # noqa: S311  not for secrets
    return [file for place, file in enumerate(files) if place in chosen]


def _announce(files: Sequence[Path], *, integrity: bool) -> None:
    """Print how many bytes may be fetched, before anything is."""
    from nwbgate.storage.remote_files.server_files import with_size

    addresses = [with_size(file) for file in files if isinstance(file, Address)]
    if not addresses:
        return
    from nwbgate.cli.printing.transfers import (
        bytes_in_words,  # with what a conversion imports: files of this machine need none
    )

    size = bytes_in_words(sum(address.size or 0 for address in addresses))
    how = f"reading all {size}" if integrity else f"read in ranges, at most {size}"
    click.echo(f"{count_of(len(addresses), 'file')} at addresses: {how}", err=True)
