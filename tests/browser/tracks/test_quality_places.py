"""Results of quality control stand beside the track that they are about; the others, beside the file."""

import json

from nwbgate.browser.serving.library import Library
from nwbgate.browser.tracks.marks import FileJudgement
from nwbgate.browser.tracks.quality_places import quality_of_tracks
from support.browsed_files import SESSION, write_recording


def result(about, metric, status="Pass"):
    return {"object": about, "metric": metric, "value": 1.0, "unit": "1", "status": status, "reason": ""}


def places(doc):
    """Names of the tracks with results, with the metrics of these."""
    return {
        (track["group"], track["name"]): [doc["quality"][number]["metric"] for number in track["quality"]]
        for track in doc["tracks"]
        if track["quality"] and track["shown"]
    }


def judged_doc(path, results):
    library = Library([path])
    library.judge({str(path): FileJudgement(False, True, [], results)})
    doc = json.loads(library.answer("doc/0").content)
    library.close()
    return doc


def test_results_of_a_session_stand_beside_planes_and_streams():
    named = json.loads(Library([SESSION]).answer("doc/0").content)["planes"][0]["name"]
    doc = judged_doc(
        SESSION,
        [result(named, "motion.rms", "Fail"), result("session", "eye.blinking"), result("session", "behavior.licks"),
         result("session", "behavior.d_prime"), result("session", "clocks.running_missing"),
         result("session", "stimulus.omissions_outside"), result("session", "crosstalk.traces_excess"), result("", "")],
    )  # fmt: skip
    assert places(doc) == {
        (f"Plane {named}", "dF/F"): ["motion.rms"], (f"Plane {named}", "calcium events"): ["motion.rms"],
        ("Behavior", "pupil area"): ["eye.blinking"], ("Behavior", "licks"): ["behavior.licks"],
        ("Behavior", "trials"): ["behavior.d_prime"], ("Behavior", "running speed"): ["clocks.running_missing"],
        ("Stimulus", "presentations"): ["stimulus.omissions_outside"],
    }  # fmt: skip
    assert doc["qualityOfFile"] == [6, 7]


def test_results_of_a_recording_stand_beside_its_traces(tmp_path):
    path = write_recording(tmp_path / "a.nwb", seconds=2)
    doc = judged_doc(
        path, [result("r", metric) for metric in ("voltage.noise", "spikes.rate", "dff.noise", "tissue.x")]
    )
    assert places(doc) == {
        ("Recording", "voltage"): ["voltage.noise"], ("Recording", "spikes"): ["spikes.rate"],
        ("Recording", "dF/F"): ["dff.noise"],
    }  # fmt: skip
    assert doc["qualityOfFile"] == [3]


def test_without_results_every_track_has_none():
    assert quality_of_tracks([], []) == ([], [])
