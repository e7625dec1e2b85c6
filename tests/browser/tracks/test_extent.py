"""The length of a file is that of its series, and a track that cannot be read does not hide the others."""

import json

import pytest

import nwbgate
from nwbgate.browser.exports.export import export
from nwbgate.browser.serving.library import Library
from nwbgate.browser.tracks.extent import length_words, stored_length
from support.browsed_files import SESSION, write_array, write_recording


def test_electrodes_are_traces_and_broken_spikes_do_not_hide_them(tmp_path):
    library = Library([write_array(tmp_path / "array.nwb")])
    doc = json.loads(library.answer("doc/0").content)
    shown = [track["name"] for track in doc["tracks"] if track["shown"]]
    assert shown == [f"ElectricalSeries {column}" for column in range(4)]
    broken = next(track for track in doc["tracks"] if not track["shown"])
    assert "spike_times_index" in broken["problem"]
    assert (doc["start"], doc["stop"]) == (0.5, pytest.approx(5.49))
    assert export(library, tmp_path / "page.html") > 0
    library.close()


def test_the_list_has_the_length_of_each_file(tmp_path):
    library = Library([write_recording(tmp_path / "a.nwb", seconds=2), SESSION])
    about = [json.loads(library.answer(f"about/{number}").content) for number in (0, 1)]
    assert about[0]["length"] == "2 s"
    assert about[0]["findings"] == "not run"
    assert about[1]["length"]
    library.close()


def test_the_length_spans_all_series(tmp_path):
    with nwbgate.open(write_recording(tmp_path / "a.nwb", seconds=2)) as recording:
        assert stored_length(recording) == pytest.approx(2 - 1 / 10_000)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (4.25, "4.25 s"), (75.0, "1 min"), (3599.0, "1 h 00 min"), (4512.0, "1 h 15 min")],
)
def test_lengths_are_in_words(seconds, words):
    assert length_words(seconds) == words
