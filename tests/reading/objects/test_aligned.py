"""Series and units of any file around any events."""

import numpy as np
import pytest

import nwbgate
from nwbgate.errors import UsageError
from support.any_nwb_file import COUNTS, GAINS, make_nwb_file


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    with nwbgate.open(make_nwb_file(tmp_path_factory.mktemp("any") / "a.nwb")) as opened:
        yield opened


def test_a_series_is_cut_out_around_own_times_with_nan_outside(data):
    found = data.aligned("Raw", [6.0, 5.0], (-0.02, 0.01))
    assert found.dims == ("event", "time", "channel")
    assert found["time"].values == pytest.approx([-0.02, -0.01, 0.0, 0.01])
    assert np.allclose(found[0], (COUNTS * 1e-6 * GAINS + 0.5)[98:102])
    assert np.isnan(found[1, :2]).all()
    assert not np.isnan(found[1, 2:]).any()


def test_tables_give_times_and_coordinates(data):
    found = data.aligned("Speed", "tones", (0, 0.1))
    assert found["hertz"].values.tolist() == [8000, 16000]
    assert found["event_time"].values.tolist() == [1.0, 2.0]
    assert data.aligned("Speed", "pokes", (0, 0.1)).shape[0] == 2


def test_units_are_counted_in_bins_around_the_event(data):
    found = data.aligned("units", [1.0, 2.0], (-0.1, 0.1), bin_width=0.1)
    assert found.dims == ("event", "time", "unit")
    assert found.values[:, :, 0].tolist() == [[0, 20, 0], [0, 10, 0]]
    assert found.values[:, :, 1].tolist() == [[0, 0, 0], [0, 10, 0]]


def test_what_does_not_exist_is_named_with_the_nearest(data):
    with pytest.raises(UsageError, match="did you mean 'tones'"):
        data.aligned("Speed", "tonse")
    with pytest.raises(UsageError, match="no series 'acquisition/Rwa'"):
        data.aligned("acquisition/Rwa", [1.0])
    with pytest.raises(UsageError, match="an event has no time"):
        data.aligned("Speed", [1.0, np.nan])
