"""Malformed and hostile files, each in a session of its own, as one batch: all refused, nothing run or written."""

import json
import shutil
from pathlib import Path

import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from support.development_data import shared
from support.rig_sample import rig_sample

pytestmark = pytest.mark.slow

#: Beginning of the name of a bad file to the fact that names a file of its kind.
FACTS = {
    "sync": "sync_file",
    "dff": "dff_file",
    "motion": "rigid_motion_transform_file",
    "projection": "max_projection_file",
}
#: What hostile files try to make.
MARKER = "PICKLE_OR_EVAL_WAS_EXECUTED"


def session_with(bad: Path, home: Path, sample: Path, number: int) -> None:
    """Copy a session of the sample and put a bad file in the place of a sound one."""
    pickle = ".pkl" in bad.name
    shutil.copytree(sample / ("behavior_gratings" if pickle else "ophys_single_plane"), home)
    path = home / "session.json" if pickle else next(home.glob("*/experiment.json"))
    facts = json.loads(path.read_text())
    fact = "behavior_stimulus_file" if pickle else FACTS[bad.name.split("_")[0]]
    shutil.copyfile(bad, home / bad.name)
    path.write_text(json.dumps(facts | {fact: bad.name, "behavior_session_id": number}))


def test_every_bad_file_is_refused_by_name(tmp_path, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where a marker would appear
    bad = [path for path in sorted(shared("rig_sources", "bad").iterdir()) if path.suffix != ".json"]
    sample = rig_sample(tmp_path_factory.getbasetemp())
    for number, path in enumerate(bad, start=1):
        session_with(path, tmp_path / "sources" / path.name.replace(".", "_"), sample, number)
    outcomes = convert_batch("visual_behavior_rig", [tmp_path / "sources"], tmp_path / "nwb", settings=Settings())
    assert len(outcomes) == len(bad) == 33
    for outcome, path in zip(outcomes, bad, strict=True):
        assert outcome.status == "failed", path.name
        assert not outcome.broke, (path.name, outcome.reason)
        assert path.name in outcome.reason, outcome.reason
        assert all(f"\n  {part}: " in outcome.reason for part in ("where", "got", "expected", "what to do"))
    assert not list(tmp_path.rglob("*.nwb"))
    assert not list(tmp_path.rglob(MARKER))
