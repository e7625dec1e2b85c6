"""Every key is answered with what the file holds; what is not there is refused; a replaced file is noticed."""

import io
import json

import numpy as np
import pandas as pd
import pytest

import nwbgate
from nwbgate.browser.serving.browsed_file import RAW
from nwbgate.browser.serving.keys import UnknownKeyError
from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.packing import unpack
from nwbgate.browser.tracks.marks import FileJudgement, Mark
from nwbgate.errors import NwbgateError, SourceError, UsageError
from support.browsed_files import HOSTILE, SESSION, write_any, write_recording
from support.range_server import serving


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browsed")
    return [write_recording(folder / "recording.nwb"), SESSION, write_any(folder / "any+thing.nwb")]


@pytest.fixture(scope="module")
def library(files):
    opened = Library(files)
    yield opened
    opened.close()


def doc(library, number):
    return json.loads(library.answer(f"doc/{number}").content)


def track(library, number, name, group=None):
    tracks = doc(library, number)["tracks"]
    return next(n for n, each in enumerate(tracks) if each["name"] == name and group in (None, each["group"]))


def packed(library, key):
    return unpack(library.answer(key).content)


def test_a_recording_is_voltage_threshold_spikes_and_dff(library):
    found = doc(library, 0)
    kinds = [(each["name"], each["kind"], each["unit"]) for each in found["tracks"]]
    assert kinds == [
        ("voltage", "trace", "volts"), ("voltage without baseline", "trace", "volts"),
        ("spikes", "events", ""), ("dF/F", "trace", "n.a."),
    ]  # fmt: skip
    assert found["tracks"][1]["lines"] == [[0.002, "threshold"]]
    assert (found["kind"], found["start"]) == ("recording", 0.5)
    assert found["judged"] == {"findings": "not run", "quality": "not measured"}


def test_a_session_is_its_streams_and_planes(library):
    found = doc(library, 1)
    shown = [each["name"] for each in found["tracks"] if each["shown"]]
    assert shown == [
        "presentations", "trials", "licks", "rewards", "running speed", "pupil area", "dF/F", "calcium events",
    ]  # fmt: skip
    assert found["planes"][0]["cells"] == found["tracks"][6]["rows"]
    assert found["alignedTo"][0] == "changes"


def test_any_file_is_its_series_intervals_events_and_units(library):
    found = doc(library, 2)
    kinds = {each["name"]: each["kind"] for each in found["tracks"]}
    assert kinds == {
        "uneven": "trace", "disordered": "trace", "pair 0": "trace", "pair 1": "trace", "many": "heatmap",
        "images": "intervals", "epochs": "intervals", "pokes": "events", "spikes": "events",
    }  # fmt: skip
    assert any("words" in note for note in found["notes"])
    assert [stack["name"] for stack in found["stacks"]] == ["acquisition/images"]
    about, arrays = packed(library, f"rows/2/{track(library, 2, 'epochs')}")
    assert HOSTILE in about["categories"]
    np.testing.assert_array_equal(arrays["stop"], [10.0, 30.0])
    about, arrays = packed(library, f"rows/2/{track(library, 2, 'spikes')}")
    assert about["categories"] == ["unit 0", "unit 1"]
    np.testing.assert_array_equal(arrays["start"], [1.0, 1.5, 2.0, 2.5, 3.0])


def test_samples_are_bit_equal_to_the_file(library, files):
    with nwbgate.open(files[0]) as recording:
        for block in (0, 7, 73):
            _, arrays = packed(library, f"raw/0/0/{block}")
            np.testing.assert_array_equal(arrays["values"], recording.voltage[block * RAW : (block + 1) * RAW])
        _, arrays = packed(library, "raw/0/3/0")
        np.testing.assert_array_equal(arrays["values"], recording.dff)
        np.testing.assert_array_equal(arrays["times"], recording.dff_timestamps)


def test_the_first_file_is_open_before_it_is_asked_for(files):
    opened_ahead = Library(files[1:])
    opened_ahead.open_ahead().join()
    assert "opened" in opened_ahead.files[0].__dict__
    assert "opened" not in opened_ahead.files[1].__dict__
    opened_ahead.close()


def test_a_first_file_that_cannot_be_read_is_told_only_to_the_page(tmp_path):
    (tmp_path / "a.nwb").write_bytes(b"no HDF5")
    broken = Library([tmp_path / "a.nwb"])
    broken.open_ahead().join()
    with pytest.raises(NwbgateError):
        broken.answer("doc/0")


def test_of_a_recording_on_a_server_only_a_window_is_read(files):
    with serving(files[0].parent) as host:
        remote = Library([host.url(files[0].name)])
        found = doc(remote, 0)
        assert (found["remote"], found["first"]) == (True, 0.5)
        for key in ("grid/0/0", "rows/0/2", "grid/0/3", "raw/0/3/0", "raw/0/0/0"):
            remote.answer(key)
        remote.close()
        assert sum(host.sent) < 0.3 * files[0].stat().st_size


def test_of_a_session_on_a_server_no_heatmap_is_read_unasked(files):
    with serving(files[1].parent) as host:
        remote = Library([host.url(files[1].name)])
        shown = {track["kind"] for track in doc(remote, 0)["tracks"] if track["shown"]}
        assert shown == {"intervals", "events", "trace"}
        remote.close()


def test_tiles_hold_the_extremes_of_their_samples(library, files):
    about, _ = packed(library, "grid/0/1")
    assert (about["samples"], about["bins"], about["raw"]) == (300_000, 9375, True)
    tile, arrays = packed(library, "tile/0/1/1/0")
    with nwbgate.open(files[0]) as recording:
        bins = recording.baseline_subtracted[: 2343 * 128].reshape(-1, 128)
    assert tile["whole"]
    np.testing.assert_array_equal(arrays["high"][:2343], bins.max(1))
    np.testing.assert_array_equal(arrays["low"][:2343], bins.min(1))


def test_a_cell_is_a_row_of_its_heatmap(library):
    heat = track(library, 1, "dF/F")
    _, arrays = packed(library, f"raw/1/{heat}.2/0")
    with nwbgate.open(SESSION) as session:
        expected = session.plane.matrix("dff")[:, 2]
    np.testing.assert_array_equal(arrays["values"], expected[:RAW])


def test_means_equal_those_of_the_session(library):
    heat = track(library, 1, "dF/F")
    about, arrays = packed(library, f"mean/1/{heat}/0")
    with nwbgate.open(SESSION) as session:
        expected = session.aligned(session.plane, "changes")
    mean = expected.mean("event").transpose("cell", "time")
    error = (expected.std("event", ddof=1) / np.sqrt(expected.notnull().sum("event"))).transpose("cell", "time")
    shape = (about["cells"], -1)
    np.testing.assert_array_equal(arrays["time"], expected["time"])
    np.testing.assert_allclose(arrays["mean"].reshape(shape), mean, rtol=1e-12)
    np.testing.assert_allclose(arrays["sem"].reshape(shape), error, rtol=1e-9)
    assert about["events"] == expected.sizes["event"]


def test_a_mean_of_a_voltage_has_a_window_of_milliseconds(library):
    _, arrays = packed(library, "mean/0/1/0")
    assert arrays["time"][0] == pytest.approx(-0.01)
    assert arrays["time"][arrays["mean"].argmax()] == pytest.approx(0, abs=1e-9)


def test_masks_and_images_of_a_plane(library):
    about, arrays = packed(library, "plane/1/0")
    assert "max projection" in about["images"]
    assert arrays["max projection"].size == np.prod(about["images"]["max projection"])
    assert len(arrays["boxes"]) == 4 * len(doc(library, 1)["planes"][0]["cells"])


@pytest.mark.parametrize(("name", "number"), [("voltage", 0), ("dF/F", 3)])
def test_downloads_are_bit_equal_to_the_file(library, files, name, number):
    with nwbgate.open(files[0]) as recording:
        values, times = (
            (recording.voltage, recording.voltage_timestamps) if name == "voltage"
            else (recording.dff, recording.dff_timestamps)
        )  # fmt: skip
    inside = (times >= 3.1) & (times <= 4.7)
    csv = pd.read_csv(io.BytesIO(library.answer(f"csv/0/{number}/3.1/4.7").content))
    parquet = pd.read_parquet(io.BytesIO(library.answer(f"parquet/0/{number}/3.1/4.7").content))
    for table in (csv, parquet):
        np.testing.assert_array_equal(table.iloc[:, 0], times[inside])
        np.testing.assert_array_equal(table.iloc[:, 1], values[inside])


def test_rows_and_heatmaps_download_too(library):
    rows = pd.read_csv(io.BytesIO(library.answer(f"csv/2/{track(library, 2, 'epochs')}/5/25").content))
    assert rows["category"].tolist() == ["rest", HOSTILE]
    many = pd.read_parquet(io.BytesIO(library.answer(f"parquet/2/{track(library, 2, 'many')}/1/2").content))
    assert many.shape == (31, 41)


def test_a_download_of_everything_is_refused(library, monkeypatch):
    monkeypatch.setattr("nwbgate.browser.serving.downloads._MOST", 1000)
    with pytest.raises(UsageError, match="too many numbers"):
        library.answer("csv/0/0/0/30")


@pytest.mark.parametrize(
    "key",
    ["doc/3", "about/99", "grid/0/4", "grid/0/0.1", "rows/0/0", "raw/0/0/74", "tile/0/0/9/0", "tile/0/0/0/99",
     "heat/0/0/0/0", "heat/1/6/0/99", "raw/1/6/0", "raw/1/6.999/0", "plane/0/0", "mean/0/0/9", "grid/0/2"],
)  # fmt: skip
def test_what_does_not_exist_is_refused(library, key):
    with pytest.raises(UnknownKeyError):
        library.answer(key)


def test_findings_stand_at_the_times_of_their_trials(files):
    judged = Library([SESSION])
    judged.judge(
        {str(SESSION): FileJudgement(True, False, [Mark("trials.x", "error", "m", "f", "trials", (1,), (1,))])}
    )
    found = doc(judged, 0)
    judged.close()
    with nwbgate.open(SESSION) as session:
        expected = session.trials.iloc[1][["start_time", "stop_time"]].tolist()
    assert found["marks"][0]["times"] == [expected]
    assert found["judged"] == {"findings": "1 error, 0 warnings", "quality": "not measured"}


def test_a_replaced_file_is_noticed_and_opened_again_on_reload(tmp_path):
    path = write_recording(tmp_path / "a.nwb", seconds=2)
    library = Library([path])
    assert doc(library, 0)["stop"] < 3
    library.answer("raw/0/0/0")
    new = write_recording(tmp_path / "new.nwb", seconds=4)
    new.replace(path)
    with pytest.raises(SourceError, match="replaced or changed"):
        library.answer("raw/0/0/0")
    assert doc(library, 0)["stop"] > 4
    library.answer("raw/0/0/0")
    path.unlink()
    with pytest.raises(SourceError, match="replaced or changed"):
        library.answer("raw/0/0/0")
    library.close()
