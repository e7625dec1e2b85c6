"""Criteria and decisions as files, for the tests of judging."""

from pathlib import Path

import yaml

LIMITED = {"title": "The lag is small.", "metric": "spikes.lag", "reason": "why", "source": "Ann"}
CRITERIA = {
    "title": "Made up",
    "criteria": {
        "lag": {
            **LIMITED,
            "fail": {"minimum": -0.05, "maximum": 0.05},
            "warn": {"maximum": 0.03},
            "modality": "ecephys",
        },
        "share": {**LIMITED, "title": "Few are off.", "metric": "spikes.off", "fail": {"maximum": 0}},
        "match": {**LIMITED, "metric": "view.shift", "fail": {"maximum": 9}, "scope": "container"},
    },
    "reported": ["spikes.count"],
    "manual": {
        "brain_health": {"title": "The brain is healthy.", "reason": "seen by eye"},
        "view_match": {"title": "The views match.", "reason": "seen by eye", "scope": "container"},
    },
}


def write_criteria(folder: Path, content: object = CRITERIA) -> Path:
    """Write a ``qc.yaml`` into a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "qc.yaml").write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return folder


def write_decisions(path: Path, *rows: str, header: str = "session,criterion,status,reviewer,date,reason") -> Path:
    """Write a table of decisions, and return it."""
    path.write_text("\n".join([header, *rows]) + "\n")
    return path
