"""Mean and raster around events."""

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr

from nwbgate import plots
from nwbgate.errors import UsageError

mpl.use("agg")
VALUES = np.array([[[0.0], [2.0]], [[2.0], [4.0]], [[np.nan], [6.0]]])


def aligned(values=VALUES):
    time = np.array([-0.1, 0.0])
    return xr.DataArray(values, {"time": time}, ("event", "time", "cell"), name="dff", attrs={"unit": "%"})


def test_the_mean_has_a_band_of_one_standard_error_of_the_events_that_have_a_value():
    axes = plots.plot_aligned(aligned())
    assert axes.lines[0].get_ydata().tolist() == [1.0, 4.0]
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    assert corners[:, 1].max() == pytest.approx(4 + 2 / np.sqrt(3))
    assert corners[:, 1].min() == pytest.approx(1 - np.sqrt(2) / np.sqrt(2))
    assert axes.get_ylabel() == "dff (%)"


def test_the_raster_has_a_row_for_each_event():
    axes = plots.plot_aligned(aligned(), kind="raster", channel=0)
    (image,) = axes.images
    assert np.array_equal(np.ma.filled(image.get_array(), np.nan), VALUES[:, :, 0], equal_nan=True)


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (VALUES[:0], {}, "no events"),
        (VALUES, {"channel": 1}, "no such channel"),
        (VALUES, {"kind": "x"}, "unknown kind"),
    ],
    ids=["events", "channel", "kind"],
)
def test_what_cannot_be_drawn_is_said(values, options, message):
    with pytest.raises(UsageError, match=message):
        plots.plot_aligned(aligned(values), **options)
