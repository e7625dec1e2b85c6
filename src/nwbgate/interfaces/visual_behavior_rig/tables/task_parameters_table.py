"""Settings of the task as a table of one row."""

import numpy as np
import pandas as pd

from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle


def task_parameters_table(pickle: StimulusPickle) -> pd.DataFrame:
    """Return the settings of the task in one row, columns as ``task_parameters`` of `session_tables.yaml`.

    Parameters
    ----------
    pickle : StimulusPickle
        The session.

    Returns
    -------
    DataFrame
        Durations that have a range are arrays of shape (2,).
    """
    settings, stimulus = pickle.settings, pickle.stimulus
    row = {
        "session_type": settings.session_type,
        "stimulus": stimulus.kind,
        "stimulus_name": stimulus.name,
        "stimulus_duration_sec": stimulus.flash_seconds,
        "blank_duration_sec": np.array(settings.blank_duration_sec),
        "response_window_sec": np.array(settings.response_window_sec),
        "omitted_flash_fraction": settings.omitted_flash_fraction,
        "reward_volume": settings.reward_volume,
        "auto_reward_volume": settings.auto_reward_volume,
        "stimulus_distribution": settings.stimulus_distribution,
        "task": settings.task,
        "n_stimulus_frames": int(stimulus.drawn.sum()),
    }
    return pd.DataFrame([row])
