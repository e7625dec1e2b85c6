"""Mice of a project and their training histories."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError
from nwbgate.manifest.filters import as_list

#: Rate to the counts of trials that it is the quotient of.
_RATES = {
    "hit_rate": ("hit_trial_count", "go_trial_count"),
    "false_alarm_rate": ("false_alarm_trial_count", "catch_trial_count"),
}
#: Columns of a session that are about its mouse; the first value that some session has is taken.
_OF_MOUSE = ("sex", "full_genotype", "driver_line", "cre_line", "reporter_line", "indicator", "project_code")


def mice(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per mouse of a session table, in order."""
    of_mouse = sessions.groupby("mouse_id", sort=False)
    found = of_mouse[[name for name in _OF_MOUSE if name in sessions]].first()
    dates = of_mouse["date_of_acquisition"]
    return found.assign(
        n_behavior_sessions=of_mouse.size(),
        n_ophys_sessions=of_mouse["ophys_session_id"].count(),
        first_session=dates.min(),
        last_session=dates.max(),
    )


def require_one_mouse(mouse_id: Any, folder: Path) -> None:
    """Reject anything but one mouse."""
    if mouse_id is None or np.ndim(mouse_id) or len(as_list(mouse_id)) != 1:
        raise UsageError(
            "a history needs exactly one mouse",
            where=f"{folder}, mouse_id",
            got=repr(mouse_id),
            expected="one mouse_id, as in project.mice",
            fix="give one; project.sessions(mouse=[...]) selects sessions of several",
        )


def training_history(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return the sessions of one mouse by date.

    Parameters
    ----------
    sessions : DataFrame
        Its rows of ``behavior_sessions``.

    Returns
    -------
    DataFrame
        The same columns, and in front ``day`` (whole days since the first session, int64); behind, where the table
        counts trials, ``hit_rate`` (hits of go trials) and ``false_alarm_rate`` (false alarms of catch trials), NaN
        where there was no such trial. These are rates of the whole session, not the rolling ones of the metrics.
    """
    history = sessions.sort_values("date_of_acquisition", kind="stable")
    dates = history["date_of_acquisition"].dt.normalize()
    history.insert(0, "day", (dates - dates.min()).dt.days)
    return _with_rates(history)


def _with_rates(history: pd.DataFrame) -> pd.DataFrame:
    """Add rates per session to a history with trial counts."""
    for name, (part, whole) in _RATES.items():
        if part in history and whole in history:
            trials = history[whole].astype("float64")
            history[name] = history[part].astype("float64") / trials.where(trials > 0)
    return history


def with_performance(history: pd.DataFrame, metrics: Callable[[int], dict[str, Any] | None]) -> pd.DataFrame:
    """Return a history with the performance metrics of each session.

    Parameters
    ----------
    history : DataFrame
        What `training_history` returned.
    metrics : callable
        Gives the metrics of a session by its number; None where its file is not there.

    Returns
    -------
    DataFrame
        A column per metric. Where the manifest has a column of the same name, it is kept, and the file fills what is
        missing there. A session whose file is not there has NaN. The rates of whole sessions are those of the counts
        so filled; a manifest that counts no trials thus has them, too.
    """
    known = {int(number): found for number in history.index if (found := metrics(int(number))) is not None}
    computed = pd.DataFrame.from_dict(known, orient="index").reindex(history.index)
    for name in computed:
        history[name] = history[name].combine_first(computed[name]) if name in history else computed[name]
    return _with_rates(history)
