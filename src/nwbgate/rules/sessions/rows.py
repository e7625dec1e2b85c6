"""Offending rows, strict booleans and stimulus clock of one file's rules."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

    #: Words of a finding: one for all rows, one per row, or a function that makes them when a row offends.
    Words = str | pd.Series[Any] | Callable[[], pd.Series[Any]] | None

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.float64]

#: Two times that are meant to be the same instant differ by less than this, in seconds: rounding, not measurement.
SAME_INSTANT = 1e-6
#: Longest delay between the monitor's frame and its photons, in seconds. The table of rigs in AllenSDK 2.16.2 goes up
#: to 0.0376 s (CAM2P.2).
MONITOR_DELAY = 0.05
#: Blocks in which images or gratings change begin with this.
TASK_BLOCK = "change_detection"
#: Name of the image of an omitted flash.
OMITTED = "omitted"
#: Period of the stimulus monitor, in seconds, where the file has no stimulus clock.
MONITOR_PERIOD = 1 / 60


def offending(
    frame: "pd.DataFrame", wrong: "Mask | pd.Series[Any]", got: "Words" = None, expected: "Words" = None
) -> "Rows":
    """Return the offending rows with ``got`` and ``expected``, or None.

    Parameters
    ----------
    frame : DataFrame
        The judged table.
    wrong : bool array or Series
        Which rows offend.
    got : str, Series or callable, optional
        A column, a template of columns such as ``"{n_nan} NaN"``, or words per row.
    expected : str, Series or callable, optional
        One text or template for all rows, or words per row.
    """
    mask = np.asarray(wrong, dtype=bool)
    if not mask.any():
        return None
    rows = frame[mask].copy()
    if isinstance(got, str) and "{" in got:
        rows["got"] = [got.format_map(row) for row in frame[mask].to_dict("records")]
    elif isinstance(got, str):
        rows["got"] = frame[got][mask]
    elif got is not None:
        rows["got"] = (got() if callable(got) else got)[mask]
    if isinstance(expected, str) and "{" in expected:
        rows["expected"] = [expected.format_map(row) for row in frame[mask].to_dict("records")]
    elif isinstance(expected, str):
        rows["expected"] = expected
    elif expected is not None:
        rows["expected"] = (expected() if callable(expected) else expected)[mask]
    return rows


def as_column(frame: "pd.DataFrame", values: "bool | Sequence[object] | npt.NDArray[Any]") -> "pd.Series[Any]":
    """Return values, one or one per row, as a column indexed like `frame`."""
    import pandas as pd

    every = [values] * len(frame) if isinstance(values, bool) else values
    array = np.asarray(every)
    return pd.Series(array if array.size else array.astype(object), index=frame.index, name="values")


def surely(column: "pd.Series[Any]") -> Mask:
    """Return where a boolean column is true and not missing."""
    if column.dtype == bool:  # the usual case, many times faster so
        return column.to_numpy(copy=True)
    return column.eq(True).fillna(False).to_numpy(dtype=bool)


def surely_not(column: "pd.Series[Any]") -> Mask:
    """Return where a boolean column is false and not missing."""
    return column.eq(False).fillna(False).to_numpy(dtype=bool)


def stimulus_span(clocks: "pd.DataFrame") -> tuple[float, float, float] | None:
    """Return first time, last time and period of the stimulus clock (s), or None."""
    rows = clocks[clocks["stream"] == "stimulus"]
    return None if rows.empty else (float(rows["first"].min()), float(rows["last"].max()), stimulus_period(clocks))


def stimulus_period(clocks: "pd.DataFrame | None") -> float:
    """Return the stimulus period in seconds, by default that of a 60 Hz monitor."""
    periods = [] if clocks is None else clocks.loc[clocks["stream"] == "stimulus", "period"].dropna().tolist()
    return float(periods[0]) if periods else MONITOR_PERIOD


def numbers(column: "pd.Series[Any]") -> Times:
    """Return a column as float64, NaN for missing values."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu":
        return column.to_numpy(dtype=np.float64, copy=True)
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def of_planes(names: "pd.Series[Any]", planes: "pd.DataFrame", column: str) -> Times:
    """Return a column of `planes` by plane name, NaN for others."""
    first = dict(zip(planes["plane"][::-1], numbers(planes[column])[::-1], strict=True))
    return np.array([first.get(name, np.nan) for name in names], dtype=np.float64)


def plain_names(names: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return image names without trailing ``.0``, which AllenSDK writes in some tables."""
    return names.astype(object).where(names.isna(), names.astype(str).str.replace(r"\.0$", "", regex=True))


def gray_screens(presentations: "pd.DataFrame") -> Mask:
    """Return which presentations are gray screens."""
    nothing = presentations["image_name"].isna() & presentations["movie_frame_index"].isna()
    return np.asarray(nothing.to_numpy(dtype=bool) & ~surely(presentations["omitted"]))


def omissions(presentations: "pd.DataFrame") -> Mask:
    """Return which presentations are omitted flashes, by flag or image name."""
    return surely(presentations["omitted"]) | (presentations["image_name"] == OMITTED).to_numpy(dtype=bool)


def task_rows(presentations: "pd.DataFrame") -> Mask:
    """Return which presentations belong to the task's blocks."""
    names = presentations["stimulus_block_name"].fillna("").astype(str)
    return np.asarray(names.str.startswith(TASK_BLOCK).to_numpy(dtype=bool))
