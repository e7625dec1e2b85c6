"""Made-up recordings: names, content, determinism, lags, and what is refused."""

import h5py
import numpy as np
import pytest

from nwbgate.errors import UsageError, WriteError
from nwbgate.samples.dataset_ii import (
    OPHYS_PERIOD,
    describe_recording,
    make_recording,
    make_recordings,
    recording_numbers,
    simulate_recording,
)
from nwbgate.samples.genotypes import GENOTYPES

SHORT = {"seconds": 5.0, "sampling_rate": 4000.0}


def content(path):
    with h5py.File(path) as file:
        return {name: dataset[()] for name, dataset in file.items()}


def lag(*, first=0.0, last=1.0, **options):
    """Seconds by which dF/F follows the model of the true spikes, in the given part of a long active recording."""
    from nwbgate.samples.fluorescence import calcium

    rng = np.random.default_rng(5)
    recording = simulate_recording(rng, genotype="Emx1-f", seconds=300.0, sampling_rate=1000.0, rate=2.0, **options)
    part = slice(round(first * len(recording.dff)), round(last * len(recording.dff)))
    shifts = np.arange(-0.1, 0.5, 0.01)
    line = GENOTYPES["Emx1-f"]
    models = [
        calcium(recording.true_spike_times + shift, line, len(recording.dff), OPHYS_PERIOD)[part] ** line.exponent
        for shift in shifts
    ]
    return shifts[np.argmax([np.corrcoef(model, recording.dff[part])[0, 1] for model in models])]


def test_a_recording_holds_the_variables_of_the_description(tmp_path):
    path = make_recording(tmp_path / "103991.h5", **SHORT)
    variables = content(path)
    assert set(variables) == {
        "dff", "dte", "dto", "ephys_baseline_subtracted", "ephys_raw", "genotype", "quiroma", "sptimes",
    }  # fmt: skip
    assert variables["ephys_raw"].shape == variables["ephys_baseline_subtracted"].shape == (20000,)
    assert variables["ephys_raw"].dtype == variables["dff"].dtype == np.float64
    assert variables["dte"] == pytest.approx(2.5e-4)
    assert variables["genotype"] == b"Emx1-IRES-Cre;Camk2a-tTA;Ai94"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("seconds", [2.0, 7.3, 60.0])
def test_voltage_and_fluorescence_end_within_one_frame_of_each_other(seconds):
    recording = simulate_recording(np.random.default_rng(0), seconds=seconds, sampling_rate=4000.0)
    ephys = len(recording.voltage.raw) * recording.ephys_period
    assert abs(ephys - len(recording.dff) * recording.ophys_period) <= recording.ophys_period


def test_the_three_genotypes_take_turns(tmp_path):
    paths = make_recordings(tmp_path, recordings=4, **SHORT)
    genotypes = [content(path)["genotype"].decode() for path in paths]
    assert genotypes == [GENOTYPES[name].text for name in ("Emx1-s", "Emx1-f", "Cux2-f", "Emx1-s")]


def test_equal_seeds_make_equal_recordings_and_others_do_not(tmp_path):
    first, again, other = (
        make_recordings(tmp_path / name, recordings=3, seed=seed, **SHORT)
        for name, seed in (("first", 0), ("again", 0), ("other", 1))
    )
    assert [path.name for path in first] == [path.name for path in again] != [path.name for path in other]
    for one, two in zip(first, again, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert not np.array_equal(content(first[0])["dff"], content(other[0])["dff"])


def test_recordings_of_one_call_differ(tmp_path):
    paths = make_recordings(tmp_path, recordings=4, **SHORT)
    assert len({content(path)["ephys_raw"][0] for path in paths}) == 4


def test_more_recordings_keep_the_names_of_fewer():
    assert recording_numbers(10, seed=3)[:4] == recording_numbers(4, seed=3)
    assert len(set(recording_numbers(2000, seed=3))) == 2000


def test_without_a_lag_fluorescence_follows_the_spikes_at_once():
    assert lag() == pytest.approx(0.0, abs=0.02)


def test_a_planted_lag_delays_fluorescence():
    assert lag(ophys_lag=0.2) == pytest.approx(0.2, abs=0.02)


def test_a_planted_clock_error_grows_with_time():
    early, late = (lag(clock_error=1e-3, first=first, last=last) for first, last in ((0.0, 0.33), (0.67, 1.0)))
    assert late - early == pytest.approx(0.2, abs=0.04)


def test_a_given_rate_is_kept():
    recording = simulate_recording(np.random.default_rng(1), seconds=300.0, sampling_rate=1000.0, rate=4.0)
    assert len(recording.true_spike_times) / 300.0 == pytest.approx(4.0, rel=0.3)


def test_a_recording_is_described_for_the_final_table(tmp_path):
    path = make_recording(tmp_path / "1.h5", genotype="Cux2-f", **SHORT)
    assert dict(describe_recording(path)) == {
        "genotype": "Cux2-f",
        "length": "5 s",
        "voltage": "4 kHz",
        "dF/F": "31.66 Hz",
        "spikes": str(len(content(path)["sptimes"])),
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"genotype": "Sst"}, "unknown genotype"),
        ({"fault": "gremlins"}, "unknown fault"),
        ({"seconds": 1.9}, "too short"),
    ],
)
def test_a_recording_that_cannot_be_made_is_refused(tmp_path, options, message):
    with pytest.raises(UsageError, match=message):
        make_recording(tmp_path / "1.h5", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("recordings", [0, -1, 2001])
def test_a_senseless_number_of_recordings_is_refused(tmp_path, recordings):
    with pytest.raises(UsageError, match="1 to 2000"):
        make_recordings(tmp_path, recordings=recordings)


def test_existing_recordings_are_kept_unless_they_may_be_overwritten(tmp_path):
    kept = make_recordings(tmp_path, recordings=1, **SHORT)[0]
    kept.write_text("mine")
    with pytest.raises(UsageError, match=f"exist already\n  where: {kept}"):
        make_recordings(tmp_path, recordings=2, **SHORT)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
    make_recordings(tmp_path, recordings=2, overwrite=True, **SHORT)
    assert len(content(kept)) == 8


def test_one_existing_recording_is_kept_unless_it_may_be_overwritten(tmp_path):
    path = make_recording(tmp_path / "1.h5", **SHORT)
    with pytest.raises(FileExistsError):
        make_recording(path, seed=1, **SHORT)
    make_recording(path, seed=1, overwrite=True, **SHORT)


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot write"):
        make_recordings(tmp_path / "file" / "samples", recordings=1, **SHORT)
