"""Each derived column, worked out by hand, and compared with every row of the real release-candidate tables."""

import pandas as pd
import pytest

from nwbgate.manifest import derive
from nwbgate.manifest.derived_columns import Derivation
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import read_tables
from support.development_data import shared

SLC = "Slc17a7-IRES2-Cre/wt;Camk2a-tTA/wt;Ai94(TITL-GCaMP6s)/wt"
SST = "Sst-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt"


def given(values, dtype=object):
    return pd.Series(values, dtype=dtype, index=range(10, 10 + len(values)))


def whole(values):
    return given(values, "Int64")


def plain(series):
    """Values as plain Python objects, None where missing; the index must be that of the input."""
    assert series.index.tolist() == list(range(10, 10 + len(series)))
    return [None if value is None or value is pd.NA or value != value else value for value in series.tolist()]


SESSION_TYPES = given(
    [
        "OPHYS_1_images_A",
        "OPHYS_5_images_H_passive",
        "OPHYS_0_images_B_habituation",
        "TRAINING_2_gratings_flashed",
        "TRAINING_3_images_G_10uL_reward",
        None,
    ]
)


@pytest.mark.parametrize(
    ("derivation", "expected"),
    [
        (derive.session_number, [1, 5, 0, None, None, None]),
        (derive.image_set, ["images_A", "images_H", "images_B", "gratings", "images_G", None]),
        (derive.image_set_letter, ["A", "H", "B", None, "G", None]),
        (
            derive.behavior_type,
            ["active_behavior", "passive_viewing", "active_behavior", "active_behavior", "active_behavior", None],
        ),
        (derive.passive, [False, True, False, False, False, None]),
    ],
)
def test_what_the_session_type_says(derivation, expected):
    assert plain(derivation(SESSION_TYPES)) == expected


def test_a_session_type_that_names_no_images_has_no_image_set():
    assert plain(derive.image_set(given(["OPHYS_7_receptive_field_mapping"]))) == [None]


def test_experience_begins_anew_with_new_images():
    number = whole([None, 0, 3, 4, 4, 6, 4])
    exposures = whole([3, 30, 33, 0, 1, 2, None])
    levels = ["Training", "Familiar", "Familiar", "Novel 1", "Novel >1", "Novel >1", "Novel >1"]
    assert plain(derive.experience_level(number, exposures)) == levels


def test_lines_are_the_alleles_of_the_genotype():
    genotypes = given([SLC, SST, None])
    assert plain(derive.cre_line(genotypes)) == ["Slc17a7-IRES2-Cre", "Sst-IRES-Cre", None]
    assert plain(derive.driver_line(genotypes)) == [("Slc17a7-IRES2-Cre", "Camk2a-tTA"), ("Sst-IRES-Cre",), None]
    assert plain(derive.reporter_line(genotypes)) == ["Ai94(TITL-GCaMP6s)", "Ai148(TIT2L-GC6f-ICL-tTA2)", None]


def test_the_reporter_line_carries_the_indicator():
    genotypes = given([SLC, SST, "Emx1-IRES-Cre;Camk2a-tTA;Ai93", "wt/wt", None])
    assert plain(derive.indicator(genotypes)) == ["GCaMP6s", "GCaMP6f", "GCaMP6f", None, None]


def test_the_targeted_depth_is_the_mean_of_the_container_cut_to_whole_micrometers():
    depths = derive.targeted_imaging_depth(whole([7, 8, 7, 7]), whole([150, 300, 151, 151]))
    assert plain(depths) == [150, 300, 150, 150]


def test_plane_groups_are_counted_once_and_only_where_there_are_some():
    counted = derive.imaging_plane_group_count(whole([1, 2, 3]), whole([1, 1, 1, 2, 2]), whole([0, 0, 3, None, None]))
    assert plain(counted) == [2, None, None]


HISTORY = pd.DataFrame(
    {
        "mouse_id": ["m", "m", "n", "m", "m", "m"],
        "session_type": [
            "OPHYS_1_images_A",
            "TRAINING_4_images_A_training",
            "OPHYS_1_images_A",
            "OPHYS_1_images_A",
            "TRAINING_1_gratings",
            "OPHYS_0_images_A_habituation",
        ],
        "date": pd.to_datetime([4, 2, 2, 5, 1, 3], unit="D", utc=True),
    },
    index=range(10, 16),
)


def test_exposures_are_counted_by_date_and_not_by_row():
    counted = derive.prior_exposures_to_session_type(HISTORY["mouse_id"], HISTORY["session_type"], HISTORY["date"])
    assert plain(counted) == [0, 0, 0, 1, 0, 0]
    sets = derive.image_set(HISTORY["session_type"])
    counted = derive.prior_exposures_to_image_set(HISTORY["mouse_id"], sets, HISTORY["date"])
    assert plain(counted) == [2, 0, 0, 3, None, 1]


def test_exposures_to_omissions_lie_between_imaging_sessions_without_and_with_habituation():
    fewest, most = derive.prior_exposures_to_omissions(HISTORY["mouse_id"], HISTORY["session_type"], HISTORY["date"])
    assert plain(fewest) == [0, 0, 0, 1, 0, 0]
    assert plain(most) == [1, 0, 0, 2, 0, 0]


def test_what_is_missing_is_not_counted():
    kinds = given(["OPHYS_1_images_A", None, "OPHYS_1_images_A"])
    dates = given(pd.to_datetime([1, 2, None], unit="D", utc=True), "datetime64[us, UTC]")
    assert plain(derive.prior_exposures_to_session_type(given(["m", "m", "m"]), kinds, dates)) == [0, None, None]


def test_a_project_has_a_number_of_structures_and_depths():
    projects = given(["VisualBehavior", "VisualBehaviorMultiscope", "VisualBehaviorMultiscope4areasx2d", "Other"])
    assert plain(derive.num_targeted_structures(projects)) == [1, 2, 4, None]
    assert plain(derive.num_depths_per_area(projects)) == [1, 4, 2, None]


def test_a_project_is_a_microscope_and_the_images_of_training():
    trained = given(["a", "a", "b", "g", "g"])
    types = given(
        [
            "TRAINING_1_gratings",
            "TRAINING_3_images_A_10uL_reward",
            "TRAINING_3_images_B_10uL_reward",
            "TRAINING_4_images_G_training",
            "OPHYS_4_images_H",
        ]
    )
    rigs = given(["CAM2P.3", "CAM2P.4", "MESO.1", "MESO.1", "CAM2P.5", "BEH.B-Box1"])
    mice = given(["a", "b", "a", "g", "unknown", "a"])
    assert plain(derive.project_code(rigs, mice, trained, types)) == [
        "VisualBehavior",
        "VisualBehaviorTask1B",
        "VisualBehaviorMultiscope",
        "VisualBehaviorMultiscope4areasx2d",
        None,
        None,
    ]


def test_trials_with_a_change_are_hits_and_misses_and_those_without_the_rest():
    assert plain(derive.go_trial_count(whole([18, None]), whole([275, 1]))) == [293, None]
    assert plain(derive.catch_trial_count(whole([4, 1]), whole([45, None]))) == [49, None]


def test_every_derivation_has_its_name_its_inputs_and_a_sentence():
    for name, derivation in derive.DERIVATIONS.items():
        assert isinstance(derivation, Derivation)
        assert getattr(derive, name) is derivation
        assert derivation.inputs
        assert derivation.title.endswith(".")


def test_inputs_of_other_tables_are_found_in_their_frames():
    count = derive.imaging_plane_group_count
    assert count.tables_for("ophys_sessions") == ("ophys_sessions", "ophys_experiments")
    assert count.inputs_for("ophys_sessions")[0] == "ophys_sessions.ophys_session_id"
    frames = {
        "ophys_sessions": pd.DataFrame({"ophys_session_id": whole([1])}),
        "ophys_experiments": pd.DataFrame({"ophys_session_id": whole([1, 1]), "imaging_plane_group": whole([0, 1])}),
    }
    assert plain(count.recompute("ophys_sessions", frames)) == [2]


def test_no_row_of_the_real_tables_differs_from_its_derivation():
    spec = load_spec("visual_behavior@release-candidate")
    frames = read_tables(shared("release_tables"), spec)
    checked = 0
    for table_name, table in spec.manifest_tables.items():
        for name, column in table.columns.items():
            if column.derived is not None and table_name in frames:
                recomputed = derive.DERIVATIONS[column.derived].recompute(table_name, frames)
                stated = frames[table_name][name]
                both = stated.isna().to_numpy() & recomputed.isna().to_numpy()
                same = both | (stated.astype(object) == recomputed.astype(object)).fillna(False).to_numpy(dtype=bool)
                assert same.all(), f"{table_name}.{name}: {(~same).sum()} rows differ"
                checked += 1
    assert checked == 17


def test_omissions_of_the_real_tables_lie_between_their_bounds():
    sessions = read_tables(shared("release_tables"), load_spec("visual_behavior@release-candidate"))[
        "behavior_sessions"
    ]
    fewest, most = derive.prior_exposures_to_omissions(
        sessions["mouse_id"], sessions["session_type"], sessions["date_of_acquisition"]
    )
    stated = sessions["prior_exposures_to_omissions"]
    assert stated.between(fewest, most).all()
    assert (stated != fewest).sum() == 149, "the sessions of the twelve mice that saw omissions in habituation"
