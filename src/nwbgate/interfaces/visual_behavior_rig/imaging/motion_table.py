"""The motion table of a plane: the shift of each frame, as a CSV."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.errors import SourceError, UsageError

COLUMNS = ("x", "y")
#: Number of the frame of a row, where a table has it.
_FRAME = "framenumber"


def read_shifts(path: Path, frames: int) -> npt.NDArray[np.int64]:
    """Return each frame's shift along x and y in pixels, shape (frames, 2).

    Parameters
    ----------
    path : Path
        CSV with columns x and y among others, in any order.
    frames : int
        Number of frames of the plane.

    Raises
    ------
    UsageError
        If there is no such file.
    SourceError
        If it lacks a column, a value is not a whole number, or it has other rows than frames.
    """
    if not path.is_file():
        raise UsageError(
            "there is no such file", where=str(path), expected="a motion table (CSV)", fix="check the path"
        )
    header = _header(path)
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise _wrong("the motion table lacks a column", path, f"columns {', '.join(header)}", "columns x and y")
    try:
        table = pd.read_csv(path, usecols=[name for name in (*COLUMNS, _FRAME) if name in header])
        shifts = table[list(COLUMNS)].to_numpy(np.float64)
    except (ValueError, UnicodeDecodeError) as problem:
        raise _wrong("the motion table cannot be read", path, str(problem), "numbers in x and y") from problem
    if _FRAME in table and (np.diff(table[_FRAME]) < 0).any():
        row = int(np.flatnonzero(np.diff(table[_FRAME]) < 0)[0])
        got = f"frame {table[_FRAME][row + 1]} after frame {table[_FRAME][row]}"
        raise _wrong("the rows of the motion table are not in the order of their frames", path, got, "ascending")
    if len(shifts) != frames:
        what = "the motion table has another number of rows than the plane has frames"
        raise _wrong(what, path, f"{len(shifts)} rows", f"{frames}, one for each frame")
    if not np.array_equal(shifts, np.trunc(shifts)):
        row = int(np.flatnonzero(~(shifts == np.trunc(shifts)).all(axis=1))[0])
        got = f"x {shifts[row, 0]}, y {shifts[row, 1]} in row {row + 1}"
        raise _wrong("a shift is not a whole number of pixels", path, got, "whole numbers")
    return shifts.astype(np.int64)


def _header(path: Path) -> list[str]:
    try:
        return [str(name) for name in pd.read_csv(path, nrows=0).columns]
    except (ValueError, UnicodeDecodeError) as problem:
        raise _wrong("the motion table cannot be read", path, str(problem), "a CSV with a header") from problem


def _wrong(what: str, path: Path, got: str, expected: str) -> SourceError:
    fix = "use the motion table of this plane, as the imaging pipeline wrote it"
    return SourceError(what, where=str(path), got=got, expected=expected, fix=fix)
