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
    """Measure the quality of a session, a recording, or any other file.

    Parameters
    ----------
    data : Session, Recording, NWBData, or str or Path
        What `nwbgate.open` returns, or what it takes; a file that is opened here is closed again.

    Returns
    -------
    DataFrame
        One row per metric and object: metric, value, unit, object, window, reason. A value of NaN was not measured,
        for the reason given.

    Raises
    ------
    SourceError
        If the file cannot be read; `NothingToMeasureError` where it holds nothing of which there are metrics.
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
    from nwbgate.qc.measurement import NOT_APPLICABLE
    from nwbgate.reading.recording import Recording
    from nwbgate.reading.sessions.session import Session

    data = streams.owner
    if isinstance(data, Recording):
        from nwbgate.qc.recording import recording_rows

        return recording_rows(streams, data)
    if isinstance(data, Session):
        from nwbgate.qc.session import session_rows

        return session_rows(streams)
    from nwbgate.qc.any_file import any_file_rows
    from nwbgate.reading.nwb_data import NWBData

    rows = any_file_rows(data) if isinstance(data, NWBData) else []
    if any(not row.reason.startswith(NOT_APPLICABLE) for row in rows):
        return rows
    raise NothingToMeasureError(
        "nothing to measure in this file",
        where=str(getattr(data, "path", "")),
        got=type(data).__name__,
        expected="a file with electrical series, traces of ROIs, units, timestamps or tables of intervals",
        fix="check that this is the intended file",
    )
