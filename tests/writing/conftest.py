"""What the tests of writing share."""

import pytest
from pynwb import NWBFile

from support.made_nwbfiles import rich


@pytest.fixture
def nwbfile() -> NWBFile:
    """An NWBFile with one of everything."""
    return rich()
