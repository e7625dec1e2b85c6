"""Groups of imaging planes, and what their descriptions say again."""

import pandas as pd
import pytest

from nwbgate.reading.facts.file_frames import session_frames
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE, PASSIVE

#: A voltage that follows the raw one, whose spikes are at its peaks.
SOUND = {
    "n": 20_000, "correlation": 0.999, "scale": 1.0, "lag": 0, "largest": 1.5e-3, "noise": 3e-5, "n_spikes": 40,
    "n_repeated": 0, "repeated_at": float("nan"), "peak_lag": 0.0, "share_at_lag": 1.0,
    "n_without_peak": 4, "without_peak_at": 1.0,
    "spike_height": 1e-3, "threshold": 3e-4, "n_peaks_without_spike": 2, "peak_without_spike_at": 1.0,
}  # fmt: skip


def changed(table: str, column: str, value: object):
    def edit(frames: Frames) -> None:
        frames[table][column] = [value]

    return edit


def twice(column: str):
    """An edit that gives the session a second plane with one id of the first."""

    def edit(frames: Frames) -> None:
        other = frames["planes"].assign(
            plane="another", ophys_experiment_id=1, ophys_container_id=2, targeted_structure=None
        )
        other[column] = frames["planes"][column]
        frames["planes"] = pd.concat([frames["planes"], other], ignore_index=True)

    return edit


def with_pipette(location: str):
    """An edit that gives the session the pipette of a cell-attached recording."""

    def edit(frames: Frames) -> None:
        frames["electrodes"] = pd.DataFrame({"electrode_id": [0], "location": [location], "group_name": ["pipette"]})
        frames["voltages"] = pd.DataFrame([SOUND])

    return edit


def test_a_plane_is_in_the_area_of_its_pipette_or_apart_from_a_probe():
    frames = good(ACTIVE)
    with_pipette("VISp2/3")(frames)
    assert fired(frames) == []
    with_pipette("CA1")(frames)
    del frames["voltages"]
    assert fired(frames) == []


def half_the_pixel(frames: Frames) -> None:
    frames["optics"]["pixel_size"] = 0.39e-6
    frames["optics"]["description"] = "512 x 512 pixels of 0.78125 micrometers"


CASES: list[Case] = [
    ("optics.pixel_is_as_described", half_the_pixel),
    ("planes.group_is_one_of_the_count", changed("planes", "imaging_plane_group", 2)),
    ("planes.plane_is_as_described", changed("planes", "imaging_depth", 175)),
    ("planes.plane_has_its_own_ids", twice("ophys_experiment_id")),
    ("planes.plane_has_its_own_ids", twice("ophys_container_id")),
    ("planes.plane_is_where_the_pipette_is", with_pipette("VISl2/3")),
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
