"""The source of an interface in an example session."""

import pytest
from neuroconv.datainterfaces import CsvTimeIntervalsInterface, Suite2pSegmentationInterface
from neuroconv.tools.testing.mock_interfaces import MockTimeSeriesInterface

from nwbgate.conversion.example_sources import example_source
from nwbgate.errors import RecipeError
from nwbgate.interfaces.binary_series import BinarySeriesInterface
from support.two_photon_task import make_sources


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return make_sources(tmp_path_factory.mktemp("lab")) / "anna" / "day1"


def test_the_folder_is_the_one_that_the_interface_reads(example):
    source = example_source(Suite2pSegmentationInterface, example)
    assert (source.argument, source.path) == ("folder_path", example / "suite2p")
    assert source.nwbfile.imaging_planes


def test_a_table_without_intervals_is_passed_over(example):
    source = example_source(CsvTimeIntervalsInterface, example)  # frames.csv has no start_time
    assert source.path == example / "trials.csv"
    assert len(source.nwbfile.trials) == 6


def test_arguments_without_a_default_are_named(example):
    source = example_source(BinarySeriesInterface, example)
    assert (source.path, source.missing) == (example / "voltage.bin", ("sampling_rate",))


def test_an_interface_may_need_no_source(example):
    assert example_source(MockTimeSeriesInterface, example).argument == ""


def test_an_interface_that_reads_nothing_is_an_error(example, tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(RecipeError, match=r"(?s)CsvTimeIntervalsInterface reads nothing.*1 files"):
        example_source(CsvTimeIntervalsInterface, tmp_path)
