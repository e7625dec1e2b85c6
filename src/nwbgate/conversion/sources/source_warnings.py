"""Source warnings collected for the session's report."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from nwbgate.errors import SourceWarning


@contextmanager
def source_warnings() -> Iterator[list[str]]:
    """Collect the distinct `SourceWarning` texts raised inside; pass on other warnings.

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
