"""The tables of a project: AllenSDK's index, order and types, from a manifest, or from the files themselves."""

import shutil

import pandas as pd
import pytest

from nwbgate.errors import SourceWarning, SpecError, TableError, UsageError
from nwbgate.reading.projects.project import Project
from nwbgate.samples.visual_behavior import make_release
from support.development_data import shared

TABLES = ("behavior_sessions", "ophys_sessions", "ophys_experiments", "ophys_cells")
#: As the manifest notebook prints them.
COLUMNS = {
    "behavior_sessions": [
        "ophys_session_id", "ophys_container_id", "mouse_id", "indicator", "full_genotype", "driver_line", "cre_line",
        "reporter_line", "sex", "age_in_days", "imaging_plane_group_count", "project_code", "session_type",
        "session_number", "image_set", "behavior_type", "experience_level", "prior_exposures_to_session_type",
        "prior_exposures_to_image_set", "prior_exposures_to_omissions", "date_of_acquisition", "equipment_name",
        "num_depths_per_area", "ophys_experiment_id", "num_targeted_structures",
    ],
    "ophys_sessions": [
        "behavior_session_id", "ophys_container_id", "mouse_id", "indicator", "full_genotype", "driver_line",
        "cre_line", "reporter_line", "sex", "age_in_days", "imaging_plane_group_count", "project_code",
        "session_type", "session_number", "image_set", "behavior_type", "experience_level",
        "prior_exposures_to_session_type", "prior_exposures_to_image_set", "prior_exposures_to_omissions",
        "date_of_acquisition", "equipment_name", "num_depths_per_area", "ophys_experiment_id",
        "num_targeted_structures",
    ],
    "ophys_experiments": [
        "behavior_session_id", "ophys_session_id", "ophys_container_id", "mouse_id", "indicator", "full_genotype",
        "driver_line", "cre_line", "reporter_line", "sex", "age_in_days", "imaging_depth", "targeted_structure",
        "targeted_imaging_depth", "imaging_plane_group", "project_code", "session_type", "session_number",
        "image_set", "behavior_type", "passive", "experience_level", "prior_exposures_to_session_type",
        "prior_exposures_to_image_set", "prior_exposures_to_omissions", "date_of_acquisition", "equipment_name",
        "published_at", "isi_experiment_id", "file_id",
    ],
    "ophys_cells": ["ophys_experiment_id", "cell_specimen_id"],
}  # fmt: skip


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_release(folder)
    return folder


@pytest.fixture(scope="module")
def project(release):
    return Project(release)


@pytest.fixture(scope="module")
def bare(release, tmp_path_factory):
    """The files of the release without its tables."""
    folder = tmp_path_factory.mktemp("bare")
    for path in release.rglob("*.nwb"):
        shutil.copy(path, folder / path.name)
    return Project(folder)


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_those_of_the_notebook_in_its_order(project, name):
    columns = list(getattr(project, name).columns)
    assert columns[: len(COLUMNS[name])] == COLUMNS[name]
    assert set(columns[len(COLUMNS[name]) :]) <= {"file_id", "trial_count"} | {
        f"{kind}_trial_count"
        for kind in ("go", "catch", "hit", "miss", "false_alarm", "correct_reject", "engaged")
    }  # fmt: skip


def test_the_index_is_the_number_that_names_a_row(project):
    index = {name: getattr(project, name).index for name in TABLES}
    assert {name: each.name for name, each in index.items()} == {
        "behavior_sessions": "behavior_session_id",
        "ophys_sessions": "ophys_session_id",
        "ophys_experiments": "ophys_experiment_id",
        "ophys_cells": "cell_roi_id",
    }
    assert {str(each.dtype) for each in index.values()} == {"int64"}


def test_values_have_the_types_of_allensdk(project):
    sessions, planes = project.behavior_sessions, project.ophys_experiments
    imaged, training = sessions.loc[1900011001], sessions.loc[1900011401]
    assert imaged["mouse_id"] == "457841"
    assert imaged["ophys_experiment_id"] == [1900011010, 1900011012]
    assert imaged["driver_line"] == ["Sst-IRES-Cre"]
    assert isinstance(training["ophys_container_id"], float)
    assert pd.isna(training["ophys_container_id"])
    assert training["ophys_session_id"] is pd.NA
    assert str(sessions["date_of_acquisition"].dt.tz) == "UTC"
    assert {str(sessions[name].dtype) for name in ("session_number", "age_in_days", "imaging_plane_group_count")} == {
        "Int64"
    }
    assert {str(sessions[name].dtype) for name in ("file_id", "go_trial_count")} == {"int64"}
    assert str(planes["passive"].dtype) == "bool"
    assert {str(sessions[name].dtype) for name in ("mouse_id", "session_type", "project_code")} == {"object"}
    assert planes["published_at"].iloc[0] == "2021-03-25"
    assert str(project.ophys_cells["cell_specimen_id"].dtype) == "Int64"


def test_both_layouts_of_a_local_copy_are_read(release, project, tmp_path):
    cache = tmp_path / "cache"
    shutil.copytree(release / "visual-behavior-ophys", cache / "visual-behavior-ophys-1.1.0")
    for folder in (cache, cache / "visual-behavior-ophys-1.1.0"):
        copied = Project(folder)
        for name in TABLES:
            pd.testing.assert_frame_equal(getattr(copied, name), getattr(project, name))


def test_the_tables_alone_are_a_project(release, project, tmp_path):
    for path in (release / "visual-behavior-ophys" / "project_metadata").glob("*.csv"):
        shutil.copy(path, tmp_path)
    alone = Project(tmp_path)
    assert not alone.files.paths
    pd.testing.assert_frame_equal(alone.ophys_experiments, project.ophys_experiments)
    assert alone.tables == TABLES


def test_a_manifest_may_be_elsewhere(release, project, bare):
    elsewhere = Project(bare.folder, manifest=release)
    assert len(elsewhere.files.paths) == 5
    pd.testing.assert_frame_equal(elsewhere.ophys_sessions, project.ophys_sessions)


def test_a_table_that_the_manifest_lacks_is_made_of_the_files(release, project, tmp_path):
    folder = shutil.copytree(release, tmp_path / "copy")
    next(folder.rglob("ophys_cells_table.csv")).unlink()
    here = project.ophys_cells[project.ophys_cells["ophys_experiment_id"].isin([1900011010, 1900011012, 1900011210])]
    found = Project(folder).ophys_cells.sort_index()
    pd.testing.assert_frame_equal(found, here.sort_index())


def test_a_table_that_nothing_says_is_named(release, tmp_path):
    shutil.copy(next(release.rglob("behavior_session_table.csv")), tmp_path)
    project = Project(tmp_path)
    assert len(project.behavior_sessions) == 4
    with pytest.raises(TableError, match="no table ophys_sessions"):
        project.ophys_sessions  # noqa: B018
    assert project.tables == ("behavior_sessions",)


@pytest.mark.parametrize("name", TABLES)
def test_without_a_manifest_the_files_say_the_same(project, bare, name):
    """What the two have in common is equal: rows of which a file is there, columns that files say."""
    said, published = getattr(bare, name), getattr(project, name)
    assert len(said) == {"behavior_sessions": 4, "ophys_sessions": 2, "ophys_experiments": 3, "ophys_cells": 15}[name]
    assert set(said.columns) <= set(published.columns)
    common = published.loc[said.index, list(said.columns)]
    if name == "behavior_sessions":  # released files say the project of training sessions, the manifest does not
        common, said = common.drop(columns="project_code"), said.drop(columns="project_code")
    pd.testing.assert_frame_equal(said, common, check_dtype=False)


def test_without_a_manifest_nothing_is_made_up(bare):
    absent = {"experience_level", "prior_exposures_to_image_set", "published_at", "file_id", "num_depths_per_area"}
    assert not absent & {name for table in TABLES for name in getattr(bare, table).columns}


def test_the_nearest_specification_is_taken(release, tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    for path in release.rglob("*.csv"):
        shutil.copy(path, folder)
    path = folder / "ophys_session_table.csv"
    path.write_text(path.read_text().replace("equipment_name", "rig", 1))
    assert "rig" in Project(folder).ophys_sessions
    with pytest.raises(SpecError, match="unknown specification"):
        Project(folder, spec="visual_behaviour")


def test_the_public_release_candidate_is_read():
    project = Project(shared("release_tables"))
    assert [len(getattr(project, name)) for name in TABLES[:3]] == [4787, 704, 1941]
    assert len(project.mice) == 107
    assert list(project.mice.groupby("full_genotype").size()) == [47, 8, 24, 28]
    assert set(project.mice["project_code"]) == {
        "VisualBehavior", "VisualBehaviorTask1B", "VisualBehaviorMultiscope", "VisualBehaviorMultiscope4areasx2d",
    }  # fmt: skip


def test_of_several_releases_one_must_be_named(release, tmp_path):
    for version in ("1.0.1", "1.1.0"):
        shutil.copytree(release / "visual-behavior-ophys", tmp_path / f"visual-behavior-ophys-{version}")
    with pytest.raises(UsageError, match="several releases") as refused:
        Project(tmp_path)
    assert refused.value.got == "visual-behavior-ophys-1.0.1, visual-behavior-ophys-1.1.0"
    one = Project(tmp_path, manifest=tmp_path / "visual-behavior-ophys-1.1.0")
    assert len(one.behavior_sessions) == 4
    assert len(Project(tmp_path / "visual-behavior-ophys-1.0.1").files.paths) == 5


@pytest.mark.parametrize("what", ["nothing", "file", "empty", "no manifest"])
def test_what_is_no_project_is_refused(tmp_path, what):
    path = tmp_path / "x"
    if what == "file":
        path.write_text("")
    elif what != "nothing":
        path.mkdir()
    with pytest.raises(
        UsageError, match="no such folder" if what in ("nothing", "file") else "no NWB files or manifest tables"
    ):
        Project(path, manifest=path if what == "no manifest" else None)


def test_a_table_without_its_index_is_refused(release, tmp_path):
    for path in release.rglob("*.csv"):
        shutil.copy(path, tmp_path)
    path = tmp_path / "ophys_session_table.csv"
    path.write_text(path.read_text().replace("ophys_session_id", "session", 1))
    with pytest.raises(TableError, match="no column ophys_session_id"):
        Project(tmp_path).ophys_sessions  # noqa: B018


def edited(release, folder, name, change):
    """Copy the tables of the release, one of them changed, and return the project that they are."""
    for path in release.rglob("*.csv"):
        shutil.copy(path, folder)
    path = folder / name
    path.write_text(change(path.read_text()))
    return Project(folder)


@pytest.mark.parametrize(
    ("table", "column", "ask"),
    [
        ("behavior_session_table.csv", "date_of_acquisition", lambda project: project.mouse(457841)),
        ("behavior_session_table.csv", "mouse_id", lambda project: project.mouse(457841)),
        ("behavior_session_table.csv", "date_of_acquisition", lambda project: project.mice),
        ("ophys_experiment_table.csv", "ophys_container_id", lambda project: project.container(1018028300)),
        ("ophys_experiment_table.csv", "behavior_session_id", lambda project: project.experiment(1900011010)),
    ],
)
def test_a_column_that_is_missing_is_named_when_it_is_needed(release, tmp_path, table, column, ask):
    project = edited(release, tmp_path, table, lambda text: text.replace(column, "other", 1))
    with pytest.raises(TableError, match=f"no column {column}"):
        ask(project)


def test_sessions_are_found_where_the_table_says_nothing_of_imaging(release, tmp_path):
    def without_imaging(text):
        return text.replace("ophys_session_id", "a", 1).replace("ophys_experiment_id", "b", 1)

    project = edited(release, tmp_path, "behavior_session_table.csv", without_imaging)
    with pytest.raises(UsageError, match="the file of session 1900011001 is missing"):
        project.session(1900011001)
    with pytest.raises(UsageError, match="no session 1900011002"):
        project.session(1900011002)


def test_cells_that_cannot_be_read_are_missing_and_said_to_be(release, tmp_path):
    project = edited(release, tmp_path, "behavior_session_table.csv", lambda text: text.replace(",206,", ",old,", 1))
    with pytest.warns(SourceWarning, match="1 cell of the wrong type treated as missing: 'old' in age_in_days"):
        assert project.behavior_sessions["age_in_days"].isna().sum() == 1


def test_rows_without_a_number_are_left_out_and_said_to_be(release, tmp_path):
    project = edited(
        release, tmp_path, "behavior_session_table.csv", lambda text: text.replace("\n1900011401,", "\n,", 1)
    )
    with pytest.warns(SourceWarning, match="1 row has no behavior_session_id and cannot be named"):
        assert len(project.behavior_sessions) == 3


def test_of_rows_with_one_number_the_first_is_taken(release, tmp_path):
    def twice(text):
        return text + text.splitlines()[1] + "\n"

    project = edited(release, tmp_path, "ophys_experiment_table.csv", twice)
    with pytest.raises(UsageError, match="the file of experiment 1900011010 is missing"):
        project.experiment(1900011010)
    project = edited(release, tmp_path, "behavior_session_table.csv", twice)
    with pytest.raises(UsageError, match="the file of session 1900011001"):
        project.session(1900011001)
