"""Frames of good sessions to plant faults in, and the rules that fire on them."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from nwbgate.findings.outcome import Outcome
from nwbgate.gate.judge import judge
from nwbgate.reading.facts.file_frames import key_columns, session_frames
from nwbgate.rules.sessions import RULES

Frames = dict[str, pd.DataFrame]
#: A code, and an edit of good frames that must make exactly that rule fire.
Case = tuple[str, Callable[[Frames], None]]


@cache
def _read(path: Path) -> Frames:
    return session_frames(path)


def good(path: Path) -> Frames:
    """Frames of a released file, with the units that AllenSDK gets wrong mended: nothing is left to find."""
    frames = {name: frame.copy() for name, frame in _read(path).items()}
    series = frames["series"]
    series["unit"] = [
        known[0] if known else unit for unit, known in zip(series["unit"], series["accepted_units"], strict=True)
    ]
    return frames


def outcome(frames: Frames) -> Outcome:
    """Judge frames by every session rule."""
    return judge(RULES, frames, {name: key_columns(name) for name in frames})


def fired(frames: Frames) -> list[str]:
    """The codes that fire on frames; a rule that breaks fails the test that asks."""
    found = outcome(frames)
    assert not found.broken, found.broken
    return sorted(finding.code for finding in found.findings)


def without_frames(frames: Frames) -> Frames:
    """Frames of a session whose stimulus timestamps are lost: its times may be anything, no rule about them is run."""
    del frames["stimulus_timestamps"]
    return frames


def end_at(frames: Frames, row: int, frame: int) -> None:
    """A presentation ends with another stimulus frame, and all that is told of its end agrees."""
    shown, clock = frames["stimulus_presentations"], frames["stimulus_timestamps"]["timestamps"]
    delay = shown.loc[row, "stop_time"] - clock[shown.loc[row, "end_frame"]]
    shown.loc[row, "end_frame"] = frame
    shown.loc[row, "stop_time"] = clock[frame] + delay
    shown.loc[row, "duration"] = shown.loc[row, "stop_time"] - shown.loc[row, "start_time"]
