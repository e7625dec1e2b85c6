"""Settings of the change detection task, from three places of a pickle."""

from dataclasses import dataclass

import numpy as np

from nwbgate.interfaces.visual_behavior_rig.pickles.pickle_items import PickleItems, words

#: Names of the task in tables, by the name in the pickle.
_TASKS = {"DoC": "change detection"}


@dataclass(frozen=True)
class TaskSettings:
    """Settings of the task.

    Attributes
    ----------
    session_type : str
        Name of the stimulus protocol, such as ``OPHYS_1_images_A``.
    task : str
        Name of the task.
    blank_duration_sec, response_window_sec : tuple of float
        Shortest and longest gray interval, begin and end of the response window after a change; seconds.
    reward_volume, auto_reward_volume : float
        In milliliters.
    stimulus_distribution : str
        Distribution of change times.
    omitted_flash_fraction : float
        Probability that a flash is omitted; NaN where omissions were not used.
    mouse_id : str
        Name of the mouse; empty where it is not said.
    foraging_id : str
        Identifier of the session in older pickles; empty in others.
    """

    session_type: str
    task: str
    blank_duration_sec: tuple[float, ...]
    response_window_sec: tuple[float, ...]
    reward_volume: float
    auto_reward_volume: float
    stimulus_distribution: str
    omitted_flash_fraction: float
    mouse_id: str
    foraging_id: str


def task_settings(behavior: PickleItems) -> TaskSettings:
    """Return the settings of a behavior pickle.

    Raises
    ------
    SourceError
        If settings are missing, or ``params`` and ``cl_params`` do not agree.
    """
    params, given = behavior.optional_items("params"), behavior.optional_items("cl_params")
    stage = _agreed_setting(params, given, "stage")
    if not isinstance(stage, str | bytes):
        raise params.unsound("stage", stage, "the session type, in params or cl_params")
    config = behavior.items("config")
    doc = config.items("DoC")
    task = words(_agreed_setting(params, given, "task_id") or config.items("behavior").text("task_id"))
    omission = _agreed_setting(params, given, "flash_omit_probability")
    foraging = _agreed_setting(params, given, "foraging_id")
    foraging = PickleItems(foraging, behavior.path).get("value") if isinstance(foraging, dict) else foraging
    return TaskSettings(
        session_type=words(stage),
        task=_TASKS.get(task, task),
        blank_duration_sec=tuple(float(value) for value in doc.floats("blank_duration_range")),
        response_window_sec=tuple(float(value) for value in doc.floats("response_window")),
        reward_volume=config.items("reward").number("reward_volume"),
        auto_reward_volume=doc.number("auto_reward_volume"),
        stimulus_distribution=doc.text("change_time_dist"),
        omitted_flash_fraction=float(omission) if isinstance(omission, int | float) else np.nan,
        mouse_id=words(params.get("mouse_id") or given.get("mouse_id") or ""),
        foraging_id=words(foraging or ""),
    )


def _agreed_setting(params: PickleItems, given: PickleItems, key: str) -> object:
    """Return a setting from params or cl_params, which must agree."""
    first, second = params.get(key), given.get(key)
    if first is None or second is None or bool(np.all(first == second)):
        return second if first is None else first
    raise params.unsound(
        key,
        f"{first!r} in params, {second!r} in cl_params",
        "one value in both",
        what="two settings of the stimulus pickle contradict each other",
    )
