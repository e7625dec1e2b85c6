"""Warnings about sources, printed as notes."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click

from nwbgate.errors import SourceWarning


@contextmanager
def printed_notes() -> Iterator[None]:
    """Print each `SourceWarning` of the block once, on standard error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", SourceWarning)
        yield
    for said in dict.fromkeys(str(warning.message) for warning in caught):
        click.echo(f"note: {said}", err=True)
