"""What the tests of writing share."""

import pytest
from made_nwbfiles import rich
from pynwb import NWBFile


@pytest.fixture
def nwbfile() -> NWBFile:
    """An NWBFile with one of everything."""
    return rich()
