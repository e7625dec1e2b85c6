"""Licks and rewards of each trial around the change of the image."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from nwbgate.errors import UsageError
from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import bare, drawn_on, whole_numbers
from nwbgate.plots.colours import LICK, OUTCOMES, REWARD
from nwbgate.plots.windows import checked_window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nwbgate.reading.sessions.session import Session


def plot_trial_raster(
    session: "Session", window: tuple[float, float] = (-2.0, 4.0), axes: "Axes | None" = None
) -> "Axes":
    """Draw the licks and rewards of each trial around the image change.

    A row is a trial, the first at the top: a change of the image, or on a catch trial the time at which there could
    have been one. Its colour is its outcome. Aborted trials have no change and are left out. The response window, in
    which a lick counts as a response, is shaded; licks shortly after the change but before it do not count.

    Parameters
    ----------
    session : Session
        Whose trials.
    window : (float, float)
        Start and end in seconds relative to the change.
    axes : matplotlib.axes.Axes, optional
        Where to draw (default: new axes).

    Returns
    -------
    matplotlib.axes.Axes
        Licks as ticks, rewards as dots.

    Raises
    ------
    UsageError
        If no trial has a change, or the window is no interval.
    MissingExtraError
        If matplotlib is not installed.
    """
    check_given(session, "session", "trials", "open it with nwbgate.open(file) or project.session(number)")
    checked_window(window)
    trials = _with_change(session)
    axes = drawn_on(axes, (8, min(2 + 0.06 * len(trials), 10)))
    _outcomes(axes, trials, window)
    start, stop = session.task_parameters["response_window_sec"]
    axes.axvspan(float(start), float(stop), color="black", alpha=0.12, linewidth=0, label="response window")
    axes.axvline(0, color="black", linewidth=0.8)
    changes = trials["change_time"].to_numpy(np.float64)
    licks = _around(session.licks["timestamps"].to_numpy(np.float64), changes, window)
    axes.scatter(*licks, marker="|", color=LICK, s=14, linewidths=0.8, label="lick")
    rewards = _around(session.rewards["timestamps"].to_numpy(np.float64), changes, window)
    axes.scatter(*rewards, marker="o", color=REWARD, s=10, label="reward", zorder=3)
    axes.set(xlabel="time from the change (s)", ylabel="trial with a change", xlim=window)
    axes.set_ylim(len(trials) - 0.5, -0.5)
    whole_numbers(axes.yaxis)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0)
    bare(axes)
    return axes


def _with_change(session: "Session") -> pd.DataFrame:
    trials = session.trials
    found: pd.DataFrame = trials[trials["change_time"].notna() & ~trials["aborted"].astype(bool)]
    if found.empty:
        raise UsageError(
            "this session has no trial with an image change",
            where=str(getattr(session, "path", "")),
            got=f"{len(trials)} trials, all aborted" if len(trials) else "no trials",
            expected="trials with a change of the image",
            fix="choose another session",
        )
    return found


def _outcomes(axes: "Axes", trials: pd.DataFrame, window: tuple[float, float]) -> None:
    """Colour the row of each trial by its outcome."""
    rows = np.arange(len(trials))
    for outcome, colour in OUTCOMES.items():
        of_outcome = rows[trials[outcome].astype(bool).to_numpy()]
        if len(of_outcome):
            name = f"{outcome.replace('_', ' ')} ({len(of_outcome)})"
            axes.barh(
                of_outcome, window[1] - window[0], 1, window[0], color=colour, alpha=0.35, linewidth=0, label=name
            )


def _around(times: np.ndarray, changes: np.ndarray, window: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the times relative to each change inside a window, and their rows."""
    times = np.sort(times)
    spans = np.searchsorted(times, changes[:, None] + np.asarray(window))
    found = [times[first:last] - change for (first, last), change in zip(spans, changes, strict=True)]
    rows = np.repeat(np.arange(len(changes)), [len(each) for each in found])
    return np.concatenate(found), rows
