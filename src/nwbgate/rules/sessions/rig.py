"""Rules about the rig of a session and the stimulus that it showed."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, numbers, offending, omissions, task_rows

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Distance of the monitor from the eye in mm: 150 on every rig of the dataset, 100 to 250 on those of others.
_MONITOR = (100.0, 250.0)
#: Distance of the eye's camera and lamp in mm; about 130 and 270 on the rigs of the dataset.
_CAMERA = (50.0, 1000.0)
#: The only task, and the distributions of its change times, in the schema of AllenSDK 2.16.2.
_TASK, _DISTRIBUTIONS = "change detection", ("geometric", "exponential")
#: Volume in mL that no mouse gets as one reward.
_DROP = 0.05
#: Part of a session type, and the kind of stimulus that it then shows.
_KINDS = {"_images": "images", "_gratings": "grating"}
#: Part of the name of an image set, and the letter that session types give it.
_SETS = {"_training_2017": "A", "_ophys_6_2017": "B", "_ophys_g_2019": "G", "_ophys_h_2019": "H"}
#: The name of a rig in a text.
_RIG = re.compile(r"\b(?:CAM2P|MESO)\.\d+|\bBEH\.[A-Z](?:-Box\d)?")
#: How rigs with several planes are named, and how AllenSDK describes them and all others.
_SEVERAL, _OF_SEVERAL, _OF_ONE = "MESO", "Mesoscope", "Scientifica"
#: The letter of the image set in a session type.
_LETTER = re.compile(r"_images_([A-Z])(?:_|$)")


@check(scope="session", column="equipment")
def geometry_is_of_the_rig(eye_tracking_rig_geometry: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """The geometry of the rig is that of the rig on which the session ran.

    Why: gaze is computed from it, and rigs differ.

    Example: geometry of CAM2P.3 in a session on MESO.1.

    Fix: take the geometry of the session's rig.
    """
    rigs = session["equipment_name"].dropna().astype(str)
    if rigs.empty:
        return None
    named = eye_tracking_rig_geometry["equipment"]
    wrong = (named.notna() & (named != rigs.iloc[0])).to_numpy()
    return offending(eye_tracking_rig_geometry, wrong, "equipment", rigs.iloc[0])


@check(severity="warning", scope="session", column="monitor_position_mm")
def monitor_is_near_the_eye(eye_tracking_rig_geometry: "pd.DataFrame") -> "Rows":
    """The monitor stands 100 to 250 mm from the eye.

    Why: its distance turns pixels into degrees; other numbers are in another unit, or of another object.

    Example: a monitor at 15 mm, which is its distance in cm.

    Fix: write the position in millimeters, relative to the eye.
    """
    places = eye_tracking_rig_geometry["monitor_position_mm"]
    away = np.array([distance(place) for place in places])
    with np.errstate(invalid="ignore"):
        wrong = (away < _MONITOR[0]) | (away > _MONITOR[1])
    words = as_column(eye_tracking_rig_geometry, [f"{each:.4g} mm" for each in away])
    return offending(eye_tracking_rig_geometry, wrong, words, f"{_MONITOR[0]:g} to {_MONITOR[1]:g} mm")


def distance(place: Any) -> float:
    """Return the distance of a part from the eye, NaN if unknown."""
    sides = np.asarray(place if isinstance(place, (list, tuple, np.ndarray)) else [np.nan], dtype=np.float64)
    return float(np.sqrt(np.sum(sides**2)))


@check(severity="warning", scope="session", column="camera_position_mm")
def camera_is_near_the_eye(eye_tracking_rig_geometry: "pd.DataFrame") -> "Rows":
    """The eye's camera and its lamp are 50 to 1000 mm from the eye.

    Why: their distances turn pixels into the size of the pupil and into angles; others are in another unit.

    Example: a camera at 13 mm, which is its distance in cm.

    Fix: write the positions in millimeters, relative to the eye.
    """
    places = [eye_tracking_rig_geometry[name] for name in ("camera_position_mm", "led_position")]
    away = np.array([[distance(place) for place in column] for column in places])
    with np.errstate(invalid="ignore"):
        wrong = np.asarray(((away < _CAMERA[0]) | (away > _CAMERA[1])).any(axis=0), dtype=bool)
    words = as_column(eye_tracking_rig_geometry, [f"camera {one:.4g} mm, lamp {other:.4g} mm" for one, other in away.T])
    return offending(eye_tracking_rig_geometry, wrong, words, f"{_CAMERA[0]:g} to {_CAMERA[1]:g} mm")


@check(
    scope="session",
    column="image_set",
    needs=["stimulus_presentations.images_are_of_one_set", "stimulus_presentations.blocks_follow_each_other"],
)
def image_set_is_of_the_stimulus(stimulus_presentations: "pd.DataFrame") -> "Rows":
    """The image set of a flash is that of its stimulus.

    Why: both are the name of one file of images, with its date and without; by another set, a novel image is called a
    familiar one.

    Example: image set ..._ophys_6_2017.07.14 in a block of stimulus ..._training_2017.

    Fix: take image_set from the stimulus file.
    """
    shown = task_rows(stimulus_presentations) & ~omissions(stimulus_presentations)
    pairs = zip(stimulus_presentations["image_set"], stimulus_presentations["stimulus_name"], strict=True)
    fits = [
        not (isinstance(one, str) and isinstance(other, str)) or one.casefold().startswith(other.casefold())
        for one, other in pairs
    ]
    wrong = shown & ~np.array(fits, dtype=bool)
    return offending(stimulus_presentations, wrong, "{image_set} at {start_time:.3f} s", "a set of {stimulus_name}")


@check(scope="session", column="led_position", needs=["eye_tracking_rig_geometry.camera_is_near_the_eye"])
def parts_are_apart(eye_tracking_rig_geometry: "pd.DataFrame") -> "Rows":
    """Camera, lamp and monitor are in three places.

    Why: gaze is computed from the reflection of the lamp in the camera; two parts in one place are a copy.

    Example: camera_position_mm and led_position are both [102.8, 74.7, 31.6].

    Fix: take the geometry from the file of the rig.
    """
    columns = ("camera_position_mm", "led_position", "monitor_position_mm")
    places = [[_place(each) for each in eye_tracking_rig_geometry[name]] for name in columns]
    known = [[place for place in row if place] for row in zip(*places, strict=True)]
    wrong = np.array([len({*row}) < len(row) for row in known], dtype=bool)
    words = "camera {camera_position_mm}, lamp {led_position}, monitor {monitor_position_mm}"
    return offending(eye_tracking_rig_geometry, wrong, words, "three places")


def _place(cell: Any) -> tuple[float, ...]:
    """Return a position, or nothing where it is not known."""
    sides = np.asarray(cell if isinstance(cell, (list, tuple, np.ndarray)) else [np.nan], dtype=np.float64)
    return tuple(sides.tolist()) if np.isfinite(sides).all() else ()


@check(
    scope="session",
    column="description",
    needs=["eye_tracking_rig_geometry.geometry_is_of_the_rig"],
    where={"rigs.description": [], "session.equipment_name": []},
)
def rig_is_described_as_itself(rigs: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """The description of the rig names no other one.

    Why: clocks, crosstalk and delays are those of the rig; name and description tell it twice.

    Example: device MESO.1, described as the Scientifica microscope, or as rig CAM2P.3.

    Fix: correct the description, or equipment_name.
    """
    names = [name for name in session["equipment_name"].dropna().astype(str) if _RIG.match(name)]
    own = names[0] if names else ""
    texts = rigs["description"].fillna("").astype(str)
    others = [[name for name in _RIG.findall(text) if not own.startswith(name)] for text in texts]
    several = own.startswith(_SEVERAL)
    makers = [(_OF_SEVERAL in text) != several and (_OF_SEVERAL in text or _OF_ONE in text) for text in texts]
    wrong = [bool(own) and (bool(rig) or made) for rig, made in zip(others, makers, strict=True)]
    return offending(rigs, np.array(wrong, dtype=bool), "description", f"a description of {own}")


@check(severity="warning", scope="session", column="task")
def task_is_change_detection(task_parameters: "pd.DataFrame") -> "Rows":
    """The task is change detection, with change times drawn from a geometric or exponential distribution.

    Why: the schema of the release knows no other; trials and outcomes are defined by them.

    Example: the distribution of change times is "uniform".

    Fix: take task and distribution from the stimulus file.
    """
    task, drawn = (task_parameters[name] for name in ("task", "stimulus_distribution"))
    wrong = (task.notna() & (task != _TASK)) | (drawn.notna() & ~drawn.isin(_DISTRIBUTIONS))
    return offending(
        task_parameters, wrong, "{task}, {stimulus_distribution}", f"{_TASK}, {' or '.join(_DISTRIBUTIONS)}"
    )


@check(scope="session", column="stimulus_block_name", needs=["session.passive_has_no_rewards"])
def block_is_active_as_the_session(stimulus_presentations: "pd.DataFrame", session: "pd.DataFrame") -> "Rows":
    """The block of the task is named passive in passive sessions only.

    Why: a passive session has images and no task; the type of the session says the same.

    Example: a block change_detection_passive in a session of type OPHYS_1_images_A.

    Fix: take the name of the block from the type of the session.
    """
    types = session["session_type"].dropna().astype(str)
    if types.empty:
        return None
    names, passive = stimulus_presentations["stimulus_block_name"].astype(str), "passive" in types.iloc[0]
    wrong = task_rows(stimulus_presentations) & (names.str.contains("passive").to_numpy(dtype=bool) != passive)
    return offending(stimulus_presentations, wrong, "stimulus_block_name", f"the block of {types.iloc[0]}")


@check(scope="session", column="stimulus_name")
def stimulus_is_shown(task_parameters: "pd.DataFrame", stimulus_presentations: "pd.DataFrame") -> "Rows":
    """The stimulus that the task parameters name is one that was shown.

    Why: task parameters of another stimulus are another session's.

    Example: stimulus_name grating of a session that shows only images.

    Fix: take the task parameters of this session.
    """
    shown = sorted(set(stimulus_presentations["stimulus_name"].dropna().astype(str)))
    named = task_parameters["stimulus_name"]
    wrong = (named.notna() & ~named.isin(shown)).to_numpy()
    return offending(task_parameters, wrong, "stimulus_name", " or ".join(shown))


@check(scope="session", column="stimulus", needs=["session.session_type_is_one"])
def stimulus_is_of_the_session_type(task_parameters: "pd.DataFrame") -> "Rows":
    """A session of images shows images, and one of gratings a grating.

    Why: the session type names the kind of stimulus.

    Example: stimulus images of TRAINING_1_gratings.

    Fix: correct the stimulus, or the session type in both places.
    """
    session_type, shown = task_parameters["session_type"].astype(str), task_parameters["stimulus"]
    expected = session_type.map(lambda name: next((kind for part, kind in _KINDS.items() if part in name), None))
    wrong = (expected.notna() & shown.notna() & (shown != expected)).to_numpy()
    return offending(task_parameters, wrong, "stimulus", expected)


@check(
    severity="warning",
    scope="session",
    column="stimulus_name",
    needs=["task_parameters.stimulus_is_of_the_session_type", "task_parameters.stimulus_is_shown"],
)
def image_set_is_of_the_session_type(task_parameters: "pd.DataFrame") -> "Rows":
    """A session shows the image set that its session type names.

    Why: what is familiar and what is novel follows from the set. Image sets that are not known here are not judged.

    Example: OPHYS_4_images_B with Natural_Images_Lum_Matched_set_training_2017, which is set A.

    Fix: correct the session type, or take the stimulus of this session.
    """
    named = task_parameters["session_type"].astype(object).fillna("").astype(str).str.extract(_LETTER, expand=False)
    sets = task_parameters["stimulus_name"].astype(object).fillna("").astype(str).str.lower()
    shown = sets.map(lambda name: next((letter for part, letter in _SETS.items() if part in name), None))
    wrong = (named.notna() & shown.notna() & (named != shown)).to_numpy(dtype=bool)
    got = "{stimulus_name} in a session of type {session_type}"
    return offending(task_parameters, wrong, got, "the images of set " + named.astype(str))


@check(severity="warning", scope="session", column="reward_volume", needs=["rewards.volume_is_of_the_task"])
def reward_is_a_drop(task_parameters: "pd.DataFrame") -> "Rows":
    """A reward has at most 0.05 mL.

    Why: mice get 0.003 to 0.012 mL at a time; larger numbers are microliters.

    Example: reward_volume is 7, in microliters.

    Fix: write volumes in milliliters, also those of trials and of the table of rewards.
    """
    volumes = [numbers(task_parameters[name]) for name in ("reward_volume", "auto_reward_volume")]
    got = "{reward_volume:g} mL, {auto_reward_volume:g} mL when given without a lick"
    return offending(task_parameters, np.fmax(*volumes) > _DROP, got, f"at most {_DROP:g} mL; these may be microliters")


RULES: tuple[Rule, ...] = (
    geometry_is_of_the_rig,
    monitor_is_near_the_eye,
    camera_is_near_the_eye,
    image_set_is_of_the_stimulus,
    parts_are_apart,
    rig_is_described_as_itself,
    task_is_change_detection,
    block_is_active_as_the_session,
    stimulus_is_shown,
    stimulus_is_of_the_session_type,
    image_set_is_of_the_session_type,
    reward_is_a_drop,
)
