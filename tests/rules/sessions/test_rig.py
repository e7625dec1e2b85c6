"""The rig of a session and the stimulus that it showed."""

import pytest

from nwbgate.rules.sessions import rig
from support.judged_sessions import Case, Frames, fired, good
from support.standard_session import ACTIVE, FLASHED, GRATINGS

IMAGE_SET = "task_parameters.image_set_is_of_the_session_type"


def changed(table: str, column: str, value: object):
    def edit(frames: Frames) -> None:
        frames[table][column] = [value]

    return edit


def of_session_type(name: str):
    """An edit of the session type wherever it is told."""

    def edit(frames: Frames) -> None:
        for table in ("session", "task_parameters"):
            frames[table]["session_type"] = [name]
        frames["session"]["session_description"] = [name]

    return edit


def in_microliters(frames: Frames) -> None:
    frames["rewards"]["volume"] *= 1000
    frames["trials"]["reward_volume"] *= 1000
    frames["task_parameters"][["reward_volume", "auto_reward_volume"]] *= 1000


def passive_block(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    shown["stimulus_block_name"] = shown["stimulus_block_name"].str.replace("_behavior", "_passive")


def lamp_in_the_camera(frames: Frames) -> None:
    geometry = frames["eye_tracking_rig_geometry"]
    geometry["led_position"] = geometry["camera_position_mm"]


def images_of_another_set(frames: Frames) -> None:
    shown = frames["stimulus_presentations"]
    named = shown["image_set"].str.startswith("Natural").fillna(False).astype(bool)
    shown.loc[named, "image_set"] = "Natural_Images_Lum_Matched_set_ophys_6_2017.07.14"


def camera_in_place_of_the_monitor(frames: Frames) -> None:
    parts = ["camera_position_mm", "monitor_position_mm"]
    frames["eye_tracking_rig_geometry"][parts] = frames["eye_tracking_rig_geometry"][parts[::-1]].to_numpy()


CASES: list[Case] = [
    ("eye_tracking_rig_geometry.parts_are_in_their_order", camera_in_place_of_the_monitor),
    ("eye_tracking_rig_geometry.parts_are_apart", lamp_in_the_camera),
    ("rigs.rig_is_described_as_itself", changed("rigs", "description", "Rig CAM2P.3")),
    ("stimulus_presentations.image_set_is_of_the_stimulus", images_of_another_set),
    ("eye_tracking_rig_geometry.geometry_is_of_the_rig", changed("eye_tracking_rig_geometry", "equipment", "CAM2P.3")),
    (
        "eye_tracking_rig_geometry.monitor_is_near_the_eye",
        changed("eye_tracking_rig_geometry", "monitor_position_mm", [11.86, 8.62, 3.16]),
    ),
    *(
        ("eye_tracking_rig_geometry.camera_is_near_the_eye", changed("eye_tracking_rig_geometry", *place))
        for place in (("camera_position_mm", [10.3, 7.5, 3.2]), ("led_position", [2460.0, 923.0, 526.0]))
    ),
    ("task_parameters.task_is_change_detection", changed("task_parameters", "stimulus_distribution", "uniform")),
    ("task_parameters.task_is_change_detection", changed("task_parameters", "task", "detection of change")),
    ("stimulus_presentations.block_is_active_as_the_session", passive_block),
    ("task_parameters.stimulus_is_shown", changed("task_parameters", "stimulus_name", "grating")),
    ("task_parameters.stimulus_is_of_the_session_type", changed("task_parameters", "stimulus", "grating")),
    ("task_parameters.image_set_is_of_the_session_type", of_session_type("OPHYS_4_images_B")),
    ("task_parameters.reward_is_a_drop", in_microliters),
]


@pytest.mark.parametrize(("code", "edit"), CASES, ids=[code for code, _ in CASES])
def test_a_fault_of_the_rig_fires_its_rule_and_no_other(code, edit):
    frames = good(ACTIVE)
    edit(frames)
    assert fired(frames) == [code]


@pytest.mark.parametrize(
    ("session_type", "stimulus", "codes"),
    [
        ("OPHYS_6_images_B", "Natural_Images_Lum_Matched_set_TRAINING_2017", [IMAGE_SET]),
        ("OPHYS_0_images_A_habituation", "Natural_Images_Lum_Matched_set_TRAINING_2017", []),
        ("TRAINING_3_images_A_10uL_reward", "Natural_Images_Lum_Matched_set_training_2017.07.14", []),
        ("OPHYS_1_images_G", "Natural_Images_Lum_Matched_set_ophys_G_2019", []),
        ("OPHYS_4_images_H", "Natural_Images_Lum_Matched_set_ophys_H_2019.05.26", []),
        ("OPHYS_4_images_H", "a set of our own", []),
        ("OPHYS_7_receptive_field_mapping", "Natural_Images_Lum_Matched_set_training_2017", []),
    ],
)
def test_the_image_set_of_a_session_type_is_known_by_its_name(session_type, stimulus, codes):
    parameters = good(ACTIVE)["task_parameters"].assign(session_type=[session_type], stimulus_name=[stimulus])
    found = rig.image_set_is_of_the_session_type.function(parameters)
    assert ([] if found is None else [IMAGE_SET]) == codes


@pytest.mark.parametrize(
    ("equipment", "description", "fires"),
    [
        ("MESO.1", "Allen Brain Observatory - Mesoscope 2P Rig", False),
        ("MESO.1", "Allen Brain Observatory - Scientifica 2P Rig", True),
        ("CAM2P.3", "Allen Brain Observatory - Mesoscope 2P Rig", True),
        ("CAM2P.3", "Rig CAM2P.3 of the Allen Brain Observatory.", False),
        ("CAM2P.3", "Rig CAM2P.4 of the Allen Brain Observatory.", True),
        ("BEH.D-Box2", "Allen Brain Observatory - Scientifica 2P Rig", False),  # AllenSDK describes boxes so
        ("BEH.D-Box2", "Rig BEH.D-Box3 of the Allen Brain Observatory.", True),
        ("a rig of our own", "Allen Brain Observatory - Mesoscope 2P Rig", False),
        ("MESO.1", None, False),
    ],
)
def test_a_rig_may_have_any_description_that_names_no_other_one(equipment, description, fires):
    frames = good(ACTIVE)
    session = frames["session"].assign(equipment_name=[equipment])
    rigs = frames["rigs"].assign(description=[description])
    assert (rig.rig_is_described_as_itself.function(rigs, session) is not None) == fires


def test_a_part_whose_place_is_unknown_is_not_judged():
    geometry = good(ACTIVE)["eye_tracking_rig_geometry"].assign(led_position=[None], camera_position_mm=[None])
    assert rig.parts_are_apart.function(geometry) is None


@pytest.mark.parametrize("drawn", ["geometric", "exponential", None])
def test_every_known_distribution_is_one_of_the_task(drawn):
    parameters = good(ACTIVE)["task_parameters"].assign(stimulus_distribution=[drawn])
    assert rig.task_is_change_detection.function(parameters) is None


@pytest.mark.parametrize("path", [GRATINGS, FLASHED], ids=lambda path: path.stem)
def test_gratings_are_no_images(path):
    frames = good(path)
    frames["task_parameters"]["stimulus"] = ["images"]
    assert fired(frames) == ["task_parameters.stimulus_is_of_the_session_type"]
