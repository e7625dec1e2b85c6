"""Every layout of a source stores the same recording."""

import h5py
import numpy as np
import pytest

from nwbgate.samples.dataset_ii import make_recording
from nwbgate.samples.layouts import LAYOUTS, TRACES, RecordingLayout, write_source

RECORDING = {"seconds": 3.0, "sampling_rate": 4000.0, "seed": 2}


def stored(tmp_path, layout):
    path = make_recording(tmp_path / "recording.h5", layout=layout, overwrite=True, **RECORDING)
    with h5py.File(path) as file:
        return {name: dataset[()] for name, dataset in file.items()}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_holds_the_same_values(tmp_path, name):
    layout = LAYOUTS[name]
    plain, other = stored(tmp_path, RecordingLayout()), stored(tmp_path, layout)
    tolerance = {"float32": 1e-6, "int16": 1e-4}.get(layout.dtype, 0)
    for trace in TRACES:
        scale = np.abs(plain[trace]).max() / np.abs(other[trace]).max() if layout.dtype == "int16" else 1.0
        assert np.ravel(other[trace]) * scale == pytest.approx(plain[trace], rel=tolerance, abs=tolerance)
        assert other[trace].dtype == np.dtype(layout.dtype)
    shift = plain["dte"] if layout.one_based_spikes else 0.0
    assert np.ravel(other["sptimes"]) == pytest.approx(plain["sptimes"] + shift)
    assert np.ravel(other[layout.threshold_key])[0] == plain["quiroma"]


@pytest.mark.parametrize(("arrays", "shape"), [("(N,)", (12000,)), ("(1,N)", (1, 12000)), ("(N,1)", (12000, 1))])
def test_arrays_take_the_shape(tmp_path, arrays, shape):
    assert stored(tmp_path, RecordingLayout(arrays=arrays))["ephys_raw"].shape == shape


@pytest.mark.parametrize(("scalars", "shape"), [("()", ()), ("(1,)", (1,)), ("(1,1)", (1, 1))])
def test_scalars_take_the_shape(tmp_path, scalars, shape):
    variables = stored(tmp_path, RecordingLayout(scalars=scalars))
    assert {np.shape(variables[name]) for name in ("dte", "dto", "quiroma", "genotype")} == {shape}


def test_the_threshold_has_one_of_two_names(tmp_path):
    assert "quiroma" in stored(tmp_path, LAYOUTS["described"])
    other = stored(tmp_path, LAYOUTS["quiroga"])
    assert "quiroga" in other
    assert "quiroma" not in other


@pytest.mark.parametrize(
    ("genotype", "encoding", "length"), [("str", "utf-8", None), ("bytes", "ascii", None), ("fixed", "ascii", 29)]
)
def test_the_genotype_is_the_kind_of_text(tmp_path, genotype, encoding, length):
    path = make_recording(tmp_path / "recording.h5", layout=RecordingLayout(genotype=genotype), **RECORDING)
    with h5py.File(path) as file:
        text = h5py.check_string_dtype(file["genotype"].dtype)
        assert (text.encoding, text.length) == (encoding, length)
        assert file["genotype"].asstr()[()] == "Emx1-IRES-Cre;Camk2a-tTA;Ai94"


def test_compressed_traces_are_chunked(tmp_path):
    path = make_recording(tmp_path / "recording.h5", layout=LAYOUTS["gzip"], **RECORDING)
    with h5py.File(path) as file:
        assert file["ephys_raw"].compression == "gzip"
        assert file["sptimes"].chunks is None


def test_what_fails_half_way_leaves_nothing(tmp_path):
    with pytest.raises(TypeError):
        write_source(tmp_path / "recording.h5", {"dte": 1.0, "dff": [[object()]]}, RecordingLayout())
    assert not list(tmp_path.iterdir())
