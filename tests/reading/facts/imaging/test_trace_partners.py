"""Traces of one ROI against each other."""

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.facts.imaging.trace_partners import robust_noise, trace_partners, windows
from support.standard_session import ACTIVE

TABLES = ("dff_traces", "corrected_fluorescence_traces", "demixed_traces", "neuropil_traces")
#: Frames and ROIs of made traces.
FRAMES, ROIS = 6000, 4


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "traces.h5", "w") as opened:
        yield opened


def made(noise: float = 0.1, drift: float = 0.0, seed: int = 0) -> dict[str, np.ndarray]:
    """Traces as the algorithm makes them, with noise, a baseline that drifts, and neuropil."""
    rng = np.random.default_rng(seed)
    baseline = 300 * np.linspace(1, 1 + drift, FRAMES)[:, None]
    neuropil = 150 + rng.normal(0, 8, (FRAMES, ROIS))
    corrected = baseline * (1 + rng.normal(0, noise, (FRAMES, ROIS)))
    share = np.array([0.2, 0.4, 0.6, 0.8])
    dff = (corrected - baseline) / baseline
    return dict(zip(TABLES, (dff, corrected, corrected + share * neuropil, neuropil), strict=True))


def found(file: h5py.File, traces: dict[str, np.ndarray], ids: dict[str, list[int]] | None = None) -> pd.DataFrame:
    rois = []
    for table, values in traces.items():
        file[f"{table}/data"] = values
        named = (ids or {}).get(table, [11, 12, 13, 14])
        rois.append(pd.DataFrame({"path": f"/{table}", "table": table, "plane": "p", "column": range(len(named))}))
        rois[-1]["cell_roi_id"] = pd.array(named, dtype="Int64")
    return trace_partners(file, pd.concat(rois, ignore_index=True))


def test_the_traces_of_a_session_are_their_own():
    partners = session_frames(ACTIVE, ["trace_partners"])["trace_partners"]
    assert (partners["own"] > 0.99).all()
    assert (partners["best_cell_roi_id"] == partners["cell_roi_id"]).all()
    assert partners["gain"].between(0.99, 1.02).all()
    assert (partners["unexplained"] < 1e-12).all()


@pytest.mark.parametrize("noise", [0.01, 0.1, 0.25])
@pytest.mark.parametrize("drift", [-0.5, 0.0, 1.0])
def test_noise_and_a_drift_of_the_baseline_change_little(file, noise, drift):
    partners = found(file, made(noise, drift))
    assert (partners["own"] > 0.95).all()
    assert partners["gain"].between(0.7, 1.4).all()
    assert (np.abs(partners["dff_median"]) < 0.05).all()
    assert partners["noise"].to_numpy() == pytest.approx(noise, rel=0.1)
    assert partners["subtracted"].tolist() == pytest.approx([0.2, 0.4, 0.6, 0.8])


def test_columns_are_matched_by_their_roi(file):
    traces = made()
    order = [2, 0, 3, 1]
    traces["corrected_fluorescence_traces"] = traces["corrected_fluorescence_traces"][:, order]
    partners = found(file, traces, {"corrected_fluorescence_traces": [13, 11, 14, 12]})
    assert (partners["own"] > 0.99).all()
    assert (partners["unexplained"] < 1e-12).all()


@pytest.mark.parametrize("lag", [1, -3, 20])
def test_a_lag_is_told(file, lag):
    traces = made()
    traces["dff_traces"][:, 1] = np.roll(traces["dff_traces"][:, 1], lag)
    partners = found(file, traces)
    assert partners["lag"].tolist() == [0, lag, 0, 0]
    assert partners["own"][1] < 0.2
    assert partners["at_lag"][1] > 0.9


def test_some_seconds_of_another_roi_lower_the_lowest_correlation(file):
    traces = made()
    middle = slice(FRAMES // 2, FRAMES // 2 + 300)
    traces["dff_traces"][middle, 1] = traces["dff_traces"][middle, 2]
    partners = found(file, traces)
    assert partners["own"][1] < 0.5
    assert partners["best_cell_roi_id"][1] == 12


def test_percent_are_a_gain_of_a_hundred(file):
    traces = made()
    traces["dff_traces"] *= 100
    assert found(file, traces)["gain"].to_numpy() == pytest.approx(100, rel=0.01)


def test_an_roi_without_fluorescence_has_no_own(file):
    partners = found(file, made(), {"corrected_fluorescence_traces": [11, 12, 13, 99]})
    assert partners["own"].isna().tolist() == [False, False, False, True]
    assert partners["unexplained"].isna().tolist() == [False, False, False, True]


def test_a_flat_trace_moves_with_nothing(file):
    traces = made()
    traces["dff_traces"][:] = 0.0
    assert found(file, traces)["own"].isna().all()


def test_traces_of_different_length_are_not_compared(file):
    traces = made()
    traces["dff_traces"] = traces["dff_traces"][:-1]
    assert found(file, traces).empty


def test_files_without_neuropil_have_no_share_of_it(file):
    traces = {name: made()[name] for name in TABLES[:2]}
    assert found(file, traces)["subtracted"].isna().all()


def test_windows_of_a_wide_plane_are_shorter(file):
    file["wide/data"] = np.zeros((5000, 600), np.float32)
    columns = pd.DataFrame({"path": "/wide", "column": range(600), "cell_roi_id": range(600)})
    of_plane = windows(file, columns)
    assert of_plane is not None
    assert sum(window.size for window in of_plane.values) <= 2**20


def test_the_noise_of_changes_is_that_of_the_samples():
    values = np.random.default_rng(0).normal(0, 2.0, (20000, 1))
    assert robust_noise(np.diff(values, axis=0))[0] == pytest.approx(2.0, rel=0.05)
