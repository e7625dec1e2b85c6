"""Texts about a session and its animal, one row each."""

from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np
import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.format.layouts import session_tables
from nwbgate.storage.hdf5 import dataset_at, group_at
from nwbgate.storage.values import stored_content, text

#: Groups whose datasets describe the session, and those of the root.
_GROUPS, _OF_ROOT = ("/general", "/general/subject"), ("session_description", "identifier", "file_create_date")
#: What nwbgate writes about itself, and programs about theirs: no facts of the session.
_NOT_ABOUT_IT = frozenset({"source_script", "was_generated_by"})
#: Longest dataset that is read, in texts and in bytes of text of a fixed length.
_MOST = 1000


def text_frame(file: h5py.File) -> pd.DataFrame:
    """Return the summary ``texts`` of `session_tables.yaml`.

    Parameters
    ----------
    file : h5py.File
        An open NWB file.
    """
    rows = [row for data in _datasets(file) for row in _rows(data)]
    return records_frame(rows, session_tables().summaries["texts"].columns)


def _datasets(file: h5py.File) -> Iterator[h5py.Dataset]:
    for name in _OF_ROOT:
        if (data := dataset_at(file, name)) is not None:
            yield data
    for path in _GROUPS:
        group = group_at(file, path)
        for name in () if group is None else group:
            if name not in _NOT_ABOUT_IT and (data := dataset_at(group, name)) is not None:
                yield data


def _rows(data: h5py.Dataset) -> Iterator[dict[str, Any]]:
    """Yield a row for each text of a dataset of texts."""
    is_text = h5py.check_string_dtype(data.dtype) is not None or data.dtype.kind == "S"
    if not is_text or data.shape is None or data.ndim > 1 or data.size > _MOST:
        return
    for number, value in enumerate(np.ravel(np.asarray(stored_content(data), dtype=object)).tolist()):
        yield {"path": data.name, "number": number, "field": data.name.rsplit("/", 1)[-1], "text": text(value)}
