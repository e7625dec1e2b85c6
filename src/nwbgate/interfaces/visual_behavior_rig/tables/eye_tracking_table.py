"""Table of eye tracking: ellipses, areas and likely blinks, per camera frame."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.algorithms.ellipses import ellipse_area, likely_blinks, pupil_area
from nwbgate.interfaces.visual_behavior_rig.tables.eye_ellipses import MEASURES, PARTS

FloatArray = npt.NDArray[np.float64]

#: Measures that blinks make unknown; centers and the corneal reflection's axes stay.
_UNKNOWN_ON_BLINKS = [
    *(f"{part}_area" for part in PARTS),
    *(f"{part}_{name}" for part in ("eye", "pupil") for name in ("width", "height", "phi")),
]


def eye_tracking_table(
    ellipses: dict[str, dict[str, FloatArray]], pulses: FloatArray, *, begins_with_metadata: bool = False
) -> tuple[pd.DataFrame, list[str]]:
    """Return the ellipses with areas, blinks and times, and what was decided about them.

    Parameters
    ----------
    ellipses : dict
        What `read_ellipses` returned.
    pulses : numpy.ndarray, shape (pulses,)
        Times of the pulses of the eye camera, in seconds.
    begins_with_metadata : bool
        Whether the first frame of the video is no image; its row is dropped.

    Returns
    -------
    table : DataFrame
        Columns as ``eye_tracking`` of `session_tables.yaml`. Without rows where there are more frames than pulses: no
        frame can be given a time then.
    decisions : list of str
    """
    first, decisions = int(begins_with_metadata), []
    if begins_with_metadata:
        decisions.append("first row of the eye ellipses dropped: the video begins with a frame of metadata")
    parts = {part: {name: values[first:] for name, values in of.items()} for part, of in ellipses.items()}
    frames, surplus = len(parts["eye"]["phi"]), len(pulses) - len(parts["eye"]["phi"])
    if surplus < 0:
        decisions.append(f"no eye tracking: {frames} frames of the eye camera and {len(pulses)} pulses")
        parts, frames = {part: {name: values[:0] for name, values in of.items()} for part, of in parts.items()}, 0
    elif surplus:
        decisions.append(f"{surplus} of {len(pulses)} pulses of the eye camera cut at the end")
    return _table(parts, pulses[:frames]), decisions


def _table(parts: dict[str, dict[str, FloatArray]], times: FloatArray) -> pd.DataFrame:
    raw = {part: ellipse_area(parts[part]["width"], parts[part]["height"]) for part in ("cr", "eye")}
    raw["pupil"] = pupil_area(parts["pupil"]["width"], parts["pupil"]["height"])
    blinks = likely_blinks(raw["eye"], raw["pupil"])
    columns: dict[str, npt.NDArray[np.generic]] = {"timestamps": times, "likely_blink": blinks}
    for part in PARTS:
        columns |= {f"{part}_area": raw[part], f"{part}_area_raw": raw[part]}
        columns |= {f"{part}_{name}": parts[part][name] for name in MEASURES}
    for name in _UNKNOWN_ON_BLINKS:
        columns[name] = np.where(blinks, np.nan, columns[name])
    return pd.DataFrame(columns)
