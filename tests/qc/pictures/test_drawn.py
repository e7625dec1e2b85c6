"""Pictures: no peak is lost, no text becomes markup, and a stream that is not there has no picture."""

import base64
import io
import re
from types import SimpleNamespace
from xml.etree.ElementTree import fromstring

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from nwbgate.errors import SourceError
from nwbgate.qc.pictures.downsampling import bin_means, envelope, small_image, thin_out
from nwbgate.qc.pictures.picture import picture
from nwbgate.qc.pictures.plane import FEWER_PIXELS, plane_pictures, view_of, views_pictures
from nwbgate.qc.pictures.recording import recording_pictures
from nwbgate.qc.pictures.session import session_pictures
from nwbgate.qc.streams import Streams

HOSTILE = "<script>alert(1)</script>&\"' $\\frac{1}{2}$"


@given(arrays(np.float64, st.integers(0, 500), elements=st.floats(-1e6, 1e6)), st.integers(1, 60))
def test_an_envelope_loses_no_peak(values, columns):
    times, low, high = envelope(values, np.arange(len(values), dtype=float), columns)
    assert len(times) == len(low) == len(high) <= max(columns, len(values))
    if len(values):
        assert low.min() == values.min()
        assert high.max() == values.max()


def test_an_envelope_passes_over_missing_values():
    values = np.r_[np.full(50, np.nan), np.arange(50.0)]
    _, low, high = envelope(values, np.arange(100.0), 10)
    assert np.isnan(low[:5]).all()
    assert list(high[5:]) == [9, 19, 29, 39, 49]


def test_averages_are_of_what_is_there():
    values = np.r_[np.full(10, np.nan), np.arange(10.0), [1.0, np.nan] * 5]
    times, means = bin_means(values, np.arange(30.0), 3)
    assert list(times) == [0, 10, 20]
    np.testing.assert_array_equal(means, [np.nan, 4.5, 1.0])


def test_few_values_stay_as_they_are():
    values = np.arange(5.0)
    assert bin_means(values, values, 10)[1] is values
    assert envelope(values, values, 10)[1] is values
    assert thin_out(values, 5) is values
    assert list(thin_out(np.arange(100.0), 3)) == [0, 49, 99]


def test_an_image_is_reduced_by_means_of_blocks():
    image = np.kron(np.arange(6.0).reshape(2, 3), np.ones((4, 4)))
    np.testing.assert_array_equal(small_image(image, 3), np.arange(6.0).reshape(2, 3))
    assert small_image(np.ones((513, 400)), 256).shape == (171, 133)
    assert small_image(np.ones((3, 2)), 256).shape == (3, 2)
    np.testing.assert_array_equal(small_image(np.ones((1000, 3)), 256), np.ones((250, 1)))


def test_a_picture_takes_the_colour_of_its_page_and_no_markup():
    drawn = picture("A b!", HOSTILE, "caption", lambda figure: figure.subplots().set_title(HOSTILE), height=1)
    root = fromstring(drawn.svg)
    assert drawn.name == "a-b-"
    assert root.attrib["aria-label"] == HOSTILE
    assert "currentColor" in drawn.svg
    assert "width" not in root.attrib
    assert "<script" not in drawn.svg
    assert not [element for element in root.iter() if element.tag.endswith(("script", "metadata"))]
    assert "".join(root.itertext()).count("$\\frac{1}{2}$") == 1, "mathematics in a name is a name"


def test_a_picture_is_the_same_each_time():
    one, other = (picture("a", "t", "c", lambda figure: figure.subplots().plot([1, 2]), height=1) for _ in range(2))
    assert one == other


def embedded(svg: str) -> np.ndarray:
    """Return the pixels of the one image of a picture, shape (rows, columns, 4)."""
    (coded,) = re.findall(r'data:image/png;base64,([^"]+)', svg)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(coded))).convert("RGBA"))


def test_an_image_with_a_palette_has_the_colours_that_were_drawn():
    values = np.arange(600.0).reshape(20, 30)
    values[3, 4] = np.nan
    shown = picture(
        "a", "t", "c", lambda figure: figure.subplots().imshow(values, cmap="magma", interpolation="none"), height=1
    )
    expected = mpl.colormaps["magma"](values / 599, bytes=True)
    np.testing.assert_array_equal(embedded(shown.svg)[np.isfinite(values)], expected[np.isfinite(values)])
    assert embedded(shown.svg)[3, 4, 3] == 0, "a missing value is transparent"


def test_an_image_of_many_colours_stays_as_it_is():
    colours = np.random.default_rng(0).integers(0, 256, (40, 40, 4), dtype=np.uint8)
    colours[..., 3] = 255
    shown = picture("a", "t", "c", lambda figure: figure.subplots().imshow(colours, interpolation="none"), height=1)
    np.testing.assert_array_equal(embedded(shown.svg), colours)


def test_eight_planes_of_noise_leave_half_of_a_page_to_the_rest():
    """Noise is what an image file can compress least; a page stays below 3 MB."""
    plane = MadePlane(frames=3000)
    noise = np.random.default_rng(0).integers(0, 256, (512, 512))
    plane.average_projection = plane.max_projection = noise
    plane.segmentation_mask_image = noise > 200
    plane.matrices["dff"] = np.random.default_rng(1).normal(size=(3000, 150))
    found = plane_pictures(view_of(Streams(plane), "a", FEWER_PIXELS))
    assert 8 * sum(len(each.svg) for each in found) < 1.5e6


def recording(spikes=(1.0, 1.5, 3.0), seconds=10.0, **changes) -> SimpleNamespace:
    """A recording with noise, peaks at the spikes, and fluorescence that jumps after each."""
    generator = np.random.default_rng(0)
    rate, frame_rate = 1000.0, 30.0
    voltage = generator.normal(0, 1e-5, int(seconds * rate))
    frames = np.arange(0, seconds, 1 / frame_rate)
    dff = generator.normal(0, 0.01, len(frames))
    for spike in spikes:
        if 0 <= spike < seconds:
            voltage[round(spike * rate)] = 1e-3
            dff += np.where(frames > spike, np.exp(-(frames - spike)), 0)
    given = {
        "voltage": voltage, "baseline_subtracted": voltage, "voltage_rate": rate, "voltage_start": 0.0, "dff": dff,
        "dff_timestamps": frames, "spike_times": np.array(spikes, dtype=float), "threshold": 3e-4,
    }  # fmt: skip
    return SimpleNamespace(**{key: value for key, value in {**given, **changes}.items() if value is not None})


def names(pictures) -> list[str]:
    return [each.name for each in pictures]


def drawn_of(made: SimpleNamespace):
    return recording_pictures(Streams(made, {}), made)


def test_a_recording_has_its_pictures():
    found = drawn_of(recording())
    assert names(found) == [
        "whole-recording", "busiest-stretch", "spike-triggered", "amplitude-over-time", "waveform", "intervals",
    ]  # fmt: skip
    assert sum(len(each.svg) for each in found) < 1_000_000


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"spikes": ()}, {"busiest-stretch", "spike-triggered", "amplitude-over-time", "waveform", "intervals"}),
        ({"spikes": (99.0,)}, {"busiest-stretch", "spike-triggered", "amplitude-over-time", "waveform", "intervals"}),
        ({"spikes": (1.0,)}, {"amplitude-over-time", "intervals"}),
        ({"spikes": (0.0, 9.999)}, {"intervals"}),
        ({"spikes": (1.0, 1.0, 1.0)}, set()),
        ({"dff": None, "dff_timestamps": None}, {"spike-triggered"}),
        ({"baseline_subtracted": None}, set()),
        ({"threshold": float("nan")}, set()),
        ({"seconds": 2.0, "spikes": (0.5,)}, {"amplitude-over-time", "intervals"}),
    ],
)
def test_what_is_not_there_has_no_picture(changes, missing):
    assert {*names(drawn_of(recording()))} - {*names(drawn_of(recording(**changes)))} == missing


def test_missing_fluorescence_is_drawn_as_a_gap():
    made = recording()
    made.dff[:] = np.nan
    assert "spike-triggered" in names(drawn_of(made))


class MadePlane:
    """A plane with random numbers in it, in the way that `nwbgate.open` gives them."""

    def __init__(self, group: int | None = 0, seed: int = 0, frames: int = 400, without: tuple[str, ...] = ()) -> None:
        generator = np.random.default_rng(seed)
        self.metadata = {"imaging_plane_group": group}
        self.ophys_timestamps = np.arange(frames) / 10
        self.average_projection = generator.random((64, 64))
        self.max_projection = self.average_projection + 1
        self.segmentation_mask_image = self.average_projection > 0.9
        self.motion_correction = pd.DataFrame(generator.normal(size=(frames, 2)), columns=["x", "y"])
        self.matrices = {"dff": generator.normal(size=(frames, 3)), "demixed": generator.random((frames, 3)) + 5}
        self.forgotten = False
        for name in without:
            self.matrices.pop(name) if name in self.matrices else delattr(self, name)

    def matrix(self, name):
        if name not in self.matrices:
            raise AttributeError(name)
        return self.matrices[name]

    def forget(self):
        self.forgotten = True


def test_a_session_has_pictures_of_its_planes_and_of_what_they_share():
    planes = {f"VISp_{depth}": MadePlane(seed=depth) for depth in (75, 175)}
    found = session_pictures(Streams(SimpleNamespace(planes=planes, stimulus_timestamps=np.arange(100) / 60), {}))
    assert names(found) == [
        "clocks", "intensity", "motion", "crosstalk", "projections-visp_75", "cells-visp_75", "projections-visp_175",
        "cells-visp_175",
    ]  # fmt: skip
    assert all(plane.forgotten for plane in planes.values())


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        (("demixed",), {"intensity"}),
        (("dff",), {"cells-a"}),
        (("motion_correction",), {"motion"}),
        (("average_projection", "max_projection", "segmentation_mask_image"), {"projections-a"}),
    ],
)
def test_a_plane_without_a_stream_lacks_its_picture(without, missing):
    whole, less = (
        session_pictures(Streams(SimpleNamespace(planes={"a": MadePlane(without=each)}), {})) for each in ((), without)
    )
    assert {*names(whole)} - {*names(less)} == missing


def test_planes_of_other_sizes_and_without_traces_can_be_compared():
    small = MadePlane(seed=1)
    small.average_projection = small.average_projection[:32]
    views = [view_of(Streams(plane), "a") for plane in (MadePlane(), small, MadePlane(without=("demixed",)))]
    assert "crosstalk" in names(views_pictures(views))


def test_constant_and_missing_traces_are_drawn():
    plane = MadePlane()
    plane.matrices["dff"][:] = np.nan
    plane.matrices["demixed"][:] = np.nan
    plane.average_projection[:] = 3
    assert "cells-a" not in names(session_pictures(Streams(SimpleNamespace(planes={"a": plane}), {})))


def behaving(**changes) -> SimpleNamespace:
    times = np.arange(0, 100, 0.1)
    given = {
        "running_speed": pd.DataFrame({"timestamps": times, "speed": np.sin(times)}),
        "eye_tracking": pd.DataFrame({"timestamps": times, "pupil_area": times}),
        "licks": pd.DataFrame({"timestamps": [1.0, 2.0]}),
        "rewards": pd.DataFrame({"timestamps": [2.0]}),
        "trials": pd.DataFrame({"start_time": [1.0, 2.0, 3.0]}),
        "rolling_performance": pd.DataFrame({"hit_rate": [0.0, 1.0], "false_alarm_rate": [0.5, 0.5]}, index=[0, 2]),
    }
    return SimpleNamespace(**{**given, **changes})


def test_behavior_is_one_picture_over_the_session():
    found = session_pictures(Streams(behaving(), {}))
    assert names(found) == ["behavior", "clocks"]
    assert "false alarm rate" in found[0].svg


@pytest.mark.parametrize(
    "table", ["running_speed", "eye_tracking", "licks", "rewards", "trials", "rolling_performance"]
)
def test_behavior_without_one_of_its_tables_is_drawn(table):
    for value in (None, pd.DataFrame({"other": [1.0]}), pd.DataFrame()):
        assert "behavior" in names(session_pictures(Streams(behaving(**{table: value}), {})))


def test_a_table_that_cannot_be_read_keeps_no_other_from_being_drawn():
    class Damaged(SimpleNamespace):
        @property
        def trials(self):
            raise SourceError("the table trials lacks columns")

    given = vars(behaving())
    del given["trials"]
    streams = Streams(Damaged(**given, planes={"a": MadePlane()}), {})
    found = session_pictures(streams)
    assert list(streams.unreadable) == ["trials"]
    assert names(found)[0] == "behavior"
    assert "projections-a" in names(found)
    assert "cm/s" in found[0].svg
    assert "hit rate" not in found[0].svg


def test_a_session_without_anything_has_no_picture():
    assert session_pictures(Streams(SimpleNamespace(), {})) == ()
