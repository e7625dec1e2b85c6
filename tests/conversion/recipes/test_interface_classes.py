"""NeuroConv interfaces by name, and what must be installed for them."""

from pathlib import Path

import pytest
from neuroconv.datainterfaces import CsvTimeIntervalsInterface, Spike2RecordingInterface, Suite2pSegmentationInterface

from nwbgate.conversion.recipes.interface_classes import interface_class, require_libraries
from nwbgate.errors import MissingExtraError, RecipeError

RECIPE = Path("conversion.yaml")


@pytest.mark.parametrize("name", ["Suite2pSegmentation", "Suite2pSegmentationInterface"])
def test_interfaces_are_found_with_and_without_their_ending(name):
    assert interface_class(name, RECIPE) is Suite2pSegmentationInterface


def test_code_is_named_by_module():
    assert interface_class("neuroconv.datainterfaces:CsvTimeIntervalsInterface", RECIPE) is CsvTimeIntervalsInterface


def test_a_misspelt_name_suggests_the_nearest():
    with pytest.raises(RecipeError, match="did you mean 'Suite2pSegmentationInterface'"):
        interface_class("Suite2pSegmentatoin", RECIPE)


def test_an_interface_whose_libraries_are_there_is_accepted():
    require_libraries(Suite2pSegmentationInterface, where="")


def test_a_missing_library_names_the_command_that_installs_it():
    with pytest.raises(MissingExtraError) as raised:  # no dependency here brings spikeinterface
        require_libraries(Spike2RecordingInterface, where="conversion.yaml: interface Voltage")
    assert raised.value.fix == 'pip install "neuroconv[spike2]"'
    assert "spikeinterface" in raised.value.what
    assert raised.value.where == "conversion.yaml: interface Voltage"
