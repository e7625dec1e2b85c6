"""Behavior of a session: running, pupil, licks, rewards, performance."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import bare, panels
from nwbgate.plots.colours import BLUE, DARK, GREEN, GREY, LICK, ORANGE, OUTCOMES, PURPLE, REWARD, VERMILION
from nwbgate.plots.envelope import envelope
from nwbgate.reading.sessions.performance import ENGAGED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nwbgate.reading.sessions.session import Session

_BLOCKS = ("#FFFFFF", "#EDEDED")
#: Distance of the names of two blocks that leaves both readable, as a share of the time axis.
_APART = 0.04


def plot_behavior_summary(session: "Session", axes: "Sequence[Axes] | None" = None) -> "list[Axes]":
    """Draw the behavior of a session in six panels with a shared time axis.

    Licks and rewards; running speed; area of the pupil (blinks left out); rolling hit rate and false alarm rate;
    rolling d'; reward rate with the threshold of engagement, 2 rewards a minute. Blocks of the stimulus are shaded.

    Parameters
    ----------
    session : Session
        With imaging or without; a panel for which the session has nothing says so.
    axes : sequence of 6 matplotlib.axes.Axes, optional
        Where to draw (default: new axes below each other).

    Returns
    -------
    list of 6 matplotlib.axes.Axes

    Raises
    ------
    UsageError
        If this is no session, or another number of axes was passed.
    MissingExtraError
        If matplotlib is not installed.
    """
    check_given(session, "session", "licks", "open it with nwbgate.open(file) or project.session(number)")
    drawn = panels(axes, 6, (10, 9.5), heights=(0.7, 1, 1, 1, 1, 1))
    _marks(drawn[0], session)
    running = session.running_speed
    _trace(drawn[1], running, "speed", "running\n(cm/s)", GREEN)
    _trace(drawn[2], session.eye_tracking, "pupil_area", "pupil area\n(pixels²)", PURPLE)
    performance, times = session.rolling_performance, _change_or_start(session.trials)
    _rates(drawn[3], performance, times)
    _dprime(drawn[4], performance, times)
    _reward_rate(drawn[5], performance, times)
    _blocks(drawn, session.stimulus_presentations)
    drawn[-1].set_xlabel("time (s)")
    if len(running):
        drawn[0].set_xlim(running["timestamps"].iloc[0], running["timestamps"].iloc[-1])
    for each in drawn:
        bare(each)
    return drawn


def _marks(axes: "Axes", session: "Session") -> None:
    """Draw a tick per lick and a dot per reward."""
    licks, rewards = session.licks, session.rewards
    for row, (name, frame, marker, colour) in enumerate(
        (("licks", licks, "|", LICK), ("rewards", rewards, "o", REWARD))
    ):
        times = frame["timestamps"].to_numpy(np.float64)
        axes.scatter(times, np.full(len(times), -row), marker=marker, color=colour, s=18, linewidths=0.7, label=name)
    axes.set_yticks([0, -1], [f"{len(licks)} licks", f"{len(rewards)} rewards"])
    axes.set_ylim(-1.6, 0.6)
    axes.tick_params(axis="y", length=0)


def _trace(axes: "Axes", frame: pd.DataFrame, column: str, label: str, colour: str) -> None:
    axes.set_ylabel(label)
    if frame.empty:
        _nothing(axes, "not recorded in this session")
        return
    times, values = (frame[name].to_numpy(np.float64) for name in ("timestamps", column))
    axes.plot(*envelope(times, values), color=colour, linewidth=0.7, label=column)


def _rates(axes: "Axes", performance: pd.DataFrame, times: np.ndarray[Any, Any]) -> None:
    axes.set(ylabel="rolling rate", ylim=(-0.05, 1.05))
    hits = (("hit_rate", "hits", OUTCOMES["hit"]), ("false_alarm_rate", "false alarms", VERMILION))
    if not performance[[name for name, _, _ in hits]].notna().any(axis=None):
        _nothing(axes, "too few trials")
        return
    for column, name, colour in hits:
        _rolling(axes, times, performance[column], name, colour)
    _legend(axes)


def _dprime(axes: "Axes", performance: pd.DataFrame, times: np.ndarray[Any, Any]) -> None:
    axes.set_ylabel("rolling d′")
    _rolling(axes, times, performance["rolling_dprime"], "d′", DARK)
    _legend(axes)


def _reward_rate(axes: "Axes", performance: pd.DataFrame, times: np.ndarray[Any, Any]) -> None:
    axes.set_ylabel("rewards/min")
    _rolling(axes, times, performance["reward_rate"], "reward rate", BLUE)
    axes.axhline(ENGAGED, color=ORANGE, linewidth=1, linestyle="--", label="engaged above")
    _legend(axes)


def _rolling(axes: "Axes", times: np.ndarray[Any, Any], values: "pd.Series[float]", label: str, colour: str) -> None:
    """Draw a value per trial, skipping aborted trials."""
    found = values.notna().to_numpy()
    axes.plot(times[found], values.to_numpy(np.float64)[found], ".-", color=colour, markersize=3, label=label)


def _change_or_start(trials: pd.DataFrame) -> np.ndarray[Any, Any]:
    return trials["change_time"].fillna(trials["start_time"]).to_numpy(np.float64)


def _blocks(drawn: "Sequence[Axes]", presentations: pd.DataFrame) -> None:
    """Shade alternate stimulus blocks, and name all above the first panel."""
    if "stimulus_block" not in presentations or presentations.empty:
        return
    ends = presentations.groupby("stimulus_block").agg(
        start=("start_time", "min"), stop=("end_time", "max"), name=("stimulus_block_name", "first")
    )
    for number, (start, stop) in enumerate(zip(ends["start"], ends["stop"], strict=True)):
        for each in drawn:
            each.axvspan(start, stop, color=_BLOCKS[number % 2], linewidth=0, zorder=-1)
    _name_blocks(drawn[0], ends)


def _name_blocks(axes: "Axes", ends: pd.DataFrame) -> None:
    """Name each block above its start, a little later where the names would overlap."""
    apart = _APART * (ends["stop"].max() - ends["start"].min())
    place, before = axes.get_xaxis_transform(), -np.inf
    for start, name in zip(ends["start"], ends["name"], strict=True):
        before = max(start, before + apart)
        text = str(name).replace("_", " ")
        axes.text(
            before, 1.05, text, transform=place, size=7, color=GREY, rotation=30, ha="left", va="bottom", clip_on=False
        )


def _nothing(axes: "Axes", text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
    axes.set_yticks([])


def _legend(axes: "Axes") -> None:
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0, fontsize="small")
