"""Tables and arrays of converted rig sessions as few numbers, to compare them with those kept in ``tests/data``.

``python -m support.rig_digests FOLDER`` prints those of a folder of converted sessions, which were equal to AllenSDK's
tables where both were computed; what is kept changes only together with the sample.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import nwbgate
from nwbgate.samples.rig.session import SESSIONS
from support.places import TESTS
from support.rig_conversions import session_file

KEPT = TESTS / "data" / "rig_sample_expected.json"
TABLES = (
    "trials", "licks", "rewards", "stimulus_presentations", "running_speed", "raw_running_speed", "running_encoder",
    "eye_tracking", "source_agreement",
)  # fmt: skip
MATRICES = ("dff", "corrected", "demixed", "neuropil", "events")
#: Significant digits of kept numbers: SciPy's filters differ in the last ones.
DIGITS = 9


def session_digest(path: Path) -> dict[str, Any]:
    """Return each table of a session as columns of few numbers, each trace and image as its digest."""
    with nwbgate.open(path) as session:
        found = {name: table_digest(getattr(session, name)) for name in TABLES}
        found["task_parameters"] = {name: _plain(value) for name, value in session.task_parameters.items()}
        templates = session.stimulus_templates
        found["templates"] = {
            str(name): _numbers(row["warped"].astype(np.float64)) for name, row in templates.iterrows()
        }
        for name, plane in session.planes.items():
            traces = {kind: _sha(np.asarray(plane.matrix(kind), dtype=np.float64)) for kind in MATRICES}
            images = {kind: _sha(getattr(plane, kind)) for kind in ("max_projection", "segmentation_mask_image")}
            cells = table_digest(plane.cell_specimen_table.drop(columns="roi_mask", errors="ignore"))
            found[f"plane {name}"] = {**traces, **images, "cells": cells, "times": _numbers(plane.ophys_timestamps)}
    return found


def table_digest(table: pd.DataFrame) -> dict[str, Any]:
    """Return number of rows, and of each column its type, first, last and mean value, or a digest of its texts."""
    return {"rows": len(table), **{str(name): _column(table[name]) for name in table.columns}}


def _column(values: pd.Series) -> Any:
    if values.dtype == bool or pd.api.types.is_numeric_dtype(values):
        return _numbers(values.to_numpy(np.float64, na_value=np.nan))
    return hashlib.sha256(json.dumps([_plain(value) for value in values]).encode()).hexdigest()[:16]


def _numbers(values: np.ndarray) -> list[Any]:
    """Return the number of missing values, then first, last, mean and spread."""
    known = values[np.isfinite(values)]
    if not len(known):
        return [len(values)]
    return [len(values) - len(known), *(_rounded(each) for each in (known[0], known[-1], known.mean(), known.std()))]


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float | np.floating):
        return _rounded(value)
    return None if value is None or value is pd.NA else str(value)


def _rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


def _sha(values: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(np.asarray(values)).tobytes()).hexdigest()[:16]


if __name__ == "__main__":
    digests = {session.folder: session_digest(session_file(Path(sys.argv[1]), session.number)) for session in SESSIONS}
    lines = [
        f"{json.dumps(folder)}: {{\n" + ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in found.items()) + "}"
        for folder, found in digests.items()
    ]
    sys.stdout.write("{" + ",\n".join(lines) + "}\n")
