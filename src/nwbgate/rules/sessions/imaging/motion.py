"""Rules about motion correction: of its own plane, and within its bounds."""

from typing import TYPE_CHECKING

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Frames without any shift that no awake animal leaves.
_LONG = 1000
#: Pixels beyond which a shift is taken for a failure of registration, and is not counted (LIMS, max_shift).
_COUNTED = 30.0
_SIDES = ("up", "down", "left", "right")
_BOUNDS = ", ".join(f"{side} {{max_correction_{side}}}" for side in _SIDES)


@check(scope="session", column="max_correction_up")
def motion_is_within_its_bounds(cells: "pd.DataFrame", motion: "pd.DataFrame") -> "Rows":
    """Frames are shifted by at most max_correction, one frame in a hundred excepted.

    Why: it is the largest shift of the plane, told twice. ROIs nearer to the edge than it were left out.

    Example: max_correction_up and down are 0, and frames are shifted by 4 pixels along y.

    Fix: recompute max_correction_* from the shifts of the frames.
    """
    wrong, reach = np.zeros(len(cells), dtype=bool), np.zeros(len(cells))
    for axis, sides in (("x", ("left", "right")), ("y", ("up", "down"))):
        shifts = motion[motion["axis"] == axis].drop_duplicates("plane").set_index("plane")
        high, low = (numbers(cells["plane"].map(shifts[end])) for end in ("high", "low"))
        largest = np.fmax(high, -low)
        bounds = [numbers(cells[f"max_correction_{side}"]) for side in sides]
        beyond = (largest > np.fmax(*bounds) + 1) | (bounds[0] < 0) | (bounds[1] < 0)
        reach = np.where(beyond, largest, reach)
        wrong |= beyond
    return offending(
        cells, wrong, _BOUNDS, lambda: as_column(cells, [f"shifts of {most:.0f} pixels within" for most in reach])
    )


@check(scope="session", severity="warning", column="max_correction_up", needs=["cells.motion_is_within_its_bounds"])
def motion_bounds_are_of_the_plane(cells: "pd.DataFrame") -> "Rows":
    """All ROIs of a plane have the same max_correction.

    Why: it is the largest shift of the plane, the same for every ROI in it.

    Example: max_correction_up is 12 for four ROIs and 30 for the fifth.

    Fix: recompute max_correction_* from the shifts of the frames.
    """
    wrong = np.zeros(len(cells), dtype=bool)
    for side in _SIDES:
        values = cells[f"max_correction_{side}"]
        known = values.notna().to_numpy()
        if known.any():
            wrong |= known & (values != values.groupby(cells["plane"]).transform("median")).to_numpy()
    return offending(cells, wrong, _BOUNDS, "those of the other ROIs")


@check(scope="session", column="digest", fewest=3)
def motion_is_of_its_own_plane(motion: "pd.DataFrame") -> "Rows":
    """No two planes of a session have the same shifts in every frame.

    Why: each plane is registered by itself; equal shifts are those of one plane, written twice.

    Example: the motion correction of VISp_150 is that of VISl_75, frame by frame.

    Fix: restore the motion correction of the plane from the pipeline.
    """
    known = motion.dropna(subset=["plane", "digest"])
    moving = known[known.groupby("plane")["moves"].transform("any").to_numpy(dtype=bool)]
    both = moving.sort_values("axis").groupby("plane")["digest"].agg(" ".join)
    again = both[both.duplicated()]
    wrong = motion["plane"].isin(again.index).to_numpy()
    first = {plane: both.index[both == digest][0] for plane, digest in again.items()}
    got = [
        f"the shifts of {first.get(plane)} along {axis}"
        for plane, axis in zip(motion["plane"], motion["axis"], strict=True)
    ]
    return offending(motion, wrong, lambda: as_column(motion, got), "shifts of its own")


@check(severity="warning", scope="session", column="moves", where={"motion.axis": []})
def plane_moves(motion: "pd.DataFrame") -> "Rows":
    """A plane of 1,000 frames or more is shifted by another pixel now and then.

    Why: brains move with heart and breath; shifts that never change are those of a movie that was not registered, or
    were lost.

    Example: both shifts are 0 in all 140,000 frames.

    Fix: restore the motion correction of the plane from the pipeline, or leave it out.
    """
    still = ~motion.groupby("plane")["moves"].transform("any").to_numpy(dtype=bool)
    wrong = still & (numbers(motion["n_frames"]) >= _LONG)
    return offending(motion, wrong, "{low:.4g} pixels along {axis} in all {n_frames} frames", "shifts that change")


@check(severity="warning", scope="session", column="max_correction_up", needs=["cells.motion_bounds_are_of_the_plane"])
def motion_bounds_are_counted(cells: "pd.DataFrame") -> "Rows":
    """max_correction is at most 30 pixels.

    Why: larger shifts are failures of registration, which are left out when it is computed; a larger number is in
    another unit, or of another program.

    Example: max_correction_up is 60.

    Fix: recompute max_correction_* from the shifts of the frames, those beyond 30 pixels left out.
    """
    wrong = np.logical_or.reduce([numbers(cells[f"max_correction_{side}"]) > _COUNTED for side in _SIDES])
    return offending(cells, wrong, _BOUNDS, f"up to {_COUNTED:g} pixels")


RULES: tuple[Rule, ...] = (
    motion_is_of_its_own_plane,
    plane_moves,
    motion_is_within_its_bounds,
    motion_bounds_are_of_the_plane,
    motion_bounds_are_counted,
)
