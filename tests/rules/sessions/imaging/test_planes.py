"""Groups of imaging planes, and what their descriptions say again."""

import pytest

from nwbgate.reading.facts.frames import session_frames
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE, PASSIVE


def changed(table: str, column: str, value: object):
    def edit(frames: Frames) -> None:
        frames[table][column] = [value]

    return edit


CASES: list[Case] = [
    ("planes.group_is_one_of_the_count", changed("planes", "imaging_plane_group", 2)),
    ("planes.plane_is_as_described", changed("planes", "imaging_depth", 175)),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_a_plane_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_single_plane_has_no_group():
    frames = good(PASSIVE)
    frames["planes"]["imaging_plane_group"] = [0]
    assert fired(frames) == ["planes.group_is_one_of_the_count"]


@pytest.mark.parametrize(
    "text",
    [
        "Field of view of 84 x 96 pixels of 0.78125 micrometers in VISp, 375 micrometers below the pia.",
        "(84, 96) field of view in VISp at depth 375 um",
    ],
)
def test_both_wordings_of_a_description_are_understood(text):
    frames = good(ACTIVE)
    frames["optics"]["description"] = text
    assert fired(frames) == ["planes.plane_is_as_described"]


def test_optics_of_a_file_are_read_with_its_planes():
    optics = session_frames(ACTIVE, ["optics"])["optics"]
    assert optics[["plane", "channel", "excitation_lambda", "emission_lambda"]].to_numpy().tolist() == [
        ["VISp_150", "channel_1", 910.0, 520.0]
    ]
