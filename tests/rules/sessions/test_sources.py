"""Agreement of the raw sources of a session: each fault fires its rule alone, a few deviations none."""

import numpy as np
import pandas as pd
import pytest

from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE

#: Rows of the comparison.
LATE, LICKS, PHOTODIODE, EYE, LOST, IMAGING = range(6)


def compared() -> Frames:
    """Frames of a session whose sources agree, but for a few surplus pulses, a late frame and a lick."""
    frames = good(ACTIVE)
    licks, clocks = len(frames["licks"]), frames["clocks"]
    imaging = clocks[clocks["stream"] == "imaging"].iloc[0]
    frames["source_agreement"] = pd.DataFrame(
        [
            ("late_stimulus_frames", "session", 6, 7, 1, 1e-4),
            ("licks", "session", licks, licks - 1, 1, np.nan),
            ("photodiode_turns", "session", 80, 80, 1, np.nan),
            ("eye_frames", "session", 2400, 2391, 9, np.nan),
            ("lost_eye_frames", "session", 0, 9, 9, np.nan),
            ("imaging_frames", imaging["plane"], int(imaging["n"]), int(imaging["n"]) + 6, 6, np.nan),
        ],
        columns=["comparison", "object", "n_expected", "n_found", "n_unmatched", "deviation_sec"],
    )
    return frames


def changed(row: int, column: str, value: object):
    def edit(frames: Frames) -> None:
        frames["source_agreement"].loc[row, column] = value

    return edit


def nothing_found(row: int):
    def edit(frames: Frames) -> None:
        frames["source_agreement"].loc[row, ["n_found", "n_unmatched"]] = 0

    return edit


CASES: list[Case] = [
    ("source_agreement.sources_are_of_one_session", changed(EYE, "comparison", "mouse")),
    ("source_agreement.sources_tell_the_same", changed(EYE, "comparison", "lick_line")),
    ("source_agreement.counts_are_those_of_the_file", changed(LICKS, "n_expected", 100_000)),
    ("source_agreement.counts_are_those_of_the_file", changed(IMAGING, "n_expected", 12)),
    ("source_agreement.something_was_compared", nothing_found(LATE)),
    ("source_agreement.something_was_compared", nothing_found(LICKS)),
    ("source_agreement.late_frames_are_late_on_both_clocks", changed(LATE, "n_unmatched", 12)),
    ("source_agreement.clocks_keep_the_same_time", changed(LATE, "deviation_sec", 0.05)),
    ("source_agreement.licks_are_on_the_lick_line", changed(LICKS, "n_unmatched", 40)),
    ("source_agreement.photodiode_sees_each_turn", changed(PHOTODIODE, "n_found", 0)),
    ("source_agreement.photodiode_sees_each_turn", changed(PHOTODIODE, "n_unmatched", 30)),
    ("source_agreement.eye_camera_saved_its_frames", changed(EYE, "n_unmatched", 800)),
    ("source_agreement.eye_camera_saved_its_frames", changed(LOST, "n_expected", 4)),
    ("source_agreement.imaging_pulses_have_frames", changed(IMAGING, "n_unmatched", 1000)),
]


def test_sources_that_agree_fire_nothing():
    assert fired(compared()) == []


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[f"{number}-{code}" for number, (code, _) in enumerate(CASES)])
def test_a_fault_of_the_sources_fires_its_rule_and_no_other(code, edit):
    frames = compared()
    edit(frames)
    assert fired(frames) == [code]
