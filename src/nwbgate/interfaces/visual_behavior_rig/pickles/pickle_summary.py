"""Summary of a stimulus pickle: session, task, and dropped frames."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from nwbgate.algorithms.event_agreement import late_frames
from nwbgate.algorithms.trials import OUTCOMES
from nwbgate.interfaces.raw_source import RawSource
from nwbgate.interfaces.visual_behavior_rig.pickles.image_set import KNOWN_ORDERS
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle
from nwbgate.interfaces.visual_behavior_rig.tables.event_tables import licks_table, rewards_table
from nwbgate.interfaces.visual_behavior_rig.tables.presentations_table import presentations_table
from nwbgate.interfaces.visual_behavior_rig.tables.running_table import running_table
from nwbgate.interfaces.visual_behavior_rig.tables.task_parameters_table import task_parameters_table
from nwbgate.interfaces.visual_behavior_rig.tables.trials_table import trials_table
from nwbgate.manifest.usual_delays import behavior_box_delay


def pickle_summary(path: Path) -> RawSource:
    """Return a stimulus pickle's summary, and tables on its own clock.

    Raises
    ------
    SourceError
        If the pickle is unsound, or not of the change detection task.
    """
    pickle = StimulusPickle(path)
    times = pickle.frame_times

    @cache
    def trials() -> pd.DataFrame:
        return trials_table(pickle, times, behavior_box_delay())

    def presentations() -> pd.DataFrame:
        order = KNOWN_ORDERS.get(pickle.stimulus.image_set)
        return presentations_table(pickle, times + behavior_box_delay(), trials(), image_order=order)[0]

    licks, decisions = licks_table(pickle, times)
    rewards = rewards_table(pickle, times)
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "licks": lambda: licks,
        "rewards": lambda: rewards,
        "trials": trials,
        "stimulus_presentations": presentations,
        "running": lambda: running_table(pickle, times),
        "task_parameters": lambda: task_parameters_table(pickle),
    }
    counts = {
        "licks": len(licks),
        "rewards": len(rewards),
        "trials": len(pickle.trials),
        "running": len(times) if len(pickle.encoder.v_sig) else 0,
    }
    facts = {
        "file": str(path),
        "kind": "stimulus pickle",
        **_session(pickle),
        **_frames(pickle),
        "trials": _outcomes(trials()),
        "licks": f"{len(licks):,}" + "".join(f" ({decision})" for decision in decisions),
        "rewards": f"{len(rewards):,}, {rewards['volume'].sum():.3f} mL",
    }
    return RawSource(path, facts, tables, counts)


def _session(pickle: StimulusPickle) -> dict[str, str]:
    stimulus, facts = pickle.stimulus, pickle.facts
    return {
        "session type": pickle.settings.session_type,
        "session uuid": pickle.session_uuid or "not said",
        "mouse": pickle.settings.mouse_id or "not said",
        "rig": facts.get("rig_id", "not said"),
        "camstim": facts.get("camstim", "not said"),
        "started": "not said" if pickle.start_time is None else pickle.start_time.isoformat(),
        "stimulus": stimulus.image_set or stimulus.name,
        "movie": "none" if pickle.epilogue is None else f"{len(pickle.epilogue.sweeps):,} frames",
    }


def _frames(pickle: StimulusPickle) -> dict[str, str]:
    """Return duration and number of the frames, and how many were dropped."""
    intervals, late = np.diff(pickle.frame_times), len(late_frames(pickle.frame_times))
    longest = f", the longest interval is {intervals.max() * 1000:.1f} ms" if len(intervals) else ""
    return {
        "duration": f"{pickle.frame_times[-1]:,.3f} s",
        "frames": f"{pickle.frames:,} at {pickle.frame_rate:g} Hz, {late} of them late{longest}",
        "encoder": f"{len(pickle.encoder.v_sig):,} samples",
    }


def _outcomes(trials: pd.DataFrame) -> str:
    parts = [f"{int(trials[name].sum())} {name.replace('_', ' ')}" for name in OUTCOMES]
    return f"{len(trials):,}: {', '.join(parts)}"
