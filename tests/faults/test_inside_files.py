"""Faults inside one file: in a whole run of the gate, each edit of a valid file is one finding, and the right one."""

from pathlib import Path

import pytest

from faults.valid_files import found_in_copies
from nwbgate.corpus.file_edits import Fault, plant_in_copy
from nwbgate.corpus.recording_edits import RECORDING
from nwbgate.corpus.released_edits import BYTES, RELEASED
from nwbgate.corpus.rig_edits import RIG, with_sources
from nwbgate.corpus.session_content_edits import CONTENT
from nwbgate.corpus.session_edits import SESSION

#: Whole-file validators: they say what the schema shows too a second time, and are left out whole.
VALIDATORS = ("file", "schema", "inspector", "dandi")
#: What all copies of one recording share.
UNIQUE_RECORDING = ("nwb_files.session_id.unique", "nwb_files.recording_id.unique")


def numbered(faults: list[Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("number", range(len(faults)), ids=[code for code, _ in faults])


@pytest.fixture(scope="module")
def content(standard_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """With the schema and every chunk read beside: neither has anything to say."""
    return found_in_copies(standard_file, CONTENT, tmp_path_factory.mktemp("content"), "457841", integrity=True)


@pytest.fixture(scope="module")
def session(standard_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    return found_in_copies(standard_file, SESSION, tmp_path_factory.mktemp("session"), "457841", ignore=VALIDATORS)


@pytest.fixture(scope="module")
def rig(standard_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Of the same session as sources that agree would have given it."""
    folder = tmp_path_factory.mktemp("rig")
    valid = plant_in_copy(standard_file, folder / "valid.nwb", with_sources)
    return found_in_copies(valid, RIG, folder, "457841", ignore=VALIDATORS)


@pytest.fixture(scope="module")
def released(released_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    return found_in_copies(released_file, RELEASED, tmp_path_factory.mktemp("released"), "457841", ignore=VALIDATORS)


@pytest.fixture(scope="module")
def damaged(released_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    return found_in_copies(released_file, BYTES, tmp_path_factory.mktemp("damaged"), "457841", integrity=True)


@pytest.fixture(scope="module")
def recorded(recordings, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """With what the specification asks of files beside: it does not say of a fault a second time what the file says."""
    folder, ignored = tmp_path_factory.mktemp("recorded"), (*VALIDATORS, *UNIQUE_RECORDING)
    return found_in_copies(recordings.files[0], RECORDING, folder, "m-1", ignore=ignored, spec="dataset_ii")


def test_more_than_fifty_faults_of_content_are_planted():
    assert len(CONTENT) > 50


@numbered(CONTENT)
def test_a_fault_of_content_that_no_other_tool_notices_is_found(content, number):
    assert content[number] == [CONTENT[number][0]]


@numbered(SESSION)
def test_a_fault_of_a_session_is_one_finding(session, number):
    assert session[number] == [SESSION[number][0]]


@numbered(RIG)
def test_sources_that_disagree_are_one_finding(rig, number):
    assert rig[number] == [RIG[number][0]]


@numbered(RELEASED)
def test_a_fault_of_a_released_file_is_one_finding(released, number):
    assert released[number] == [RELEASED[number][0]]


@numbered(BYTES)
def test_damaged_bytes_are_one_finding(damaged, number):
    assert damaged[number] == [BYTES[number][0]]


@numbered(RECORDING)
def test_a_fault_of_a_recording_is_one_finding(recorded, number):
    assert recorded[number] == [RECORDING[number][0]]
