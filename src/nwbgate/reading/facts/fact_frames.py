"""Facts of many files as typed frames, made once for all of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nwbgate.manifest.specification.fact_columns import FACTS
from nwbgate.reading.facts.records import whole_numbers

#: Values of facts by their column, one per row.
Columns = dict[str, list[Any]]


def fact_frame(name: str, files: Sequence[Columns]) -> pd.DataFrame:
    """Return the facts of files as one frame, typed as its table.

    Parameters
    ----------
    name : {"nwb_files", "nwb_planes", "nwb_rois"}
        The table.
    files : sequence of dict
        What `fact_columns` returned for the table, per file.
    """
    lengths = [len(columns["path"]) for columns in files]
    index = pd.RangeIndex(sum(lengths))  # one for all columns: pandas need not align them
    values = {
        column: [
            value
            for columns, n_rows in zip(files, lengths, strict=True)
            for value in columns.get(column, [np.nan] * n_rows)
        ]
        for column in FACTS[name]
    }
    return pd.DataFrame({column: _as_type(values[column], index, kind) for column, kind in FACTS[name].items()}, index)


def _as_type(values: list[Any], index: pd.RangeIndex, kind: str) -> Any:
    """Return a column's values in a type, with None and NaN as missing."""
    if kind == "Int64":
        return whole_numbers(values)
    if kind == "float64":
        return np.array(values, dtype=np.float64)
    return pd.Series(values, index=index, dtype=kind)
