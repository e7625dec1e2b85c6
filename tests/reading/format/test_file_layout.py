"""The layout of a file is told by its dataset, never by who wrote it."""

import json

import pytest
from pynwb import NWBHDF5IO

import nwbgate
from nwbgate.reading.format.file_layout import file_layout
from nwbgate.storage.hdf5 import open_nwb_file
from support.made_nwb_files import session
from support.standard_session import ACTIVE


@pytest.fixture
def written(tmp_path):
    """Write a session with trials of another lab, and with a provenance."""

    def write(script: str, *, metadata: bool = False):
        nwbfile = session()
        nwbfile.fields["source_script"], nwbfile.fields["source_script_file_name"] = script, "nwbgate provenance"
        nwbfile.add_trial_column("arm", "arm of the maze that the mouse took")
        nwbfile.add_trial(start_time=1.0, stop_time=2.0, arm="left")
        nwbfile.add_trial(start_time=3.0, stop_time=4.5, arm="right")
        if metadata:
            from hdmf.common import DynamicTable

            behavior = nwbfile.create_processing_module("behavior", "what the mouse did")
            behavior.add(DynamicTable(name="session_metadata", description="what is known of the session"))
        path = tmp_path / "sub-m1" / "sub-m1_ses-s0.nwb"
        path.parent.mkdir()
        with NWBHDF5IO(path, "w") as io:
            io.write(nwbfile)
        return path

    return write


def layout_of(path) -> str:
    with open_nwb_file(path) as file:
        return file_layout(file)


def by_recipe(name: str) -> str:
    return json.dumps({"parameters": {"recipe": name}, "sources": []})


@pytest.mark.parametrize("script", [by_recipe("maze"), "{}", "no JSON", "[1]", '{"parameters": 3}'])
def test_a_file_by_the_recipe_of_another_lab_is_of_another_layout(written, script):
    assert layout_of(written(script)) == "other"


@pytest.mark.parametrize("recipe", ["dataset_ii", "visual_behavior"])
def test_a_file_by_a_shipped_recipe_is_standard(written, recipe):
    assert layout_of(written(by_recipe(recipe))) == "standard"


def test_a_file_that_python_converted_is_known_by_what_it_holds(written):
    assert layout_of(written("{}", metadata=True)) == "standard"


def test_a_released_file_is_released():
    assert layout_of(ACTIVE) == "released"


def test_trials_of_another_lab_are_not_judged_as_those_of_a_known_dataset(written):
    report = nwbgate.check(written(by_recipe("maze")), inspector=False, jobs=1)
    assert (report.records, report.broken) == ((), ())
