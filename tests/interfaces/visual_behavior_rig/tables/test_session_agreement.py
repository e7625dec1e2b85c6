"""Facts, pickle and sync file of one session tell one story, and each contradiction has its row."""

import json
import shutil

import pytest

from nwbgate import check
from nwbgate.interfaces.visual_behavior_rig.converter import RigConverter
from nwbgate.interfaces.visual_behavior_rig.imaging.rig_plane import RigPlane
from nwbgate.interfaces.visual_behavior_rig.session.rig_session import RigSession
from nwbgate.interfaces.visual_behavior_rig.tables.session_agreement import session_contradictions
from nwbgate.manifest.source_comparisons import facts_told_twice
from support.rig_sample import BY_FOLDER, facts_json, rig_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return rig_sample(tmp_path_factory.getbasetemp())


def contradictions(session):
    return {row.comparison: row.sentence for row in session.agreement if row.comparison in facts_told_twice("session")}


@pytest.mark.parametrize("folder", BY_FOLDER)
def test_sources_of_one_session_contradict_nothing(sample, folder):
    assert contradictions(RigSession(facts_json(sample, folder))) == {}


@pytest.mark.parametrize(
    ("fact", "value", "found"),
    [
        ("external_specimen_name", 460009, {"mouse"}),
        ("rig_name", "CAM2P.9", {"rig"}),
        ("stimulus_name", "OPHYS_6_images_B", {"session_type"}),
        ("date_of_acquisition", "2019-01-16 15:12:06", {"start", "sync_start"}),
        ("date_of_acquisition", "2019-01-15 23:12:06", set()),  # in UTC
        ("date_of_acquisition", "2019-01-15 18:12:06", {"start", "sync_start"}),  # 3 hours late: of no zone
        ("ophys_session_id", 2600010309, {"session_files"}),
        ("stimulus_name", None, set()),
    ],
)
def test_a_fact_told_twice_and_differently_has_a_row(sample, tmp_path, fact, value, found):
    folder = shutil.copytree(sample / "ophys_single_plane", tmp_path / "session")
    path = next(folder.glob("*/experiment.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), fact: value}))
    session = RigSession(path)
    assert set(contradictions(session)) == found
    assert set(contradictions(session).values()) <= set(session.decisions())


def test_a_session_of_another_mouse_is_said_by_the_gate(sample, tmp_path):
    folder = shutil.copytree(sample / "behavior_gratings", tmp_path / "session")
    path = folder / "session.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "external_specimen_name": 460009}))
    output = tmp_path / "session.nwb"
    converter = RigConverter.from_files(path)
    converter.run_conversion(output, metadata=converter.get_metadata())
    findings = check(output).findings
    found = findings[findings["code"].str.startswith("source_agreement")]
    assert found["code"].tolist() == ["source_agreement.sources_are_of_one_session"]
    assert "mouse" in found["message"].item()


def test_every_declared_fact_has_a_case_above():
    cases = test_a_fact_told_twice_and_differently_has_a_row.pytestmark[0].args[1]
    assert {name for *_, found in cases for name in found} | {"plane_files"} == set(facts_told_twice("session"))


def test_files_of_another_plane_are_told_by_their_names(sample, tmp_path):
    folder = shutil.copytree(sample / "ophys_multi_plane", tmp_path / "session")
    path, other = sorted(folder.glob("*/experiment.json"))
    motion = {"rigid_motion_transform_file": json.loads(other.read_text())["rigid_motion_transform_file"]}
    path.write_text(json.dumps({**json.loads(path.read_text()), **motion}))
    found = RigPlane(path).agreement("VISp_150")
    assert [row.comparison for row in found] == ["imaging_frames", "plane_files"]
    assert found[1].sentence == ("plane files: rigid_motion_transform_file is named 2600010411, of VISp_150 2600010410")


def test_a_sync_file_of_another_hour_than_the_pickle_is_said(sample):
    session = RigSession(facts_json(sample, "ophys_single_plane"))
    for start, found in (("2019-01-15 15:40:00", []), ("2019-01-15 07:12:06", ["sync_start"])):
        assert [row.comparison for row in session_contradictions(session.facts, session.pickle, start)] == found
