"""A sound session passes every criterion; each planted fault fails exactly the one that is about it."""

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_session import DELAY, MadePlane, MadeSession, made_session

from nwbgate.qc.criteria import Criteria
from nwbgate.qc.criteria_files import load_criteria
from nwbgate.qc.judge import judge
from nwbgate.qc.measurement import joined, table
from nwbgate.qc.session import measure_behavior, measure_planes


@pytest.fixture(scope="module")
def sound() -> MadeSession:
    return made_session()


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load_criteria("visual_behavior")


@pytest.fixture(scope="module")
def sound_behavior(sound: MadeSession) -> pd.DataFrame:
    return table(measure_behavior(sound))


@pytest.fixture(scope="module")
def sound_planes(sound: MadeSession) -> pd.DataFrame:
    return table(measure_planes(sound))


def not_passed(measurements: pd.DataFrame, criteria: Criteria) -> dict[str, str]:
    """Return the worst status of each measured criterion that did not pass."""
    results = judge(measurements, criteria)
    results = results[(results["status"] != "Pass") & (results["metric"] != "")]
    return {str(name): str(rows["status"].min()) for name, rows in results.groupby("criterion")}


def test_every_criterion_passes_on_a_sound_session(
    sound_behavior: pd.DataFrame, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    results = judge(joined([sound_behavior, sound_planes]), criteria)
    measured = results[results["metric"] != ""]
    assert set(measured["status"]) == {"Pass"}
    session = {name for name, criterion in criteria.criteria.items() if criterion.scope == "session"}
    assert set(measured["criterion"]) == session


def test_every_measured_number_is_judged_or_reported(
    sound_behavior: pd.DataFrame, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    assert {*sound_behavior["metric"], *sound_planes["metric"]} <= criteria.metrics


def test_a_number_about_a_part_of_the_time_says_so(sound_behavior: pd.DataFrame, sound_planes: pd.DataFrame) -> None:
    rows = joined([sound_behavior, sound_planes])
    assert set(rows.loc[rows["window"] != "", "metric"]) == {"clocks.imaging_drift", "drift.cells_apart"}


def test_the_top_of_a_projection_is_reported_and_never_judged(sound_planes: pd.DataFrame, criteria: Criteria) -> None:
    tops = sound_planes[sound_planes["metric"].str.startswith("saturation.top_of_")]
    assert tops["metric"].nunique() == 2
    assert tops["value"].between(0, 1, inclusive="right").all()
    assert not set(tops["metric"]) & {criterion.metric for criterion in criteria.criteria.values()}


def test_each_plane_gives_its_memory_back(sound: MadeSession, sound_planes: pd.DataFrame) -> None:
    assert {plane.forgotten for plane in sound.planes.values()} == {1}


Behavior = Callable[[MadeSession], MadeSession]


def _presentations(session: MadeSession, **columns: object) -> MadeSession:
    return replace(session, stimulus_presentations=session.stimulus_presentations.assign(**columns))


def _lost_omissions(session: MadeSession) -> MadeSession:
    return _presentations(session, omitted=False)


def _doubled_omissions(session: MadeSession) -> MadeSession:
    frame = session.stimulus_presentations
    eligible = ~(frame["is_change"] | frame["is_sham_change"].eq(True) | frame["is_change"].shift(-1).eq(True))
    eligible &= ~frame["is_sham_change"].shift(-1).eq(True)
    more = eligible & (np.arange(len(frame)) % 12 == 1) & frame["image_name"].notna()
    return _presentations(session, omitted=frame["omitted"].fillna(False).astype(bool) | more)


def _omitted_change(session: MadeSession) -> MadeSession:
    frame = session.stimulus_presentations
    first = frame.index == frame.index[frame["is_change"].astype(bool)][0]
    return _presentations(session, omitted=frame["omitted"].fillna(False).astype(bool) | first)


def _one_image(session: MadeSession) -> MadeSession:
    names = session.stimulus_presentations["image_name"]
    return _presentations(session, image_name=names.replace({"im1": "im0", "im2": "im0", "im3": "im0"}))


def _one_image_is_half(session: MadeSession) -> MadeSession:
    names = session.stimulus_presentations["image_name"]
    often = np.arange(len(names)) % 3 == 1
    return _presentations(session, image_name=names.mask(often & names.str.startswith("im"), "im0"))


def _never_shown(session: MadeSession) -> MadeSession:
    return replace(session, stimulus_templates=pd.DataFrame(index=[f"im{number}" for number in range(9)]))


def _late_flashes(session: MadeSession) -> MadeSession:
    frame = session.stimulus_presentations
    late = np.where(np.arange(len(frame)) % 10 == 0, 4, 0)
    times = session.stimulus_timestamps[frame["start_frame"].to_numpy() + late] + DELAY
    return _presentations(session, start_frame=frame["start_frame"] + late, start_time=times)


def _no_delay(session: MadeSession) -> MadeSession:
    return _presentations(session, start_time=session.stimulus_presentations["start_time"] - DELAY)


def _edited_flash(session: MadeSession) -> MadeSession:
    times = session.stimulus_presentations["start_time"].to_numpy().copy()
    times[7] += 0.01
    return _presentations(session, start_time=times)


def _licks(session: MadeSession, **columns: object) -> MadeSession:
    return replace(session, licks=session.licks.assign(**columns))


def _all_frames(session: MadeSession, first: int, every: int, length: int) -> MadeSession:
    number = np.sort(np.concatenate([first + every * np.arange(length), first + every * np.arange(length) + 2]))
    return replace(session, licks=pd.DataFrame({"timestamps": session.stimulus_timestamps[number], "frame": number}))


def _speed(session: MadeSession, change: Callable[[np.ndarray], np.ndarray]) -> MadeSession:
    frame = session.running_speed
    return replace(session, running_speed=frame.assign(speed=change(frame["speed"].to_numpy().copy())))


def _volts(session: MadeSession, first: int, last: int, volts: float) -> MadeSession:
    values = session.running_encoder["v_sig"].to_numpy().copy()
    values[first:last] = volts + np.arange(last - first) * (0 if volts < 5 else 1e-6)
    return replace(session, running_encoder=session.running_encoder.assign(v_sig=values))


def _eye(session: MadeSession, **columns: object) -> MadeSession:
    return replace(session, eye_tracking=session.eye_tracking.assign(**columns))


def _fewer(frame: pd.DataFrame, share: float) -> pd.DataFrame:
    return frame[np.random.default_rng(1).random(len(frame)) >= share]


BEHAVIOR: dict[str, tuple[Behavior, str]] = {
    "omissions are lost": (_lost_omissions, "omissions"),
    "omissions are listed twice": (_doubled_omissions, "omissions"),
    "a change is omitted": (_omitted_change, "changes_shown"),
    "one image for four": (_one_image, "image_balance,images_shown"),
    "one image is shown too often": (_one_image_is_half, "image_balance"),
    "an image is never shown": (_never_shown, "images_shown"),
    "flashes are late": (_late_flashes, "cadence"),
    "the monitor's delay is forgotten": (_no_delay, "monitor_delay"),
    "one flash is edited": (_edited_flash, "monitor_delay_spread"),
    "no lick": (lambda s: replace(s, licks=s.licks.iloc[:0]), "lick_sensor"),
    "licks of another clock": (lambda s: _licks(s, timestamps=s.licks["timestamps"] + 0.5), "licks_on_frames"),
    "licks twice": (lambda s: _all_frames(s, 10, 60, 500), "lick_artefacts"),
    "a sensor in oscillation": (lambda s: _all_frames(s, 10, 10, 8000), "lick_artefacts,lick_rate"),
    "the wheel's polarity": (lambda s: _speed(s, np.negative), "running_forward"),
    "speeds are lost": (lambda s: _speed(s, lambda v: np.where(np.arange(len(v)) % 10, v, np.nan)), "running_measured"),
    "the encoder wraps": (
        lambda s: _speed(s, lambda v: np.where(np.arange(len(v)) % 500, v, 400.0)),
        "running_possible",
    ),
    "the encoder is out of range": (lambda s: _volts(s, 0, 5000, 7.0), "encoder_working"),
    "the encoder is stuck": (lambda s: _volts(s, 0, 9000, 2.0), "encoder_alive"),
    "the eye is shut": (
        lambda s: _eye(s, likely_blink=np.arange(len(s.eye_tracking)) % 3 > 0),
        "eye_blinking",
    ),
    "no pupil": (
        lambda s: _eye(s, pupil_area_raw=s.eye_tracking["pupil_area_raw"].where(s.eye_tracking.index % 3 == 0)),
        "eye_pupil_found",
    ),
    "the pupil is constant": (lambda s: _eye(s, pupil_area=5.0), "eye_pupil_range"),
    "frames of the eye are missing": (lambda s: replace(s, eye_tracking=_fewer(s.eye_tracking, 0.05)), "eye_frames"),
    "samples of running are missing": (
        lambda s: replace(s, running_speed=_fewer(s.running_speed, 0.05)),
        "running_frames",
    ),
    "licks at catch trials": (
        lambda s: replace(s, trials=s.trials.assign(hit=False, false_alarm=s.trials["catch"])),
        "d_prime",
    ),
}


@pytest.mark.parametrize("name", BEHAVIOR)
def test_fault_in_behavior_fails_its_criterion_alone(
    name: str, sound: MadeSession, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    plant, expected = BEHAVIOR[name]
    found = not_passed(joined([table(measure_behavior(plant(sound))), sound_planes]), criteria)
    found = {criterion: status for criterion, status in found.items() if status != "Not measured"}
    assert set(found) == set(expected.split(","))


def _traces(plane: MadePlane, change: Callable[[np.ndarray], np.ndarray], name: str = "demixed") -> MadePlane:
    return replace(plane, matrices=plane.matrices | {name: change(plane.matrices[name].copy())})


def _ramp(traces: np.ndarray) -> np.ndarray:
    return traces * np.linspace(1, 3, len(traces))[:, None]


def _bleach(traces: np.ndarray) -> np.ndarray:
    return traces * (0.3 + 0.7 * np.exp(-np.linspace(0, 40, len(traces))))[:, None]


def _apart(traces: np.ndarray) -> np.ndarray:
    signs = np.where(np.arange(traces.shape[1]) % 2, 0.4, -0.4)
    return traces * (1 + signs * np.linspace(0, 1, len(traces))[:, None])


def _clip(traces: np.ndarray) -> np.ndarray:
    traces[:, 0] = np.minimum(traces[:, 0], np.quantile(traces[:, 0], 0.95))
    return traces


def _constant(traces: np.ndarray) -> np.ndarray:
    traces[:, 0] = 0.0
    return traces


def _shifts(plane: MadePlane, change: Callable[[np.ndarray], np.ndarray]) -> MadePlane:
    x = change(plane.motion_correction["x"].to_numpy().astype(float))
    return replace(plane, motion_correction=plane.motion_correction.assign(x=x))


def _masks(plane: MadePlane, shift: int) -> MadePlane:
    masks = [np.roll(mask, (-shift, -shift), axis=(0, 1)) for mask in plane.roi_masks["roi_mask"]]
    return replace(plane, roi_masks=pd.DataFrame({"roi_mask": masks}))


def _same_mask(plane: MadePlane) -> MadePlane:
    masks = [plane.roi_masks["roi_mask"].iloc[0]] * 7 + list(plane.roi_masks["roi_mask"].iloc[7:])
    return replace(plane, roi_masks=pd.DataFrame({"roi_mask": masks}))


def _clock(plane: MadePlane, change: Callable[[np.ndarray], np.ndarray]) -> MadePlane:
    return replace(plane, ophys_timestamps=change(plane.ophys_timestamps.copy()))


def _gap(times: np.ndarray) -> np.ndarray:
    times[5000:] += 1 / 11
    return times


def _back(times: np.ndarray) -> np.ndarray:
    times[5000] = times[4998]
    return times


def _slower(times: np.ndarray) -> np.ndarray:
    progress = np.linspace(0, 1, len(times))
    return np.asarray(times + 0.5 * 0.006 * 1800 * progress**2)


def _frames(plane: MadePlane, kept: slice) -> MadePlane:
    return replace(
        plane,
        ophys_timestamps=plane.ophys_timestamps[kept],
        matrices={name: values[kept] for name, values in plane.matrices.items()},
        motion_correction=plane.motion_correction.iloc[kept],
    )


PLANES: dict[str, tuple[Callable[[MadePlane], MadePlane], str]] = {
    "fluorescence rises threefold": (lambda p: _traces(p, _ramp), "intensity_drift"),
    "fluorescence bleaches": (lambda p: _traces(p, _bleach), "bleaching"),
    "cells change apart": (lambda p: _traces(p, _apart), "cells_apart"),
    "a trace is cut off": (lambda p: _traces(p, _clip), "saturation"),
    "dF/F is noisy": (
        lambda p: _traces(p, lambda d: 8 * d, "dff"),
        "noise",
    ),
    "a trace is constant": (lambda p: _traces(p, _constant, "dff"), "usable_traces"),
    "no cell is active": (
        lambda p: _traces(p, lambda d: 0.05 * np.random.default_rng(3).normal(size=d.shape), "dff"),
        "active_cells",
    ),
    "frames far off": (
        lambda p: _shifts(p, lambda x: x + np.where(np.arange(len(x)) > 0.8 * len(x), 15.0, 0.0)),
        "motion,motion_rms",
    ),
    "the image jumps": (
        lambda p: _shifts(p, lambda x: x + np.where(np.arange(len(x)) % 125 == 0, 15.0, 0.0)),
        "motion_jumps",
    ),
    "a slow movement": (
        lambda p: _shifts(
            p, lambda x: x + np.repeat([-7, 0, 7], [len(x) * 2 // 5, len(x) - 2 * (len(x) * 2 // 5), len(x) * 2 // 5])
        ),
        "motion_rms",
    ),
    "ROIs twice": (_same_mask, "overlapping_rois"),
    "ROIs at the edge": (lambda p: _masks(p, 5), "rois_at_edge"),
    "a frame is missing": (lambda p: _clock(p, _gap), "imaging_frames"),
    "a time goes back": (lambda p: _clock(p, _back), "imaging_times"),
    "the clock slows": (lambda p: _clock(p, _slower), "imaging_clock"),
    "imaging stops": (lambda p: _frames(p, slice(len(p.ophys_timestamps) // 2)), "imaging_covers_stimulus"),
    "every second frame is lost": (lambda p: _frames(p, slice(None, None, 2)), "imaging_rate"),
}


@pytest.mark.parametrize("name", PLANES)
def test_fault_in_a_plane_fails_its_criterion_alone(
    name: str, sound: MadeSession, sound_behavior: pd.DataFrame, criteria: Criteria
) -> None:
    plant, expected = PLANES[name]
    faulty = replace(sound, planes={**sound.planes, "plane_0": plant(copy.copy(sound.planes["plane_0"]))})
    found = not_passed(joined([sound_behavior, table(measure_planes(faulty))]), criteria)
    found = {criterion: status for criterion, status in found.items() if status != "Not measured"}
    assert set(found) == set(expected.split(","))


def test_leak_between_planes_fails_crosstalk_of_traces_alone(
    sound: MadeSession, sound_behavior: pd.DataFrame, criteria: Criteria
) -> None:
    first, second = sound.planes["plane_0"], sound.planes["plane_1"]
    leaky = second.matrices | {"demixed": second.matrices["demixed"] + 0.5 * first.matrices["demixed"]}
    faulty = replace(sound, planes={**sound.planes, "plane_1": replace(second, matrices=leaky)})
    measured = table(measure_planes(faulty))
    assert not_passed(joined([sound_behavior, measured]), criteria) == {"crosstalk_traces": "Fail"}
    shares = measured[measured["metric"] == "crosstalk.leaked_share"].set_index("object")["value"]
    assert shares["plane_0 into plane_1"] == pytest.approx(0.5, abs=0.05)


def test_ghost_in_a_projection_fails_crosstalk_of_projections_alone(
    sound: MadeSession, sound_behavior: pd.DataFrame, criteria: Criteria
) -> None:
    first, second = sound.planes["plane_0"], sound.planes["plane_1"]
    ghost = replace(second, average_projection=second.average_projection + 2 * first.average_projection)
    faulty = replace(sound, planes={**sound.planes, "plane_1": ghost})
    found = not_passed(joined([sound_behavior, table(measure_planes(faulty))]), criteria)
    assert found == {"crosstalk_projections": "Fail"}


def test_dropped_stimulus_frames_fail_the_stimulus_clock(
    sound: MadeSession, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    dropped = sound.stimulus_timestamps + np.cumsum(np.arange(len(sound.stimulus_timestamps)) % 50 == 25) / 60
    shown = sound.stimulus_presentations
    times = dropped[shown["start_frame"].to_numpy()] + DELAY
    faulty = replace(
        sound,
        stimulus_timestamps=dropped,
        licks=sound.licks.assign(timestamps=dropped[sound.licks["frame"]]),
        stimulus_presentations=shown.assign(start_time=times),
        trials=sound.trials.assign(change_time=np.nan),
    )
    found = not_passed(joined([table(measure_behavior(faulty)), sound_planes]), criteria)
    assert found == {"stimulus_frames": "Fail"}


def test_monitor_of_another_rate_fails_stimulus_rate(
    sound: MadeSession, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    frames = sound.stimulus_timestamps * 60 / 75
    shown = sound.stimulus_presentations
    faulty = replace(
        sound,
        stimulus_timestamps=frames,
        licks=sound.licks.assign(timestamps=frames[sound.licks["frame"]]),
        stimulus_presentations=shown.assign(start_time=frames[shown["start_frame"].to_numpy()] + DELAY),
    )
    found = not_passed(joined([table(measure_behavior(faulty)), sound_planes]), criteria)
    assert found == {"stimulus_rate": "Fail"}


def test_stimulus_time_that_goes_back_fails_stimulus_times(
    sound: MadeSession, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    frames = sound.stimulus_timestamps.copy()
    frames[100] = frames[98]
    found = not_passed(
        joined([table(measure_behavior(replace(sound, stimulus_timestamps=frames))), sound_planes]), criteria
    )
    assert found == {"stimulus_times": "Fail"}
