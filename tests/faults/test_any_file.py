"""Faults of a session of no described dataset: each is one finding, whoever wrote the file and whatever its names."""

from pathlib import Path

import pytest

from faults.valid_files import found_in_copies
from nwbgate.corpus.any_file_edits import ANY_LAB
from nwbgate.corpus.any_file_session import any_file_session
from nwbgate.corpus.valid_inputs import write

#: Rules about what the session lacks: videos, light, and observation, which other faults of spikes would break first.
NOT_IN_IT = {
    "spikes.observation_is_of_the_session", "videos.video_is_listed_once", "videos.parts_follow_each_other",
    "light_sources.light_is_in_nanometers",
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What a run of the gate finds in each copy, the validators of whole files left out."""
    folder = tmp_path_factory.mktemp("any_lab")
    valid = write(any_file_session(), folder / "valid.nwb")
    return found_in_copies(valid, ANY_LAB, folder, "m1", ignore=("file", "schema", "inspector", "dandi"))


@pytest.mark.parametrize("number", range(len(ANY_LAB)), ids=[code for code, _ in ANY_LAB])
def test_a_fault_of_any_lab_is_one_finding(found: list[list[str]], number: int):
    assert found[number] == [ANY_LAB[number][0]]


def test_the_valid_session_has_no_finding_of_the_schema_and_all_of_its_rules_are_judged(tmp_path: Path):
    import nwbgate
    from nwbgate.rules.any_file import RULES

    path = write(any_file_session(), tmp_path / "sub-m1" / "sub-m1_ses-s0.nwb")
    report = nwbgate.check(path, jobs=1)
    assert report.records == ()
    assert {rule.code for rule in RULES} - NOT_IN_IT <= {*report.passed}
