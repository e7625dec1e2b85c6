"""Running of a session: speed from the encoder of the wheel, with its signals."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from nwbgate.algorithms.running_speed import running_speed
from nwbgate.interfaces.visual_behavior_rig.pickles.stimulus_pickle import StimulusPickle

FloatArray = npt.NDArray[np.float64]

COLUMNS = ["timestamps", "speed", "raw_speed", "dx", "v_sig", "v_in"]


def running_table(pickle: StimulusPickle, times: FloatArray) -> pd.DataFrame:
    """Return speed and signals of the wheel at each stimulus frame.

    Parameters
    ----------
    pickle : StimulusPickle
        The session. Its encoder may have one sample more than there are frames.
    times : numpy.ndarray, shape (frames,)
        Time of each stimulus frame, in seconds, without the monitor's delay.

    Returns
    -------
    DataFrame
        Columns ``timestamps`` (s), ``speed`` and ``raw_speed`` (cm/s), ``dx`` (degrees), ``v_sig`` and ``v_in`` (V).
        Without rows where the encoder recorded no voltages.

    Raises
    ------
    SourceError
        If the encoder has fewer samples than there are frames, or more than one more.
    """
    encoder, frames = pickle.encoder, len(times)
    if not len(encoder.v_sig):
        return pd.DataFrame(columns=COLUMNS, dtype=np.float64)
    if len(encoder.v_sig) not in (frames, frames + 1):
        raise pickle.unsound(
            "signals of the running wheel and stimulus frames are not as many",
            got=f"{len(encoder.v_sig)} samples for {frames} frames",
            expected=f"{frames} or {frames + 1} samples",
        )
    v_sig, v_in = encoder.v_sig[:frames], encoder.v_in[:frames]
    filtered, raw = running_speed(v_sig, v_in, times)
    return pd.DataFrame(dict(zip(COLUMNS, (times, filtered, raw, encoder.dx[:frames], v_sig, v_in), strict=True)))
