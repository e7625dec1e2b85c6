"""Results as JSON in the shape of aind-data-schema's QualityControl (2.4.1).

Its vocabulary has three statuses: what failed is ``Fail``, what passed is ``Pass``, and what a person has still to look
at (a warning, or what was not measured) is ``Pending``; what is not applicable is left out. The shape is that of
``aind_data_schema.core.quality_control``; results of every scope and modality were validated against its published JSON
schema (``schemas/quality_control_schema.json`` of aind-data-schema 2.7.0), and have no error.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from math import isnan
from typing import TYPE_CHECKING, Any

from nwbgate.qc.criteria import Criteria, Criterion, Status

if TYPE_CHECKING:
    import pandas as pd

#: Version of the schema of QualityControl, and where it is described.
SCHEMA_VERSION = "2.4.1"
DESCRIBED_BY = (
    "https://raw.githubusercontent.com/AllenNeuralDynamics/aind-data-schema/main/src/aind_data_schema/core/"
    "quality_control.py"
)
#: Our statuses in its vocabulary.
VOCABULARY = {
    Status.PASS: "Pass",
    Status.FAIL: "Fail",
    Status.WARNING: "Pending",
    Status.NOT_MEASURED: "Pending",
    Status.NOT_APPLICABLE: "Pass",  # nothing speaks against the file; the JSON leaves it out
}
#: Full names of the modalities that a criterion can be about, by abbreviation.
_MODALITIES = {
    "pophys": "Planar optical physiology",
    "ecephys": "Extracellular electrophysiology",
    "behavior": "Behavior",
    "behavior-videos": "Behavior videos",
}


def quality_control(
    results: "pd.DataFrame",
    criteria: Criteria,
    *,
    version: str,
    at: datetime | None = None,
    assets: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the results of one session or container as a QualityControl.

    Parameters
    ----------
    results : DataFrame
        As `nwbgate.qc.judge` returns them.
    criteria : Criteria
        Those it judged by.
    version : str
        Version of nwbgate, which is the evaluator of what was measured.
    at : datetime, optional
        When it was judged, with its zone; now by default.
    assets : sequence of str
        Names of the sessions that a criterion about a container was measured on.

    Returns
    -------
    dict
        For `json.dump`. A value that is not there is null.
    """
    moment = at or datetime.now(UTC)
    rows = results[results["status"] != Status.NOT_APPLICABLE].to_dict("records")
    return {
        "object_type": "Quality control",
        "describedBy": DESCRIBED_BY,
        "schema_version": SCHEMA_VERSION,
        "metrics": [_metric(row, criteria, f"nwbgate {version}", moment, assets) for row in rows],
        "key_experimenters": None,
        "notes": "Pending: needs a manual look, because it was not measured or crossed a warning limit.",
        "default_grouping": ["modality", "object"],
        "allow_tag_failures": [],
        "status": None,
    }


def _metric(
    row: "dict[Any, Any]", criteria: Criteria, evaluator: str, moment: datetime, assets: Sequence[str]
) -> dict[str, Any]:
    name = row["criterion"]
    measured = criteria.criteria.get(name)
    shared = (measured or criteria.manual[name]).scope == "container"
    modality = (measured or criteria.manual[name]).modality
    status = VOCABULARY[Status(row["status"])]
    return {
        "object_type": "QC metric",
        "name": f"{name}: {row['object']}" if row["object"] else name,
        "modality": {"name": _MODALITIES[modality], "abbreviation": modality},
        "stage": "Multi-asset" if shared else "Processing",
        "value": None if isnan(row["value"]) else row["value"],
        "status_history": [_status(row, measured, status, evaluator, moment)],
        "description": _description(row, criteria),
        "reference": None,
        "tags": {"criterion": name, "object": row["object"] or "session"},
        "evaluated_assets": list(assets) if shared else None,
    }


def _status(
    row: "dict[Any, Any]", measured: Criterion | None, status: str, evaluator: str, moment: datetime
) -> dict[str, Any]:
    """Return who set this status and when: nwbgate, or the reviewer and date."""
    decision = None if measured else re.fullmatch(r"(.+), (\d{4}-\d\d-\d\d)", row["decided_by"])
    return {
        "object_type": "QC status",
        "evaluator": decision[1] if decision else evaluator,
        "status": status,
        "timestamp": f"{decision[2]}T00:00:00+00:00" if decision else moment.isoformat(),
    }


def _description(row: "dict[Any, Any]", criteria: Criteria) -> str:
    name = row["criterion"]
    unit = "" if row["unit"] == "1" else f" ({row['unit']})"
    metric = f"{row['metric']}{unit}" if row["metric"] else ""
    parts = [criteria.titles[name].rstrip("."), metric, row["threshold"], row["reason"]]
    return ". ".join(part for part in parts if part) + "."
