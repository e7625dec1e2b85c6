"""Sessions converted from what the rig wrote, and from what the release would hold, give equal tables."""

import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

import nwbgate
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.errors import UsageError
from nwbgate.interfaces.visual_behavior_rig import RigConverter
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.samples.rig.session import SESSIONS
from nwbgate.writing import provenance
from support.rig_conversions import from_release, from_rig, session_file
from support.rig_digests import KEPT, session_digest
from support.rig_sample import BY_FOLDER, facts_json, rig_sample
from support.rig_tables import write_tables

pytestmark = pytest.mark.slow

#: What differs between the two files of a session, and is no data.
UNLIKE = {
    "identifier",
    "object_id",
    "source_script",
    "session_start_time",
    "timestamps_reference_time",
    "session_description",
    "institution",
}


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    return from_rig(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return from_release(tmp_path_factory.getbasetemp())


def assert_equal_frames(ours: pd.DataFrame, theirs: pd.DataFrame, where: str) -> None:
    assert len(ours) == len(theirs), where
    for name in sorted(set(theirs) | set(ours)):
        place = f"{where}.{name}"
        if name not in ours or name not in theirs:  # a column that no row of has a value of is left out
            assert (theirs if name in theirs else ours)[name].isna().all(), place
            continue
        left, right = ours[name], theirs[name]
        if len(left) and isinstance(left.iloc[0], np.ndarray | list):
            for one, other in zip(left, right, strict=True):
                np.testing.assert_allclose(one, other, rtol=0, atol=1e-12, err_msg=place)
        elif pd.api.types.is_float_dtype(right):
            np.testing.assert_allclose(left.astype(float), right.astype(float), rtol=0, atol=1e-12, err_msg=place)
        else:
            plain = [[None if pd.isna(value) else value for value in column] for column in (left, right)]
            assert plain[0] == plain[1], place


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.folder)
def test_both_forms_of_a_session_give_equal_tables(converted, released, session):
    ours, theirs = (session_frames(session_file(folder, session.number)) for folder in (converted[0], released))
    tables = set(ours) | set(theirs)
    assert {"trials", "stimulus_presentations", "task_parameters"} <= tables
    assert ("source_agreement" in ours) == bool(session.planes)
    for name in tables - {"file", "columns", "series", "clocks", "table_columns", "source_agreement", "texts"}:
        frames = [frame[name].drop(columns=list(UNLIKE), errors="ignore") for frame in (ours, theirs)]
        assert_equal_frames(*frames, name)
    opened = [nwbgate.open(session_file(folder, session.number)) for folder in (converted[0], released)]
    for name in ("running_speed", "raw_running_speed"):
        assert_equal_frames(*(getattr(each, name) for each in opened), name)
    np.testing.assert_allclose(*(each.stimulus_timestamps for each in opened), rtol=0, atol=1e-12)
    times = [pd.Timestamp(frame["session"]["session_start_time"].iloc[0]) for frame in (ours, theirs)]
    assert times[0] == times[1]


def test_every_session_is_converted_and_says_what_was_decided(converted):
    _, outcomes = converted
    assert [outcome.status for outcome in outcomes] == ["converted"] * 5
    remarks = {outcome.session_id: outcome.remarks for outcome in outcomes}
    assert any("pulses of the two-photon frames cut" in remark for remark in remarks["2600010301"])
    assert any("measured with the photodiode" in remark for remark in remarks["2600010401"])
    assert any(remark.startswith("no eye tracking") for remark in remarks["2600010501"])


def test_the_notes_of_a_file_hold_the_decisions(converted):
    with h5py.File(session_file(converted[0], 2600010501)) as file:
        notes = file["general/notes"].asstr()[()]
    assert "no eye tracking:" in notes
    assert "tabled" in notes


def test_all_planes_of_a_session_are_in_one_file(converted):
    session = nwbgate.open(session_file(converted[0], 2600010401))
    assert sorted(session.planes) == ["VISl_225", "VISp_150"]
    assert session.metadata["project_code"] == "VisualBehaviorMultiscope"
    assert session.planes["VISl_225"].ophys_frame_rate == 11.0


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.folder)
def test_a_session_has_the_values_that_are_kept(converted, session):
    kept = json.loads(KEPT.read_text())[session.folder]
    found = session_digest(session_file(converted[0], session.number))
    assert set(found) == set(kept)
    for name, content in kept.items():
        assert_near(found[name], content, name)


def assert_near(found, kept, where):
    """Texts and counts are equal; numbers to 1e-6, as versions of SciPy differ."""
    if isinstance(kept, dict):
        assert set(found) == set(kept), where
        for name, value in kept.items():
            assert_near(found[name], value, f"{where}.{name}")
    elif isinstance(kept, list) and all(isinstance(value, float | int) for value in kept):
        assert found == pytest.approx(kept, rel=1e-6, abs=1e-9), where
    else:
        assert found == kept, where


def test_files_are_checked_against_the_tables_of_their_release(converted, tmp_path):
    tables = write_tables(tmp_path / "tables")
    report = nwbgate.check([converted[0]], manifest=tables, inspector=False)
    assert sorted(finding.code for finding in report.records) == [
        "ophys_experiments.container_has_3_to_11_sessions",  # there are five sessions in all
        "ophys_sessions.mouse_has_one_microscope",  # one mouse of the sample has two
        "source_agreement.photodiode_sees_each_turn",  # that of the passive session is dead
    ]
    path = tables / "behavior_session_table.csv"
    path.write_text(path.read_text().replace("BEH.F-Box3", "BEH.F-Box4"))
    report = nwbgate.check([session_file(converted[0], 2600010101)], manifest=tables, inspector=False)
    assert {finding.code for finding in report.records if finding.severity == "error"} == {
        "nwb_files.equipment_name.copied"
    }


def test_the_image_set_is_a_source_of_the_file(converted, tmp_path, tmp_path_factory):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    file = shutil.copy(session_file(converted[0], 2600010201), tmp_path)
    names = [source["name"] for source in provenance.read(file)["sources"]]
    assert names[-1].startswith("Natural_Images")
    assert {"sha256", "bytes"} <= set(provenance.read(file)["sources"][-1])
    images = Path(shutil.copytree(sample / "image_sets", tmp_path / "image_sets"))
    options = {"image_sets": str(images)}
    source, output = sample / "behavior_images", tmp_path / "out"
    statuses = []
    for _ in range(2):
        (outcome,) = convert_batch("visual_behavior_rig", [source], output, options=options, settings=Settings())
        statuses.append(str(outcome.status))
    images.joinpath(names[-1]).unlink()
    (outcome,) = convert_batch("visual_behavior_rig", [source], output, options=options, settings=Settings())
    assert [*statuses, str(outcome.status)] == ["converted", "skipped", "failed"]
    assert "does not have the image set" in outcome.reason


def test_a_second_run_skips_what_is_up_to_date(converted, tmp_path_factory):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    options = {"image_sets": str(sample / "image_sets")}
    again = convert_batch("visual_behavior_rig", [sample], converted[0], options=options, settings=Settings())
    assert {outcome.status for outcome in again} == {"skipped"}


def test_one_bad_session_stops_no_other(tmp_path, tmp_path_factory):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    for name in ("behavior_gratings", "ophys_passive"):
        shutil.copytree(sample / name, tmp_path / "rig" / name)
    pickle = tmp_path / "rig" / "ophys_passive" / BY_FOLDER["ophys_passive"].pickle_name
    pickle.write_bytes(pickle.read_bytes()[:1000])
    (tmp_path / "rig" / "broken").mkdir()
    (tmp_path / "rig" / "broken" / "session.json").write_text("{")
    outcomes = convert_batch("visual_behavior_rig", [tmp_path / "rig"], tmp_path / "out", settings=Settings())
    assert {outcome.session_id: str(outcome.status) for outcome in outcomes} == {
        "2600010101": "converted", "2600010501": "failed", "broken-session": "failed",
    }  # fmt: skip
    assert not any(outcome.broke for outcome in outcomes)
    assert [path.name for path in (tmp_path / "out").rglob("*.nwb")] == ["sub-460001_ses-2600010101_behavior.nwb"]


def test_an_interrupted_folder_is_resumed_around_its_broken_session(tmp_path, tmp_path_factory):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    for name in ("behavior_gratings", "behavior_images"):
        shutil.copytree(sample / name, tmp_path / "rig" / name)
    shutil.copytree(sample / "behavior_gratings", tmp_path / "rig" / "broken")
    facts = tmp_path / "rig" / "broken" / "session.json"
    facts.write_text(facts.read_text().replace("2600010101", "2600010199"))
    pickle = facts.with_name(BY_FOLDER["behavior_gratings"].pickle_name)
    pickle.write_bytes(pickle.read_bytes()[:1000])
    arguments = ("visual_behavior_rig", [tmp_path / "rig"], tmp_path / "out")

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_batch(*arguments, notify=interrupt, settings=Settings(check=False))
    assert len([*(tmp_path / "out").rglob("*.nwb")]) == 1
    for statuses in (["skipped", "failed", "converted"], ["skipped", "failed", "skipped"]):
        outcomes = convert_batch(*arguments, settings=Settings(check=False))
        assert [str(outcome.status) for outcome in outcomes] == statuses
        assert "ends too early" in outcomes[1].reason
    assert sorted(path.suffix for path in (tmp_path / "out").rglob("*")) == ["", ".jsonl", ".nwb", ".nwb"]


def test_side_tables_say_project_and_novelty(tmp_path, tmp_path_factory):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    shutil.copytree(sample / "behavior_images", tmp_path / "rig")
    path = tmp_path / "rig" / "session.json"
    facts = {key: value for key, value in json.loads(path.read_text()).items() if key != "project_code"}
    path.write_text(json.dumps(facts))
    table = tmp_path / "sessions.csv"
    table.write_text("behavior_session_id,project_code,novel_images\n2600010201,Ours,im077\n")
    options = {"projects": str(table), "novelty": str(table)}
    (outcome,) = convert_batch(
        "visual_behavior_rig", [tmp_path / "rig"], tmp_path / "out", options=options, settings=Settings()
    )
    frames = session_frames(outcome.path, ["session", "stimulus_presentations"])
    assert frames["session"]["project_code"].tolist() == ["Ours"]
    shown = frames["stimulus_presentations"]
    assert shown.loc[shown["is_image_novel"].astype(bool), "image_name"].unique().tolist() == ["im077"]
    assert any("images of" in remark and "not written" in remark for remark in outcome.remarks)


def test_streams_of_two_sessions_are_refused(tmp_path_factory):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    source = {
        "Licks": {"file_path": str(facts_json(sample, "behavior_gratings"))},
        "Rewards": {"file_path": str(facts_json(sample, "behavior_images"))},
    }
    with pytest.raises(UsageError, match="different sessions"):
        RigConverter(source_data=source)


def test_the_converter_alone_takes_files(tmp_path_factory):
    sample = rig_sample(tmp_path_factory.getbasetemp())
    converter = RigConverter.from_files(facts_json(sample, "ophys_multi_plane"))
    assert list(converter.data_interface_objects)[-1] == "Planes"
    nwbfile = converter.create_nwbfile()
    assert nwbfile.session_description == "OPHYS_3_images_A"
    assert "monitor delay 0.0368" in nwbfile.notes
