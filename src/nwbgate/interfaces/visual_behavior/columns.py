"""Table columns with the descriptions and units of `session_tables.yaml`."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from hdmf.common import VectorData
from pynwb.event import TimestampVectorData

from nwbgate.reading.format.layouts import session_tables


def describe_column(table: str, column: str) -> str:
    """Return the description of a session table's column, with its unit."""
    spec = session_tables().tables[table].columns[column]
    return spec.description if spec.unit in ("", "n.a.") else f"{spec.description} In {spec.unit}."


def unit_of(table: str, column: str) -> str:
    """Return the unit of a written column, ``n.a.`` without one."""
    return session_tables().tables[table].columns[column].unit or "n.a."


def stored_values(values: pd.Series) -> npt.NDArray[Any]:
    """Return the values of a typed column as they are written.

    A missing whole number makes its column float64 with NaN, and so does a missing truth value (0, 1 and NaN); a
    missing text is the empty text. Complete columns keep their type.
    """
    if str(values.dtype) in ("Int64", "boolean"):
        return values.to_numpy(np.float64, na_value=np.nan)
    if values.dtype == object and len(values) and isinstance(values.iloc[0], np.ndarray):
        return np.stack(list(values))
    if values.dtype == object:
        texts = np.empty(len(values), dtype=object)
        texts[:] = [value if isinstance(value, str) else "" for value in values]
        return texts
    return values.to_numpy()


def vector(table: str, name: str, values: pd.Series) -> VectorData:
    """Return a table column, with a note on NaN where values are missing."""
    unknown = str(values.dtype) in ("Int64", "boolean") and bool(values.isna().any())
    words = describe_column(table, name) + (" NaN where there is none." if unknown else "")
    return VectorData(name=name, description=words, data=stored_values(values))


def vectors(table: str, frame: pd.DataFrame, skip: Iterable[str] = ()) -> list[VectorData]:
    """Return the columns of a session table, without empty optional ones.

    Parameters
    ----------
    table : str
        Name under ``tables`` of `session_tables.yaml`.
    frame : pandas.DataFrame
        Its rows.
    skip : iterable of str
        Columns to leave out.
    """
    spec = session_tables().tables[table].columns
    return [
        vector(table, name, frame[name])
        for name in frame.columns
        if name in spec and name not in set(skip) and not _is_absent(frame[name], spec[name].optional)
    ]


def timestamp(table: str, times: npt.NDArray[np.float64]) -> TimestampVectorData:
    """Return the time column of an events table, in seconds."""
    return TimestampVectorData(name="timestamp", description=describe_column(table, "timestamps"), data=times)


def _is_absent(values: pd.Series, optional: bool) -> bool:
    return optional and bool(len(values)) and bool(values.isna().all())
