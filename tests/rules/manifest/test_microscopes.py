"""What the rules about projects and groups of planes let pass."""

import pytest

from support.manifests import fired, good


@pytest.mark.parametrize("project", ["MesoscopeDevelopment", "VisBIntTestDatacube"])
def test_a_training_session_may_be_of_a_development_project(project):
    frames = good()
    frames["behavior_sessions"].loc[3, "project_code"] = project
    assert fired(frames) == {}


def test_mice_of_task_1b_are_trained_in_the_project_of_their_microscope():
    frames = good()
    sessions, imaged = frames["behavior_sessions"], frames["ophys_sessions"]
    for table in (sessions, imaged, frames["ophys_experiments"]):
        rows = (table["mouse_id"] == "400000") & table["session_type"].str.match("OPHYS_[1-6]")
        table.loc[rows, "project_code"] = "VisualBehaviorTask1B"
    assert set(sessions["project_code"]) > {"VisualBehavior", "VisualBehaviorTask1B"}
    assert {*fired(frames)} == {"ophys_sessions.project_code.derived"}


def test_planes_of_few_sessions_may_all_be_of_later_groups():
    frames = good()
    planes = frames["ophys_experiments"]
    kept = planes["imaging_plane_group"].isna() | planes["ophys_session_id"].isin([2000100901, 2000101001])
    frames["ophys_experiments"] = planes[kept].reset_index(drop=True)
    frames["ophys_experiments"]["imaging_plane_group"] += 1
    assert "ophys_experiments.groups_begin_at_zero" not in fired(frames)
