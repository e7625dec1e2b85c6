"""What a source deserves a look for, collected while it is read, so that it is reported with its session."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from nwbgate.errors import SourceWarning


@contextmanager
def source_warnings() -> Iterator[list[str]]:
    """Collect the texts of `SourceWarning` raised inside, each once; give every other warning back to Python.

    The list is filled when the block ends.
    """
    found: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SourceWarning)
        try:
            yield found
        finally:
            ours = (str(one.message) for one in caught if issubclass(one.category, SourceWarning))
            found.extend(dict.fromkeys(ours))
    for other in caught:
        if not issubclass(other.category, SourceWarning):
            warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
