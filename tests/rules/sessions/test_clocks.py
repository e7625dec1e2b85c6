"""Clocks that go wrong, series that do not fit theirs, tables that are not whole."""

from datetime import UTC, datetime

import pytest
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.misc import AnnotationSeries, IntervalSeries

from nwbgate.reading.facts.file_frames import session_frames
from support.judged_sessions import Case, Frames, fired, good, outcome
from support.standard_session import ACTIVE, PASSIVE, write_standard

DFF = "/processing/ophys/dff/traces"


def clock(frames: Frames, stream: str) -> int:
    """The row of the first clock of a stream."""
    return int(frames["clocks"].index[frames["clocks"]["stream"] == stream][0])


def column_missing(frames: Frames) -> None:
    columns = frames["columns"]
    columns.loc[(columns["table"] == "trials") & (columns["column"] == "hit"), "found"] = False


def text_among_numbers(frames: Frames) -> None:
    frames["columns"].loc[5, "n_unreadable"] = 2


def nan_among_times(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "running"), "n_nan"] = 3


def times_go_back(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "eye"), "n_backward"] = 1


def times_stand_still(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "imaging"), "n_equal"] = 1


def lick_twice(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "events"), "n_equal"] = 1


def imaging_frame_lost(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "imaging"), "n_gaps"] = 1


def many_stimulus_frames_lost(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "stimulus"), "n_gaps"] = 28


def imaging_on_unix_time(frames: Frames) -> None:
    imaging = frames["clocks"]["stream"] == "imaging"
    frames["clocks"].loc[imaging, ["first", "last"]] += 1.5e9


def imaging_of_another_session(frames: Frames) -> None:
    imaging = frames["clocks"]["stream"] == "imaging"
    frames["clocks"].loc[imaging, ["first", "last"]] += 3600


def running_in_milliseconds(frames: Frames) -> None:
    running = frames["clocks"]["stream"] == "running"
    frames["clocks"].loc[running, ["first", "last", "period"]] *= 1000


def imaging_in_microseconds(frames: Frames) -> None:
    imaging = frames["clocks"]["stream"] == "imaging"
    frames["clocks"].loc[imaging, ["first", "last", "period"]] *= 1e6


def eye_of_another_session(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "eye"), ["first", "last"]] += 600


def eye_ends_halfway(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "eye"), "last"] = 240.0


def running_a_frame_late(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "running"), "off_stimulus"] = 0.0167


def data_of_the_stimulus_stale(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "stimulus"), "off_stimulus"] = 0.5


def running_cut_short(frames: Frames) -> None:
    frames["clocks"].loc[clock(frames, "running"), "n"] -= 2


def imaging_ends_early(frames: Frames) -> None:
    imaging = frames["clocks"]["stream"] == "imaging"
    frames["clocks"].loc[imaging, "last"] = 200.0


def events_lag_their_plane(frames: Frames) -> None:
    late = frames["clocks"]["clock"] == "/processing/ophys/event_detection/timestamps"
    frames["clocks"].loc[late, "digest"] = "another"


def sample_too_many(frames: Frames) -> None:
    frames["series"].loc[frames["series"]["table"] == "running_speed", "n_samples"] += 1


def voltage_in_meters(frames: Frames) -> None:
    frames["series"].loc[frames["series"]["column"] == "v_sig", "unit"] = "meters"


def imaging_ends_a_little_early(frames: Frames) -> None:
    imaging = frames["clocks"]["stream"] == "imaging"
    frames["clocks"].loc[imaging, "last"] -= 0.2 * frames["clocks"].loc[imaging, "last"]


def imaging_counted_from_its_first_frame(frames: Frames) -> None:
    imaging = frames["clocks"]["stream"] == "imaging"
    frames["clocks"].loc[imaging, "last"] -= frames["clocks"].loc[imaging, "first"]
    frames["clocks"].loc[imaging, "first"] = 0.0


CASES: list[Case] = [
    ("clocks.imaging_is_whole", imaging_ends_a_little_early),
    ("clocks.imaging_is_on_the_clock_of_the_session", imaging_counted_from_its_first_frame),
    ("columns.column_is_present", column_missing),
    ("columns.values_are_of_their_type", text_among_numbers),
    ("clocks.timestamps_are_numbers", nan_among_times),
    ("clocks.timestamps_increase", times_go_back),
    ("clocks.timestamps_increase", times_stand_still),
    ("clocks.events_are_distinct", lick_twice),
    ("clocks.imaging_has_no_gaps", imaging_frame_lost),
    ("clocks.few_gaps", many_stimulus_frames_lost),
    ("clocks.timestamps_are_session_seconds", imaging_on_unix_time),
    ("clocks.timestamps_are_session_seconds", imaging_in_microseconds),
    ("clocks.timestamps_are_session_seconds", running_in_milliseconds),
    ("clocks.imaging_covers_stimulus", imaging_of_another_session),
    ("clocks.eye_tracking_covers_stimulus", eye_of_another_session),
    ("clocks.eye_tracking_is_whole", eye_ends_halfway),
    ("clocks.stimulus_times_are_told_alike", data_of_the_stimulus_stale),
    ("clocks.running_is_on_the_stimulus_clock", running_a_frame_late),
    ("clocks.running_is_on_the_stimulus_clock", running_cut_short),
    ("clocks.imaging_covers_stimulus", imaging_ends_early),
    ("clocks.plane_has_one_clock", events_lag_their_plane),
    ("series.as_long_as_its_timestamps", sample_too_many),
    ("series.unit_is_as_described", voltage_in_meters),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


def test_a_missing_column_is_named_with_its_table():
    frames = good(ACTIVE)
    column_missing(frames)
    (finding,) = outcome(frames).findings
    assert finding.message == "/intervals/trials lacks the column hit"


def test_one_gap_in_a_thousand_is_let_pass():
    frames = good(ACTIVE)
    stimulus = clock(frames, "stimulus")
    frames["clocks"].loc[stimulus, "n_gaps"] = frames["clocks"].loc[stimulus, "n"] // 1000
    assert fired(frames) == []


def test_times_that_look_like_another_unit_are_named():
    for edit, words in (
        (running_in_milliseconds, "milliseconds"),
        (imaging_in_microseconds, "microseconds"),
        (imaging_on_unix_time, "1970 (Unix time)"),
        (imaging_of_another_session, "another session"),
    ):
        frames = good(ACTIVE)
        edit(frames)
        assert words in outcome(frames).findings[0].message


def test_running_may_have_one_sample_more_or_less_than_the_stimulus():
    for more in (-1, 1):
        frames = good(ACTIVE)
        frames["clocks"].loc[frames["clocks"]["stream"] == "running", "n"] += more
        assert fired(frames) == []


def test_eye_tracking_may_miss_a_twentieth_of_the_stimulus():
    frames = good(ACTIVE)
    first, last = frames["stimulus_timestamps"]["timestamps"].iloc[[0, -1]]
    eye = clock(frames, "eye")
    frames["clocks"].loc[eye, "last"] = last - 0.0499 * (last - first)
    assert fired(frames) == []
    frames["clocks"].loc[eye, "last"] = last - 0.0501 * (last - first)
    assert fired(frames) == ["clocks.eye_tracking_is_whole"]


def test_a_session_without_a_stimulus_clock_has_no_span_to_lie_in():
    frames = good(PASSIVE)
    imaging_of_another_session(frames)
    frames["clocks"] = frames["clocks"][frames["clocks"]["stream"] != "stimulus"].reset_index(drop=True)
    assert fired(frames) == []


@pytest.mark.parametrize(
    ("kind", "times", "expected"),
    [
        (AnnotationSeries, [0.0, 1.0, 1.0, 2.0], []),
        (IntervalSeries, [0.0, 1.0, 1.0, 2.0], []),
        (IntervalSeries, [0.0, 1.0, 0.5, 2.0], ["clocks.timestamps_increase"]),
        (TimeSeries, [0.0, 1.0, 1.0, 2.0], []),
    ],
)
def test_two_annotations_or_intervals_may_meet_at_one_time(tmp_path, kind, times, expected):
    file = NWBFile("a session of a test", "one", datetime(2020, 1, 1, tzinfo=UTC))
    data = ["a"] * 4 if kind is AnnotationSeries else [1, -1, 1, -1]
    unit = {"unit": "n.a."} if kind is TimeSeries else {}
    file.add_acquisition(kind(name="marks", data=data, timestamps=times, **unit))
    with NWBHDF5IO(tmp_path / "marks.nwb", "w") as io:
        io.write(file)
    assert fired(dict(session_frames(tmp_path / "marks.nwb"))) == expected


@pytest.fixture(scope="module")
def two_planes(tmp_path_factory):
    return write_standard(tmp_path_factory.mktemp("standard") / "session.nwb", good(ACTIVE))


def same_group(frames: Frames) -> None:
    frames["planes"]["imaging_plane_group"] = 0


def period_apart(frames: Frames) -> None:
    late = frames["clocks"]["plane"] == "VISl_75"
    frames["clocks"].loc[late, ["first", "last"]] += 0.0934


def clocks_exchanged(frames: Frames) -> None:
    frames["planes"]["imaging_plane_group"] = frames["planes"]["imaging_plane_group"].to_numpy()[::-1]


PLANE_CASES: list[Case] = [
    ("planes.groups_take_turns", clocks_exchanged),
    ("planes.groups_share_clocks", same_group),
    ("planes.groups_share_clocks", period_apart),
]


@pytest.mark.parametrize(("code", "edit"), PLANE_CASES, ids=lambda value: getattr(value, "__name__", value))
def test_planes_of_one_session_are_held_to_each_other(two_planes, code, edit):
    frames = good(two_planes)
    edit(frames)
    assert fired(frames) == [code]


def test_planes_of_one_group_may_link_one_clock(two_planes):
    frames = good(two_planes)
    frames["planes"]["imaging_plane_group"] = 0
    imaging = frames["series"]["stream"] == "imaging"
    frames["series"].loc[imaging, "clock"] = frames["series"].loc[imaging, "clock"].iloc[0]
    assert fired(frames) == []


def test_a_standard_file_has_no_findings(two_planes):
    found = outcome(good(two_planes))
    assert not found.findings
    assert not found.broken
    assert "planes.groups_share_clocks" in found.passed


CASES_OF_OTHERS = PLANE_CASES
