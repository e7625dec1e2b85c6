"""Plans: one session per recording, with what the side-car table says, and nothing that needs a trace."""

import pickle

import pytest

from nwbgate.errors import TableError, UsageError
from nwbgate.interfaces.dataset_ii import DatasetIIConverter, plan_sessions

NOTHING_FILLS = 3  # pixel mask, stimulus, common clock


@pytest.fixture
def sources(make):
    """Two recordings of one line and one of another."""
    lines = {"102956": "Emx1-f", "103703": "Emx1-f", "102086": "Emx1-s"}
    return [make(name, genotype=genotype, seed=index) for index, (name, genotype) in enumerate(lines.items())]


@pytest.fixture
def planned(sources, tmp_path):
    def plan(text: str):
        table = tmp_path / "recordings.csv"
        table.write_text(text)
        return {plan.session_id: plan for plan in plan_sessions(sources, {"recordings": str(table)})}

    return plan


def test_each_source_is_a_session(sources):
    plans = plan_sessions(sources)
    assert [plan.session_id for plan in plans] == ["102956", "103703", "102086"]
    for plan, path in zip(plans, sources, strict=True):
        assert plan.sources == (path,)
        assert plan.metadata == {
            "NWBFile": {"session_id": path.stem},
            "Subject": {"subject_id": f"oephys-{path.stem}"},
        }
        assert (plan.excluded, plan.remarks) == ("", ())
        assert DatasetIIConverter(plan.source_data).recording.source.path == path
    assert pickle.loads(pickle.dumps(plans)) == plans


def unknown(plan):
    return DatasetIIConverter(plan.source_data).unknown_values(plan.metadata)


def test_without_a_table_everything_is_unknown(sources):
    found = unknown(plan_sessions(sources)[0])
    assert len(found) == 12
    assert found[0].startswith("the mouse")


def test_planning_opens_no_source(tmp_path):
    plans = plan_sessions([tmp_path / "1.h5", tmp_path / "2.h5"])
    assert [plan.session_id for plan in plans] == ["1", "2"]


def test_two_sources_of_one_recording_are_refused(tmp_path):
    paths = [tmp_path / folder / "1.h5" for folder in "ab"]
    with pytest.raises(UsageError, match="recording id '1'") as caught:
        plan_sessions(paths)
    assert caught.value.where == f"{paths[0]} and {paths[1]}"


def test_the_table_fills_what_is_unknown(planned):
    plan = planned(
        "recording_id,neuron_id,subject_id,sex,age,session_start_time,depth_um,anaesthetic,pipette_resistance_mohm,"
        "x,y,z,notes\n102956,n3,m17,F,P90D,2016-05-04T13:30:00-07:00,180,urethane,6.5,1,2,3,good\n"
    )["102956"]
    assert plan.metadata == {
        "NWBFile": {"session_id": "102956", "session_start_time": "2016-05-04T13:30:00-07:00"},
        "Subject": {"subject_id": "m17", "sex": "F", "age": "P90D"},
        "Recording": {
            "neuron_id": "n3", "depth_um": 180.0, "anaesthetic": "urethane", "pipette_resistance_mohm": 6.5,
            "x": 1.0, "y": 2.0, "z": 3.0, "notes": "good",
        },
    }  # fmt: skip
    assert len(unknown(plan)) == NOTHING_FILLS


@pytest.mark.parametrize(
    ("column", "cell"),
    [("sex", "U"), ("age", "P63D/P147D"), ("x", "1.0"), ("session_start_time", "1900-01-01T00:00:00+00:00")],
)
def test_a_placeholder_in_the_table_leaves_it_unknown(planned, column, cell):
    plan = planned(f"recording_id,{column}\n102956,{cell}\n")["102956"]
    assert len(unknown(plan)) == 12


def test_recordings_of_one_neuron_and_of_one_mouse_say_so(planned):
    plans = planned("recording_id,neuron_id,subject_id\n102956,n3,m17\n103703,n3,\n")
    assert plans["102956"].remarks == ("shares neuron n3 with 103703", "shares subject m17 with 103703")
    assert plans["103703"].metadata["Subject"]["subject_id"] == "m17"
    assert plans["103703"].metadata["Recording"] == {
        "neuron_id": "n3",
        "same_neuron": ["102956"],
        "same_subject": ["102956"],
    }
    assert plans["102086"].remarks == ()


def test_recordings_of_one_neuron_share_a_stand_in_where_the_mouse_is_not_named(planned):
    plans = planned("recording_id,neuron_id\n103703,n3\n102956,n3\n")
    assert {plans[name].metadata["Subject"]["subject_id"] for name in ("102956", "103703")} == {"oephys-102956"}
    assert all(unknown(plan)[0].startswith("the mouse") for plan in plans.values())
    assert plans["102086"].metadata["Subject"]["subject_id"] == "oephys-102086"


def test_an_excluded_recording_is_planned_with_its_reason(planned):
    plans = planned("recording_id,exclude,notes\n102956,yes,pipette moved\n103703,true,\n102086,no,fine\n")
    assert plans["102956"].excluded == "pipette moved"
    assert plans["103703"].excluded == "excluded by the recordings table"
    assert plans["102086"].excluded == ""


def test_a_mouse_of_two_genotypes_is_refused(planned):
    with pytest.raises(TableError, match="two genotypes") as caught:
        planned("recording_id,subject_id\n102956,m1\n102086,m1\n")
    assert "row at line 3, recording 102086" in caught.value.where
    assert (caught.value.got[-4:], caught.value.expected.split(",")[0][-4:]) == ("Ai94", "Ai93")


def test_an_unsound_source_does_not_stop_the_planning(planned, sources):
    sources[0].write_bytes(b"")
    assert len(planned("recording_id,subject_id\n102956,m1\n103703,m1\n")) == 3


def test_a_table_of_other_recordings_is_refused(planned):
    with pytest.raises(TableError, match="not among the sources"):
        planned("recording_id\n1\n")


def test_an_empty_option_is_no_table(sources):
    assert len(plan_sessions(sources, {"recordings": None})) == 3
