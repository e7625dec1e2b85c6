"""Learning of a mouse: performance over the sessions of its training."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nwbgate.errors import TableError
from nwbgate.plots.arguments import check_given
from nwbgate.plots.axes import bare, panels, whole_numbers
from nwbgate.plots.colours import CYCLE, DARK, GREEN, GREY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Columns without which there is nothing to draw; ``project.mouse`` has them where the manifest counts trials, and with
#: ``performance=True`` from the files.
_NEEDED = ("session_type", "hit_rate", "false_alarm_rate")
#: Stages whose names have room when they lean; more stand upright.
_FEW = 6


def plot_learning(history: pd.DataFrame, axes: "Sequence[Axes] | None" = None) -> "list[Axes]":
    """Draw the performance of a mouse over its sessions, in table order.

    Parameters
    ----------
    history : pandas.DataFrame
        What ``project.mouse(mouse_id)`` returns, or rows of several of its sessions. With ``performance=True`` it has
        the columns ``mean_dprime`` and ``max_dprime``, too, and the rates, where the manifest counts no trials.
    axes : sequence of 2 matplotlib.axes.Axes, optional
        Where to draw (default: new axes below each other).

    Returns
    -------
    list of 2 matplotlib.axes.Axes
        Hit rate and false alarm rate of whole sessions, and d' (or, without d', the number of hits), over the number of
        the session. Stages of training are shaded and named; sessions with imaging have a ring.

    Raises
    ------
    TableError
        If the table has no session, or lacks a column.
    MissingExtraError
        If matplotlib is not installed.
    """
    _check(history)
    drawn = panels(axes, 2, (10, 5 if len(_runs(history["session_type"])[0]) <= _FEW else 7))
    numbers = np.arange(1, len(history) + 1)
    lines = (("hit_rate", "hit rate", GREEN), ("false_alarm_rate", "false alarm rate", VERMILION))
    for column, label, colour in lines:
        _line(drawn[0], numbers, history[column], label, colour)
    drawn[0].set(ylabel="rate in the session", ylim=(-0.05, 1.05))
    _second(drawn[1], numbers, history)
    _mark_imaged(drawn[0], numbers, history)
    _stages(drawn, history["session_type"])
    drawn[1].set(xlabel="session", xlim=(0.5, len(history) + 0.5))
    whole_numbers(drawn[1].xaxis)
    for each in drawn:
        each.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0, fontsize="small")
        bare(each)
    return drawn


def _check(history: pd.DataFrame) -> None:
    check_given(history, "history", "columns", "take project.mouse(mouse_id)")
    missing = [name for name in _NEEDED if name not in history]
    if missing or history.empty:
        raise TableError(
            "this table is not a training history",
            where="history",
            got=f"no column {', '.join(missing)}" if missing else "no session",
            expected=f"one row per session, with {', '.join(_NEEDED)}",
            fix="take project.mouse(mouse_id, performance=True), which counts trials in the files present",
        )


def _line(axes: "Axes", numbers: Any, values: "pd.Series[Any]", label: str, colour: str) -> None:
    drawn = values.to_numpy(np.float64, na_value=np.nan)
    axes.plot(numbers, drawn, "o-", color=colour, markersize=4, linewidth=1, label=label)


def _second(axes: "Axes", numbers: Any, history: pd.DataFrame) -> None:
    found = [name for name in ("mean_dprime", "max_dprime") if name in history]
    for column, colour in zip(found, (DARK, GREY), strict=False):
        _line(axes, numbers, history[column], f"{column.removesuffix('_dprime')} d′", colour)
    if found:
        axes.axhline(1, color=GREY, linewidth=0.8, linestyle="--", label="criterion of training")
        axes.set_ylabel("d′")
        return
    trials = history.get("hit_trial_count", pd.Series(np.nan, history.index))
    _line(axes, numbers, trials, "hits", DARK)
    axes.set_ylabel("hits")


def _mark_imaged(axes: "Axes", numbers: Any, history: pd.DataFrame) -> None:
    if "ophys_session_id" not in history:
        return
    imaged = history["ophys_session_id"].notna().to_numpy()
    heights = history["hit_rate"].to_numpy(np.float64, na_value=np.nan)[imaged]
    axes.plot(numbers[imaged], heights, "o", markersize=9, markerfacecolor="none", color=DARK, label="with imaging")


def _runs(session_types: "pd.Series[str]") -> tuple[Any, Any]:
    """Return the starts of runs of equal session type, and all types."""
    names = session_types.fillna("unknown").astype(str).to_numpy(object)
    return np.flatnonzero(np.r_[True, names[1:] != names[:-1]]), names


def _stages(drawn: "Sequence[Axes]", session_types: "pd.Series[str]") -> None:
    """Shade runs of sessions of one type, and name each above the first panel."""
    starts, names = _runs(session_types)
    lean = 30 if len(starts) <= _FEW else 90
    colours = {name: CYCLE[number % len(CYCLE)] for number, name in enumerate(dict.fromkeys(names))}
    for start, stop in zip(starts, [*starts[1:], len(names)], strict=True):
        for each in drawn:
            each.axvspan(start + 0.5, stop + 0.5, color=colours[names[start]], alpha=0.12, linewidth=0)
        drawn[0].text(
            (start + stop + 1) / 2, 1.02, names[start].replace("_", " "), transform=drawn[0].get_xaxis_transform(),
            rotation=lean, ha="left" if lean < 90 else "center", va="bottom", size=7,
        )  # fmt: skip
