"""Every layout of a recording is read; every unsound one is refused, naming file and variable."""

import pickle
import warnings

import h5py
import numpy as np
import pytest

from nwbgate.errors import SourceError, SourceWarning
from nwbgate.interfaces.dataset_ii import RecordingSource
from nwbgate.samples.layouts import LAYOUTS


def described(path):
    """The variables as 1-D arrays, whatever the layout."""
    with h5py.File(path) as file:
        return {name: np.asarray(dataset[()]).reshape(-1) for name, dataset in file.items()}


def change(path, **variables):
    with h5py.File(path, "a") as file:
        for name, value in variables.items():
            del file[name]
            file[name] = value
    return path


def refused(path) -> SourceError:
    with pytest.raises(SourceError) as caught:
        RecordingSource(path)
    return caught.value


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_the_numbers_that_are_stored(make, name):
    path = make(layout=LAYOUTS[name])
    source, stored = RecordingSource(path), described(path)
    assert source.recording_id == "102956"
    assert source.genotype == "Emx1-IRES-Cre;Camk2a-tTA;Ai94"
    assert source.threshold_key == LAYOUTS[name].threshold_key
    assert source.threshold == stored[source.threshold_key][0]
    assert (source.ephys_period, source.ophys_period) == (stored["dte"][0], stored["dto"][0])
    assert np.array_equal(source.spike_times, stored["sptimes"])
    for trace in (source.ephys_raw, source.ephys_baseline_subtracted, source.dff):
        assert trace.dtype == stored[trace.name].dtype
        assert np.array_equal(trace[:].reshape(-1), stored[trace.name])


def test_the_recording_id_is_the_stem(recording):
    assert RecordingSource(recording).recording_id == "103991"


@pytest.mark.parametrize("stem", ["103_991", "103 991", "103991.copy", "a'b", "m:1", "50%", "x@y"])
def test_a_stem_that_dandi_refuses_is_refused(make, stem):
    error = refused(make().rename(make(name="other").with_name(f"{stem}.h5")))
    assert "recording id" in error.what
    assert f"{stem}.h5" in error.where


@pytest.mark.parametrize(
    ("fault", "variable", "what"),
    [
        *[
            (f"missing_{name}", name, "missing")
            for name in ("dff", "dte", "dto", "ephys_raw", "ephys_baseline_subtracted", "genotype", "sptimes")
        ],
        *[(f"empty_{name}", name, "empty") for name in ("dff", "ephys_raw", "ephys_baseline_subtracted", "genotype")],
        *[
            (f"text_{name}", name, "wrong type")
            for name in ("dff", "dte", "dto", "ephys_raw", "ephys_baseline_subtracted", "quiroma", "sptimes")
        ],
        *[
            (f"block_{name}", name, "dimensions")
            for name in ("dff", "dte", "dto", "ephys_raw", "ephys_baseline_subtracted", "quiroma", "sptimes")
        ],
        *[
            (f"{kind}_{name}", name, "not finite")
            for kind in ("nan", "infinite")
            for name in ("dte", "dto", "quiroma", "sptimes")
        ],
        ("numeric_genotype", "genotype", "wrong type"),
        ("dff_is_a_group", "dff", "not a dataset"),
        ("zero_dte", "dte", "sampling period"),
        ("negative_dto", "dto", "sampling period"),
        ("rate_as_dte", "dte", "sampling period"),
        ("rate_as_dto", "dto", "sampling period"),
        ("tiny_dte", "dte", "sampling period"),
        ("tiny_dto", "dto", "sampling period"),
        ("wrong_dte", "dte", "sampling period"),
        ("unsorted_spikes", "sptimes", "not sorted"),
        ("repeated_spike", "sptimes", "repeated"),
        ("negative_spike", "sptimes", "outside"),
        ("spike_past_end", "sptimes", "outside"),
        ("different_lengths", "ephys_raw", "differ in length"),
        ("durations_disagree", "ephys_raw", "differ in duration"),
        ("huge_shape", "ephys_raw", "more data than the file contains"),
        ("external_link", "dff", "not stored in the file"),
        ("soft_link_out", "dff", "not stored in the file"),
        ("virtual_dataset", "dff", "not stored in the file"),
        ("external_storage", "dff", "not stored in the file"),
        ("dangling_link", "dff", "missing"),
    ],
)
def test_a_bad_variable_is_refused_by_name(make, fault, variable, what):
    path = make(fault=fault)
    error = refused(path)
    assert what in error.what
    assert error.where.startswith(f"{path}:/{variable}")
    assert error.got
    assert error.expected


def test_the_threshold_is_missing_under_both_names(make):
    error = refused(make(fault="missing_quiroma"))
    assert "threshold is missing" in error.what
    assert error.expected == "quiroma or quiroga"


@pytest.mark.parametrize(
    ("fault", "what"), [("not_hdf5", "not HDF5"), ("empty_file", "not HDF5"), ("truncated", "truncated")]
)
def test_a_file_that_hdf5_cannot_open_is_refused(make, fault, what):
    path = make(fault=fault)
    error = refused(path)
    assert what in error.what
    assert error.where == str(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "does not exist" in refused(tmp_path / "1.h5").what


def test_a_file_that_may_not_be_read_is_refused(make, monkeypatch):
    def deny(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    path = make()
    monkeypatch.setattr(h5py, "File", deny)  # a superuser may read anything, so the mode bits cannot be tried
    assert "no permission to read" in refused(path).what


@pytest.mark.parametrize("rate", [1e3, 200e3])
def test_rates_at_the_ends_of_the_range_are_believed(make, rate):
    assert RecordingSource(make(sampling_rate=rate)).ephys_period == pytest.approx(1 / rate)


def test_one_frame_of_difference_is_nothing_and_more_is_a_warning(make):
    path = make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RecordingSource(path)
    with pytest.warns(SourceWarning, match="more than one frame apart"):
        RecordingSource(make(name="102957", fault="durations_differ"))


def test_a_threshold_that_is_not_positive_is_a_warning(make):
    with pytest.warns(SourceWarning, match="threshold is not positive"):
        RecordingSource(make(fault="negative_threshold"))


def test_a_last_spike_one_sample_after_the_end_is_accepted_and_two_are_not(make):
    path = make()
    source = RecordingSource(path)
    one = source.ephys_seconds + source.ephys_period
    times = np.append(source.spike_times, one)
    assert RecordingSource(change(path, sptimes=times)).spike_times[-1] == one
    times[-1] = source.ephys_seconds + 2 * source.ephys_period
    assert "outside" in refused(change(path, sptimes=times)).what


def test_spike_times_of_another_type_become_float64(make):
    path = make()
    times = RecordingSource(path).spike_times.astype(np.float32)
    assert RecordingSource(change(path, sptimes=times)).spike_times.dtype == np.float64


@pytest.mark.parametrize("value", [np.array([1 + 2j, 3]), np.array([True, False])])
def test_complex_numbers_and_flags_are_no_samples(make, value):
    assert "wrong type" in refused(change(make(), dff=value)).what


@pytest.mark.parametrize("dtype", ["float16", "longdouble"])
def test_numbers_that_nwb_does_not_know_are_refused(make, dtype):
    error = refused(change(make(), dff=np.zeros(100, dtype)))
    assert "wrong type" in error.what
    assert "float32 or float64" in error.expected


def test_a_genotype_that_is_not_utf8_is_refused(make):
    assert "wrong type" in refused(change(make(), genotype=np.bytes_(b"Emx1\xff\xfe"))).what


def test_a_genotype_of_two_texts_is_refused(make):
    assert "dimensions" in refused(change(make(), genotype=np.array([b"Emx1", b"Cux2"]))).what


def test_a_soft_link_inside_the_file_is_followed(make):
    path = make()
    with h5py.File(path, "a") as file:
        file.move("dff", "data/signals/dff")
        file["signals"] = h5py.SoftLink("data/signals")
        file["dff"] = h5py.SoftLink("/signals/dff")
    assert len(RecordingSource(path).dff) > 0


def test_links_in_a_circle_are_refused(make):
    path = make()
    with h5py.File(path, "a") as file:
        del file["dff"]
        file["dff"] = h5py.SoftLink("/again")
        file["again"] = h5py.SoftLink("/dff")
    assert "circular link" in refused(path).what


@pytest.mark.parametrize("options", [{"chunks": (1000,)}, {"chunks": (1000,), "compression": "gzip"}])
def test_chunks_that_were_never_written_are_refused(make, options):
    path = make()
    with h5py.File(path, "a") as file:
        samples = file["ephys_raw"].size
        del file["ephys_raw"]
        file.create_dataset("ephys_raw", (samples,), "f8", **options)[:2000] = np.ones(2000)
    error = refused(path)
    assert "more data than the file contains" in error.what
    assert f"{samples * 8} bytes" in error.got


def test_a_contiguous_dataset_without_storage_is_refused(make):
    path = make()
    with h5py.File(path, "a") as file:
        del file["dff"]
        file.create_dataset("dff", (2**48,), "f8")
    assert "more data than the file contains" in refused(path).what


def test_a_text_longer_than_the_file_is_never_read(make):
    path = make()
    with h5py.File(path) as file:
        place = file["genotype"].id.get_offset()
    data = bytearray(path.read_bytes())
    data[place : place + 4] = (2**31).to_bytes(4, "little")
    path.write_bytes(data)
    assert "a text of 2147483648 bytes" in refused(path).got


@pytest.mark.filterwarnings("ignore::nwbgate.errors.SourceWarning")
def test_damage_anywhere_is_our_error(make, tmp_path):
    """Flip bytes all over the file: it is read, or refused; nothing else."""
    good = make().read_bytes()
    rng, places = np.random.default_rng(0), set()
    for trial in range(120):
        data = bytearray(good)
        for place in rng.integers(0, min(len(data), 8000), 8):
            data[place] = rng.integers(0, 256)
        path = tmp_path / f"{trial}.h5"
        path.write_bytes(data)
        try:
            source = RecordingSource(path)
            for trace in (source.ephys_raw, source.ephys_baseline_subtracted, source.dff):
                trace.refuse_not_finite(source.ephys_period)
        except SourceError as error:
            places.add(str(path) in error.where)
    assert places == {True}


def test_a_source_can_be_sent_to_another_process(recording):
    source = pickle.loads(pickle.dumps(RecordingSource(recording)))
    assert np.array_equal(source.dff[:5], RecordingSource(recording).dff[:5])


def test_no_file_stays_open(make):
    path = make()
    source = RecordingSource(path)
    source.ephys_raw[:10]
    with h5py.File(path, "r+") as file:  # HDF5 refuses to write to a file that is open for reading
        assert file
