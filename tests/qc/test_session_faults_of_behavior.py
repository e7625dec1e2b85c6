"""Each fault planted in behavior, stimulus or their clocks fails exactly the criterion that is about it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nwbgate.qc.criteria import Criteria
from nwbgate.qc.measurement import join_tables, table
from nwbgate.qc.session import measure_behavior
from nwbgate.qc.streams import Streams
from support.judged_measurements import not_passed
from support.made_session import DELAY, MadeSession

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


def _sources(session: MadeSession, comparison: str, column: str, value: float) -> MadeSession:
    frame = session.source_agreement.copy()
    frame[column] = frame[column].mask(frame["comparison"].eq(comparison), value)
    return replace(session, source_agreement=frame)


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
    "a clock dropped frames alone": (
        lambda s: _sources(s, "late_stimulus_frames", "n_unmatched", 60),
        "sources_late_frames",
    ),
    "a clock lost its pace": (lambda s: _sources(s, "late_stimulus_frames", "deviation_sec", 0.2), "sources_clocks"),
    "licks that the line does not have": (lambda s: _sources(s, "licks", "n_unmatched", 300), "sources_licks"),
    "a dying photodiode": (lambda s: _sources(s, "photodiode_turns", "n_found", 900), "sources_photodiode"),
    "a flickering photodiode": (
        lambda s: _sources(s, "photodiode_turns", "n_unmatched", 900),
        "sources_photodiode_intervals",
    ),
    "a video that ends early": (lambda s: _sources(s, "eye_frames", "n_unmatched", 600), "sources_eye_frames"),
    "lost frames of the eye": (
        lambda s: _sources(s, "lost_eye_frames", "n_expected", 400),
        "sources_eye_frames_lost",
    ),
    "pulses without a frame": (lambda s: _sources(s, "imaging_frames", "n_found", 19900), "sources_imaging_frames"),
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
    found = not_passed(join_tables([table(measure_behavior(Streams(plant(sound), {}))), sound_planes]), criteria)
    found = {criterion: status for criterion, status in found.items() if not status.startswith("Not ")}
    assert set(found) == set(expected.split(","))


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
    found = not_passed(join_tables([table(measure_behavior(Streams(faulty, {}))), sound_planes]), criteria)
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
    found = not_passed(join_tables([table(measure_behavior(Streams(faulty, {}))), sound_planes]), criteria)
    assert found == {"stimulus_rate": "Fail"}


def test_stimulus_time_that_goes_back_fails_stimulus_times(
    sound: MadeSession, sound_planes: pd.DataFrame, criteria: Criteria
) -> None:
    frames = sound.stimulus_timestamps.copy()
    frames[100] = frames[98]
    found = not_passed(
        join_tables([table(measure_behavior(Streams(replace(sound, stimulus_timestamps=frames), {}))), sound_planes]),
        criteria,
    )
    assert found == {"stimulus_times": "Fail"}
