"""Facts of many files: in this process, and in another one within limits."""

import pytest

from nwbgate.errors import SourceError
from nwbgate.processes.limits import OverLimitError, WorkLimits
from nwbgate.reading.facts.many_files import facts_of_files
from support.places import TESTS

FILE = TESTS / "data" / "visual_behavior_release" / "behavior_session_1900011401.nwb"


@pytest.mark.parametrize("limits", [WorkLimits(), WorkLimits(seconds=600, megabytes=4000)])
def test_facts_come_in_order_and_an_unreadable_file_is_an_error(tmp_path, limits):
    broken = tmp_path / "broken.nwb"
    broken.write_bytes(b"no HDF5")
    error, facts = facts_of_files([broken, FILE], limits=limits)
    assert isinstance(error, SourceError)
    assert facts.nwb_files["path"].tolist() == [str(FILE)]


def test_a_file_over_its_time_is_an_error_that_names_it():
    found = facts_of_files([FILE] * 20, limits=WorkLimits(seconds=0.001))  # on a busy machine one may be read in time
    error = next(each for each in found if isinstance(each, OverLimitError))
    assert "given up: it took over 0.001 s" in str(error)
    assert error.where == str(FILE)
