"""Where the development data is: beside the checkout, and never needed."""

from pathlib import Path

import pytest

from support.places import ROOT

SHARED = ROOT / ".." / "shared" / "data"


def shared(*parts: str) -> Path:
    """Return a path of the development data beside the checkout, or skip the test where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"development data not here: {'/'.join(parts)}")
    return path
