"""Valid files to plant faults in, each made once per run of the tests."""

from pathlib import Path

import pytest

from faults.valid_files import Recordings, make_valid
from nwbgate.corpus.file_edits import plant_in_copy
from nwbgate.corpus.released_edits import TRUE_UNITS
from nwbgate.corpus.valid_inputs import ValidInputs
from support.standard_session import ACTIVE


@pytest.fixture(scope="session")
def standard_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The valid session of the corpus in layout ``standard``, two imaging planes."""
    return ValidInputs(tmp_path_factory.mktemp("standard")).standard


@pytest.fixture(scope="session")
def released_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid session in layout ``released``."""
    return plant_in_copy(ACTIVE, tmp_path_factory.mktemp("released") / "session.nwb", TRUE_UNITS)


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """Two valid recordings with their table."""
    return make_valid(tmp_path_factory.mktemp("recordings"))
