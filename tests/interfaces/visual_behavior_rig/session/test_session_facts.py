"""Session facts: read, refused where one is missing, and never a way out of the session's folder."""

import json
from datetime import timedelta

import pytest

from nwbgate.errors import SourceError, UsageError
from nwbgate.interfaces.visual_behavior_rig.session.session_facts import (
    acquisition_time,
    file_of,
    read_plane_facts,
    read_session_facts,
    session_folder,
)
from support.rig_sample import plane_json, rig_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return rig_sample(tmp_path_factory.getbasetemp())


@pytest.fixture
def changed(sample, tmp_path):
    """Return a function that writes the facts of a session with changes."""

    def change(**changes):
        facts = json.loads((sample / "behavior_gratings" / "session.json").read_text()) | changes
        (tmp_path / "session.json").write_text(json.dumps({k: v for k, v in facts.items() if v != "left out"}))
        (tmp_path / facts["behavior_stimulus_file"]).touch()
        return tmp_path / "session.json"

    return change


def test_a_plane_tells_the_facts_of_its_session_too(sample):
    path = plane_json(sample, "ophys_multi_plane", 1)
    facts = read_plane_facts(path)
    assert facts.behavior_session_id == read_session_facts(path).behavior_session_id == 2600010401
    assert facts.external_specimen_name == "460003"
    assert facts.imaging_plane_group == 1
    assert session_folder(path, facts) == sample / "ophys_multi_plane"
    assert file_of(path, facts, "sync_file") == sample / "ophys_multi_plane" / "2600010402_20190920_sync.h5"


def test_a_time_without_zone_is_local_time_of_the_rig(changed):
    facts = read_session_facts(changed(date_of_acquisition="2019-01-15 15:12:06.001000"))
    assert acquisition_time(facts).isoformat() == "2019-01-15T15:12:06.001000-08:00"
    assert acquisition_time(facts, "Europe/Berlin").utcoffset() == timedelta(hours=1)


def test_a_time_with_a_zone_is_kept(changed):
    facts = read_session_facts(changed(date_of_acquisition="2019-01-15 15:12:06+00:00"))
    assert acquisition_time(facts, "Europe/Berlin").isoformat() == "2019-01-15T15:12:06+00:00"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("behavior_session_id", "left out"),
        ("behavior_session_id", "many"),
        ("date_of_acquisition", "yesterday"),
        ("age", "old"),
        ("sex", "male"),
        ("driver_line", "Sst-IRES-Cre"),
        ("eye_tracking_rig_geometry", {"equipment": "MESO.1"}),
    ],
)
def test_an_unusable_fact_is_named(changed, name, value):
    with pytest.raises(SourceError, match=f"no usable {name}"):
        read_session_facts(changed(**{name: value}))


@pytest.mark.parametrize("content", ["{", "[1]", "[" * 100_000, "\x80"])
def test_something_else_than_a_json_object_is_refused(tmp_path, content):
    (tmp_path / "session.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(SourceError, match=r"not JSON|not a JSON object"):
        read_session_facts(tmp_path / "session.json")


def test_facts_that_are_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        read_session_facts(tmp_path / "session.json")


@pytest.mark.parametrize("value", ["../sync.h5", "/etc/passwd"])
def test_a_path_out_of_the_folder_is_refused(changed, value):
    path = changed(sync_file=value)
    with pytest.raises(SourceError, match="leads out of the folder"):
        file_of(path, read_session_facts(path), "sync_file")


def test_a_file_that_is_not_there_is_named(changed):
    path = changed(sync_file="sync.h5")
    with pytest.raises(SourceError, match=r"a file of the session is not there\n  where: .*session.json: sync_file"):
        file_of(path, read_session_facts(path), "sync_file")
