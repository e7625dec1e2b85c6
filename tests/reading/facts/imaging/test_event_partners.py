"""Detected events against dF/F."""

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.imaging.event_partners import event_partners
from support.standard_session import ACTIVE

FRAMES, ROIS, RATE = 9000, 3, 31.0
CLOCKS = pd.DataFrame({"stream": ["imaging"], "plane": ["p"], "period": [1 / RATE]})


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "traces.h5", "w") as opened:
        yield opened


def made(noise: float = 0.1, decay: float = 0.7, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Events, and a dF/F that jumps by each and decays (seconds), with noise."""
    rng = np.random.default_rng(seed)
    events = np.where(rng.random((FRAMES, ROIS)) < 0.02, rng.gamma(4, 0.1, (FRAMES, ROIS)), 0.0)
    calcium, level = np.empty_like(events), np.zeros(ROIS)
    for frame, event in enumerate(events):
        level = level * np.exp(-1 / (decay * RATE)) + event
        calcium[frame] = level
    return events, calcium + rng.normal(0, noise, events.shape)


def found(file: h5py.File, events: np.ndarray, dff: np.ndarray) -> pd.DataFrame:
    rois = []
    for table, values in (("events", events), ("dff_traces", dff)):
        file[f"{table}/data"] = values
        ids = pd.array([11, 12, 13], dtype="Int64")
        rois.append(
            pd.DataFrame({"path": f"/{table}", "table": table, "plane": "p", "column": range(3), "cell_roi_id": ids})
        )
    return event_partners(file, pd.concat(rois, ignore_index=True), CLOCKS)


def test_the_events_of_a_session_are_their_own():
    partners = session_frames(ACTIVE, ["event_partners"])["event_partners"]
    assert (partners["own"] > 0.15).all()
    assert (partners["best_cell_roi_id"] == partners["cell_roi_id"]).all()
    assert (partners["lag"] == 0).all()
    assert partners["jump"].between(0.5, 1.5).all()


@pytest.mark.parametrize("noise", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("decay", [0.3, 0.7, 2.0])
def test_events_of_fast_and_slow_indicators_fit_their_trace(file, noise, decay):
    partners = found(file, *made(noise, decay))
    assert (partners["own"] > 0.15).all()
    assert (np.abs(partners["jump"] - 1) < 4 * partners["error"] + 0.1).all()


@pytest.mark.parametrize("lag", [-3, 1, 5])
def test_events_that_are_frames_off_show_their_lag(file, lag):
    events, dff = made()
    partners = found(file, np.roll(events, -lag, axis=0), dff)
    assert partners["lag"].tolist() == [lag] * 3
    assert partners["plane_lag"].tolist() == [lag] * 3
    assert (np.abs(partners["jump"]) < 4 * partners["error"]).all()


def test_events_of_another_roi_fit_that_one(file):
    events, dff = made()
    partners = found(file, events[:, [1, 0, 2]], dff)
    assert partners["best_cell_roi_id"].tolist() == [12, 11, 13]
    assert (partners["own"][:2] < 0.05).all()


def test_a_silent_roi_has_no_events_and_no_jump(file):
    events, dff = made()
    events[:, 1] = 0.0
    partners = found(file, events, dff)
    assert partners["n_events"][1] == 0
    assert np.isnan(partners["jump"][1])
