"""Numbers of rows of the trials and of each segmentation."""

from typing import Any

import pandas as pd

from nwbgate.reading.facts.records import records_frame
from nwbgate.reading.facts.series import SeriesContents
from nwbgate.reading.format.layouts import session_tables
from nwbgate.reading.format.row_counts import group_length

#: Place of the trials by the NWB schema.
_TRIALS = "/intervals/trials"


def length_frame(contents: SeriesContents) -> pd.DataFrame:
    """Return the summary ``table_lengths`` of `session_tables.yaml`.

    Parameters
    ----------
    contents : SeriesContents
        Segmentations and tables of intervals of a file.
    """
    rows: list[dict[str, Any]] = [
        {"path": each.group.name, "kind": "rois", "plane": each.plane, "n_rows": len(each.ids)}
        for each in contents.segmentations.values()
    ]
    rows += [
        {"path": table.name, "kind": "trials", "plane": None, "n_rows": group_length(table) or 0}
        for table in contents.intervals
        if table.name == _TRIALS
    ]
    return records_frame(rows, session_tables().summaries["table_lengths"].columns)
