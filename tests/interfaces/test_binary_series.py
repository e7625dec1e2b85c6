"""A flat binary file as a time series."""

import numpy as np
import pytest
from pynwb.testing.mock.file import mock_NWBFile

from nwbgate.errors import SourceError
from nwbgate.interfaces.binary_series import BinarySeriesInterface


def written(path, samples, header=b""):
    path.write_bytes(header + samples.tobytes())
    return path


def series_of(interface, **options):
    nwbfile = mock_NWBFile()
    interface.add_to_nwbfile(nwbfile, **options)
    (series,) = nwbfile.acquisition.values()
    return series


def test_samples_are_kept_as_they_are_with_their_unit(tmp_path):
    samples = np.arange(-5, 5, dtype="<i2")
    stream = BinarySeriesInterface(file_path=written(tmp_path / "v.bin", samples), sampling_rate=1000.0)
    series = series_of(stream, name="Voltage", conversion=1e-5, unit="volts")
    assert series.data.dtype == np.int16
    assert series.data.tolist() == samples.tolist()
    assert (series.name, series.conversion, series.rate, series.starting_time) == ("Voltage", 1e-5, 1000.0, 0.0)


def test_channels_stand_side_by_side_after_a_header(tmp_path):
    path = written(tmp_path / "v.raw", np.arange(6, dtype=">f4"), header=b"head")
    stream = BinarySeriesInterface(file_path=path, sampling_rate=10.0, dtype=">f4", channels=2, skip_bytes=4)
    assert stream.samples.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert stream.get_original_timestamps().tolist() == [0.0, 0.1, 0.2]


def test_it_is_aligned_as_other_interfaces(tmp_path):
    stream = BinarySeriesInterface(file_path=written(tmp_path / "v.bin", np.zeros(4, "<i2")), sampling_rate=10.0)
    stream.set_aligned_starting_time(2.5)
    assert series_of(stream).starting_time == 2.5
    stream.set_aligned_timestamps(np.array([0.0, 0.1, 0.3, 0.4]))
    assert series_of(stream).timestamps.tolist() == pytest.approx([0.0, 0.1, 0.3, 0.4])


@pytest.mark.parametrize("content", [b"", b"abc"], ids=["empty", "cut"])
def test_a_size_that_does_not_fit_is_an_error(tmp_path, content):
    path = tmp_path / "v.bin"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="a multiple of 2 bytes"):
        BinarySeriesInterface(file_path=path, sampling_rate=10.0)
