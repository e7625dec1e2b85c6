"""Second records in a stimulus pickle, beside those of tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import PickleItems, words

IntArray = npt.NDArray[np.int64]

#: Settings that ``params`` and ``config`` both have: name in ``params``, part of ``config``, name there.
_SETTINGS = (
    ("reward_volume", "reward", "reward_volume"),
    ("auto_reward_vol", "DoC", "auto_reward_volume"),
    ("response_window", "DoC", "response_window"),
    ("flash_omit_probability", "DoC", "flash_omit_probability"),
    ("change_time_dist", "DoC", "change_time_dist"),
)


@dataclass(frozen=True)
class LoggedAgain:
    """Second records; what a pickle lacks is absent here.

    Attributes
    ----------
    samples : mapping of str to int
        Length of each log that has one entry for each frame, and one more.
    trials : int or None
        ``trial_count``.
    rewards : numpy.ndarray or None, shape (rewards,)
        Frame of each reward by the reward line.
    settings : mapping of str to tuple
        Settings by ``params``, and by ``config``, as texts.
    """

    samples: Mapping[str, int]
    trials: int | None
    rewards: IntArray | None
    settings: Mapping[str, tuple[str, str]]


def logged_again(behavior: PickleItems) -> LoggedAgain:
    """Return the second records of a behavior pickle; unreadable ones are absent."""
    return LoggedAgain(
        samples=_samples(behavior),
        trials=_count(behavior.get("trial_count")),
        rewards=_reward_frames(behavior),
        settings=_settings(behavior),
    )


def _samples(behavior: PickleItems) -> dict[str, int]:
    stimuli = behavior.get("stimuli")
    shown = next(iter(stimuli.values()), None) if isinstance(stimuli, dict) else None
    drawn = PickleItems(shown, behavior.path).get("draw_log") if isinstance(shown, dict) else None
    counts = {"update_count": _count(behavior.get("update_count")), "draw_log": None if drawn is None else len(drawn)}
    return {name: count for name, count in counts.items() if count is not None}


def _reward_frames(behavior: PickleItems) -> IntArray | None:
    """Return the frames of ``reward_times``, rows of seconds and frame."""
    lines = behavior.get("rewards")
    times = lines[0].get("reward_times") if isinstance(lines, list) and lines and isinstance(lines[0], dict) else None
    try:
        rows = np.asarray([] if times is None else times, dtype=np.float64)
    except (TypeError, ValueError):  # another form
        return None
    if times is None or (rows.size and (rows.ndim != 2 or rows.shape[1] != 2)):
        return None
    return rows.reshape(-1, 2)[:, 1].astype(np.int64)


def _settings(behavior: PickleItems) -> dict[str, tuple[str, str]]:
    params, config = behavior.optional_items("params"), behavior.optional_items("config")
    told = {
        name: (params.get(name), config.optional_items(part).get(other))
        for name, part, other in _SETTINGS
        if isinstance(config.get(part), dict)
    }
    return {name: (_text(own), _text(other)) for name, (own, other) in told.items() if None not in (own, other)}


def _text(value: Any) -> str:
    """Return a setting as text, alike for texts and numbers of any type."""
    if isinstance(value, list | tuple | np.ndarray):
        return ", ".join(_text(each) for each in value)
    return f"{float(value):g}" if isinstance(value, int | float | np.number) else words(value)


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | np.integer) and not isinstance(value, bool) else None
