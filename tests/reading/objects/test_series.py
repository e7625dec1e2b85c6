"""Series of any file: data in their unit, times, and a stretch of it."""

import h5py
import numpy as np
import pytest

import nwbgate
from nwbgate.errors import UsageError
from nwbgate.reading.nwb_data import ByName
from support.any_nwb_file import COUNTS, FRAMES, GAINS, make_nwb_file


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    with nwbgate.open(make_nwb_file(tmp_path_factory.mktemp("any") / "a.nwb")) as opened:
        yield opened


@pytest.fixture
def raw(data):
    return data.series["acquisition/Raw"]


def test_data_are_in_the_unit_with_conversion_of_each_channel_and_offset(raw):
    expected = COUNTS * 1e-6 * GAINS + 0.5
    assert raw.unit == "volts"
    assert np.allclose(raw.data[10:13], expected[10:13])
    assert np.allclose(raw.data[10, 2], expected[10, 2])
    assert np.allclose(raw[:, 1], expected[:, 1])
    assert np.allclose(np.asarray(raw), expected)
    assert (raw.data.dtype, raw.shape, len(raw)) == (np.float64, (1000, 4), 1000)


def test_raw_data_are_as_stored(raw):
    assert raw.raw.dtype == np.int16
    assert np.array_equal(raw.raw[:], COUNTS)


def test_times_come_from_the_rate_or_the_timestamps(data, raw):
    assert (raw.rate, raw.starting_time) == (100.0, 5.0)
    assert raw.timestamps[:2].tolist() == [5.0, 5.01]
    speed = data.series["acquisition/Speed"]
    assert speed.rate is None
    assert np.array_equal(speed.timestamps, FRAMES)


@pytest.mark.parametrize(("start", "stop", "samples"), [(5.1, 5.12, 3), (0, 5.0, 1), (14.985, 99, 1), (20, 30, 0)])
def test_between_reads_the_samples_of_an_interval_ends_included(raw, start, stop, samples):
    part = raw.between(start, stop)
    assert part.dims == ("time", "channel")
    assert len(part) == samples
    assert all(start <= time <= stop for time in part["time"].values)
    assert part.attrs["unit"] == "volts"


def test_between_follows_timestamps(data):
    part = data.series["acquisition/Speed"].between(1.0, 1.25)
    assert part.values.tolist() == [10.0, 11.0, 12.0]
    assert np.array_equal(part["time"], FRAMES[10:13])


def test_an_empty_interval_is_an_error(raw):
    with pytest.raises(UsageError, match="the interval has no length"):
        raw.between(2, 2)


def test_all_samples_become_xarray_and_a_table(data, raw):
    assert raw.to_xarray().shape == (1000, 4)
    frame = data.series["acquisition/Speed"].to_frame()
    assert list(frame) == ["timestamps", "Speed"]
    assert list(raw.to_frame()) == ["timestamps", "0", "1", "2", "3"]


def test_it_shows_what_it_is(raw):
    assert repr(raw).startswith("Series('acquisition/Raw', type: ElectricalSeries, shape: (1000, 4), unit: volts")
    assert "100 Hz from 5 s" in raw._repr_html_()
    assert "counts of a converter" in raw._repr_html_()


def test_only_what_is_indexed_is_read(tmp_path):
    path = tmp_path / "large.nwb"
    make_nwb_file(path)
    with h5py.File(path, "a") as file:
        del file["acquisition/Speed/data"], file["acquisition/Speed/timestamps"]
        group = file["acquisition/Speed"]
        large = group.create_dataset("data", (10**12,), "f8", chunks=(1000,), fillvalue=3.0)  # 8 TB, none of it stored
        large.attrs["unit"] = "cm/s"
        group.create_dataset("starting_time", data=0.0).attrs["rate"] = 1000.0
    with nwbgate.open(path) as opened:
        series = opened.series["acquisition/Speed"]
        assert series.between(1e8, 1e8 + 0.002).values.tolist() == [3.0] * 3
        with pytest.raises(nwbgate.NwbgateError, match="too large to be read at once"):
            np.asarray(series)


def test_many_names_are_shown_one_a_line_and_few_in_one(data):
    assert repr(data.series) == "{" + ", ".join(data.series) + "}"
    names = [f"acquisition/series_{number}" for number in range(9)]
    shown = repr(ByName(data, "series", dict.fromkeys(names, list))).splitlines()
    assert [line.strip(" ,") for line in shown] == ["{", *names, "}"]
