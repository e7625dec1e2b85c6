"""The rig of a session and the stimulus that it showed."""

import pytest

from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE, FLASHED, GRATINGS


def changed(table: str, column: str, value: object):
    def edit(frames: Frames) -> None:
        frames[table][column] = [value]

    return edit


CASES: list[Case] = [
    ("eye_tracking_rig_geometry.geometry_is_of_the_rig", changed("eye_tracking_rig_geometry", "equipment", "CAM2P.3")),
    (
        "eye_tracking_rig_geometry.monitor_is_near_the_eye",
        changed("eye_tracking_rig_geometry", "monitor_position_mm", [11.86, 8.62, 3.16]),
    ),
    ("task_parameters.stimulus_is_shown", changed("task_parameters", "stimulus_name", "grating")),
    ("task_parameters.stimulus_is_of_the_session_type", changed("task_parameters", "stimulus", "grating")),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_the_rig_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize("path", [GRATINGS, FLASHED], ids=lambda path: path.stem)
def test_gratings_are_no_images(path):
    frames = good(path)
    frames["task_parameters"]["stimulus"] = ["images"]
    assert fired(frames) == ["task_parameters.stimulus_is_of_the_session_type"]
