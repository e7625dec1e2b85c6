"""All measurements of an opened file, as one table."""

from pathlib import Path
from typing import TYPE_CHECKING

from nwbgate.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.qc.measurement import Measurement
    from nwbgate.qc.streams import Streams
    from nwbgate.reading.nwb_data import NWBData


class NothingToMeasureError(SourceError):
    """A readable file without anything to measure."""


def measure(data: "NWBData | str | Path") -> "pd.DataFrame":
    """Measure the quality of a session or of a recording.

    Parameters
    ----------
    data : Session, Recording, or str or Path
        What `nwbgate.open` returns, or what it takes; a file that is opened here is closed again.

    Returns
    -------
    DataFrame
        One row per metric and object: metric, value, unit, object, window, reason. A value of NaN was not measured,
        for the reason given.

    Raises
    ------
    SourceError
        If the file cannot be read; `NothingToMeasureError` where it holds neither a session nor a recording.
    """
    if isinstance(data, str | Path):
        from nwbgate.reading.opening import open_nwb

        with open_nwb(data) as opened:
            return measure(opened)
    from nwbgate.qc.measurement import raise_faults, table
    from nwbgate.qc.streams import Streams

    return table(raise_faults(measured_rows(Streams(data, {}))))


def measured_rows(streams: "Streams") -> "list[Measurement]":
    """Return the rows of a session or recording, including faults of nwbgate.

    Raises
    ------
    NothingToMeasureError
        If the streams are those of something else.
    """
    from nwbgate.reading.recording import Recording
    from nwbgate.reading.sessions.session import Session

    data = streams.owner
    if isinstance(data, Recording):
        from nwbgate.qc.recording import recording_rows

        return recording_rows(streams, data)
    if isinstance(data, Session):
        from nwbgate.qc.session import session_rows

        return session_rows(streams)
    raise NothingToMeasureError(
        "nothing to measure in this file",
        where=str(getattr(data, "path", "")),
        got=type(data).__name__,
        expected="a file with a session (trials, imaging planes) or a recording (voltage, spikes and dF/F)",
        fix="check that this is the intended file",
    )
