"""Every fault of a made-up recording is really there, and alone."""

import h5py
import numpy as np
import pytest

from nwbgate.samples.dataset_ii import make_recording
from nwbgate.samples.faults import FAULTS
from nwbgate.samples.layouts import SCALARS, TRACES, VARIABLES

RECORDING = {"seconds": 4.0, "sampling_rate": 4000.0, "seed": 3}
NUMBERS = (*TRACES, *SCALARS, "sptimes")


def make(tmp_path, fault=None):
    return make_recording(tmp_path / f"{fault}.h5", fault=fault, **RECORDING)


def content(path):
    with h5py.File(path) as file:
        return {name: dataset[()] for name, dataset in file.items() if isinstance(dataset, h5py.Dataset)}


def seconds(variables):
    return variables["ephys_raw"].size * variables["dte"], variables["dff"].size * variables["dto"]


#: Fault -> what is true of its content and would be false of a sound recording's.
FAULTY = {
    "empty_genotype": lambda v: v["genotype"] == b"",
    "numeric_genotype": lambda v: v["genotype"] == 94.0,
    "unknown_genotype": lambda v: v["genotype"] == b"Sst-IRES-Cre;Ai148",
    "dff_is_a_group": lambda v: "dff" not in v,
    "zero_dte": lambda v: v["dte"] == 0,
    "negative_dto": lambda v: v["dto"] < 0,
    "rate_as_dte": lambda v: v["dte"] > 1,
    "rate_as_dto": lambda v: v["dto"] > 1,
    "tiny_dte": lambda v: 1 / v["dte"] > 200e3,
    "tiny_dto": lambda v: 1 / v["dto"] > 200,
    "wrong_dte": lambda v: 1 / v["dte"] == pytest.approx(400),
    "negative_threshold": lambda v: v["quiroma"] < 0,
    "unsorted_spikes": lambda v: np.diff(v["sptimes"]).min() < 0,
    "repeated_spike": lambda v: np.diff(v["sptimes"]).min() == 0,
    "negative_spike": lambda v: v["sptimes"].min() < 0,
    "spike_past_end": lambda v: v["sptimes"].max() > seconds(v)[0] + v["dte"],
    "spikes_off_grid": lambda v: np.all(np.abs(v["sptimes"] / v["dte"] % 1 - 0.4) < 1e-6),
    "different_lengths": lambda v: v["ephys_raw"].size == v["ephys_baseline_subtracted"].size - 1,
    "durations_differ": lambda v: v["dto"] < seconds(v)[0] - seconds(v)[1] < 1,
    "durations_disagree": lambda v: 1 < seconds(v)[0] - seconds(v)[1] < 2,
}
FAULTY |= {f"missing_{name}": lambda v, name=name: name not in v for name in VARIABLES}
FAULTY |= {f"empty_{name}": lambda v, name=name: v[name].size == 0 for name in TRACES}
FAULTY |= {f"text_{name}": lambda v, name=name: isinstance(v[name], bytes) for name in NUMBERS}
FAULTY |= {f"block_{name}": lambda v, name=name: np.ndim(v[name]) == 3 for name in (*NUMBERS, "genotype")}
FAULTY |= {f"nan_{name}": lambda v, name=name: np.isnan(v[name]).sum() == 1 for name in NUMBERS}
FAULTY |= {f"infinite_{name}": lambda v, name=name: np.isinf(v[name]).sum() == 1 for name in NUMBERS}

DAMAGED = {
    "truncated", "not_hdf5", "empty_file", "huge_shape", "external_link", "soft_link_out", "dangling_link",
    "virtual_dataset", "external_storage",
}  # fmt: skip
TIMING = {"drifted_clock": ("clock_error", 1e-3), "late_ophys": ("ophys_lag", 0.2)}


def test_every_fault_is_tried_here():
    assert set(FAULTS) == set(FAULTY) | DAMAGED | set(TIMING)


def test_every_fault_says_what_is_wrong():
    assert len({fault.title for fault in FAULTS.values()}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTY)
def test_the_fault_is_there(tmp_path, fault):
    assert FAULTY[fault](content(make(tmp_path, fault)))


@pytest.mark.parametrize("fault", FAULTY)
def test_a_sound_recording_does_not_have_it(tmp_path, fault):
    assert not FAULTY[fault](content(make(tmp_path)))


@pytest.mark.parametrize("fault", sorted(set(FAULTY) - {"durations_differ", "durations_disagree"}))
def test_all_other_variables_are_sound(tmp_path, fault):
    sound, faulty = content(make(tmp_path)), content(make(tmp_path, fault))
    changed = [name for name in sound if name not in faulty or not np.array_equal(sound[name], faulty[name])]
    assert len(changed) == 1


@pytest.mark.parametrize("fault", ["truncated", "not_hdf5", "empty_file"])
def test_a_damaged_file_cannot_be_opened(tmp_path, fault):
    with pytest.raises(OSError):
        h5py.File(make(tmp_path, fault))


def test_a_huge_shape_is_declared_and_not_stored(tmp_path):
    path = make(tmp_path, "huge_shape")
    with h5py.File(path) as file:
        assert file["ephys_raw"].nbytes > 1e15
        assert file["ephys_raw"].id.get_num_chunks() == 0


@pytest.mark.parametrize("fault", ["external_link", "soft_link_out", "virtual_dataset", "external_storage"])
def test_content_outside_the_file_is_really_reached(tmp_path, fault):
    with h5py.File(make(tmp_path, fault)) as file:
        assert np.array_equal(file["dff"][()], content(make(tmp_path))["dff"])
    (tmp_path / f"{fault}.outside").unlink()
    with h5py.File(tmp_path / f"{fault}.h5") as file:
        assert not reachable(file, content(tmp_path / "None.h5")["dff"])


def reachable(file, values):
    try:
        return np.array_equal(file["dff"][()], values)
    except (KeyError, OSError):
        return False


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("external_link", h5py.ExternalLink), ("soft_link_out", h5py.SoftLink), ("dangling_link", h5py.SoftLink)],
)
def test_links_are_of_their_kind(tmp_path, fault, kind):
    with h5py.File(make(tmp_path, fault)) as file:
        assert isinstance(file.get("dff", getlink=True), kind)


def test_a_dangling_link_leads_nowhere(tmp_path):
    with h5py.File(make(tmp_path, "dangling_link")) as file:
        assert file.get("dff") is None


@pytest.mark.parametrize("fault", TIMING)
def test_a_timing_fault_is_the_planted_parameter(tmp_path, fault):
    name, value = TIMING[fault]
    planted = make_recording(tmp_path / "planted.h5", **RECORDING, **{name: value})
    assert planted.read_bytes() == make(tmp_path, fault).read_bytes()
    assert planted.read_bytes() != make(tmp_path).read_bytes()
