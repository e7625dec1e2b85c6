"""The tables of a manifest as typed frames, from a plain folder or a release."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from nwbgate.errors import TableError
from nwbgate.manifest.specification.recognition import recognise_spec
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import UNPARSED, read_tables, table_paths, tables_folder
from support.closed_folder import closed_folder
from support.development_data import shared
from support.places import VALID_MANIFEST

VALID = VALID_MANIFEST
SPEC = load_spec("visual_behavior@1.1.0")
DTYPES = {
    "integer": "Int64",
    "number": "float64",
    "string": "object",
    "boolean": "boolean",
    "datetime": "datetime64[us, UTC]",
    "integers": "object",
    "strings": "object",
}


@pytest.fixture
def manifest(tmp_path):
    return Path(shutil.copytree(VALID, tmp_path / "manifest"))


def edit(folder, file, old, new, times=1):
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, times))


def test_every_table_is_a_frame_with_the_columns_and_types_of_the_specification(manifest):
    frames = read_tables(manifest, SPEC)
    assert list(frames) == [*SPEC.manifest_tables, UNPARSED]
    for name, table in SPEC.manifest_tables.items():
        dtypes = {column: str(dtype) for column, dtype in frames[name].dtypes.items()}
        assert dtypes == {column: DTYPES[declared.type] for column, declared in table.columns.items()}
        assert frames[name].index.equals(pd.RangeIndex(len(frames[name])))
    assert frames[UNPARSED].empty


def test_cells_have_the_values_of_the_file(manifest):
    frames = read_tables(manifest, SPEC)
    last = frames["behavior_sessions"].iloc[-2]
    assert last["mouse_id"] == "400001"
    assert last["ophys_container_id"] == tuple(range(2000190000, 2000190006))
    assert last["driver_line"] == ("Sst-IRES-Cre",)
    assert last["date_of_acquisition"] == pd.Timestamp("2018-09-19 14:01:00.837", tz="UTC")
    first = frames["behavior_sessions"].iloc[0]
    assert first[["ophys_session_id", "session_number", "ophys_container_id"]].isna().all()
    assert frames["ophys_experiments"]["passive"].dtype == "boolean"


def test_an_id_that_a_spreadsheet_rounded_is_no_whole_number(manifest):
    edit(manifest, "ophys_cells_table.csv", "2000090000001", "2.00009E+12")
    edit(manifest, "behavior_session_table.csv", "2000000100,,", "2.0000001e9,,")
    unparsed = read_tables(manifest, SPEC)[UNPARSED]
    assert set(zip(unparsed["column"], unparsed["text"], strict=True)) == {
        ("cell_specimen_id", "2.00009E+12"), ("behavior_session_id", "2.0000001e9")
    }  # fmt: skip


def test_a_release_has_its_tables_in_a_folder_of_their_own(manifest):
    release = manifest.parent / "release"
    shutil.copytree(manifest, release / "project_metadata")
    assert tables_folder(release) == release / "project_metadata"
    assert tables_folder(manifest) == manifest
    assert tables_folder(release.parent) == release / "project_metadata"
    assert len(read_tables(release, SPEC)["ophys_sessions"]) == len(read_tables(manifest, SPEC)["ophys_sessions"])
    assert table_paths(release, SPEC)["ophys_cells"] == release / "project_metadata" / "ophys_cells_table.csv"


def test_tables_beside_a_release_of_other_tables_are_read(manifest):
    release = manifest.parent / "release"
    shutil.copytree(manifest, release / "project_metadata")
    (manifest.parent / "recordings.csv").write_text("recording_id\n102086\n")
    assert list(read_tables(manifest.parent, load_spec("dataset_ii"))["recordings"]["recording_id"]) == ["102086"]
    assert table_paths(manifest.parent, SPEC)["ophys_cells"].parent == release / "project_metadata"


def test_two_manifests_in_one_folder_are_refused(manifest):
    shutil.copytree(manifest, manifest / "release" / "project_metadata")
    with pytest.raises(TableError, match="two manifests") as refused:
        read_tables(manifest, SPEC)
    assert str(manifest / "behavior_session_table.csv") in refused.value.got
    assert "project_metadata" in refused.value.got


def test_a_folder_of_tables_that_cannot_be_read_is_refused():
    with closed_folder() as closed, pytest.raises(TableError, match="cannot read") as refused:
        table_paths(closed, SPEC)
    assert (refused.value.where, refused.value.got) == (str(closed), "Permission denied")


def test_several_releases_in_one_folder_are_named(manifest):
    for version in ("1.0.0", "1.1.0"):
        shutil.copytree(manifest, manifest.parent / "both" / f"release-{version}" / "project_metadata")
    for read in (recognise_spec, lambda folder: read_tables(folder, SPEC)):
        with pytest.raises(TableError, match="several releases") as refused:
            read(manifest.parent / "both")
        assert refused.value.got == "release-1.0.0, release-1.1.0"


def test_a_cell_that_is_not_of_its_type_is_listed_and_missing(manifest):
    edit(manifest, "ophys_experiment_table.csv", ",VISp,176,", ",VISp,deep,")
    edit(manifest, "ophys_session_table.csv", "[2000000902]", '"[2000000902"')
    frames = read_tables(manifest, SPEC)
    assert frames[UNPARSED].to_dict("records") == [
        {"table": "ophys_sessions", "column": "ophys_experiment_id", "row": 0, "text": "[2000000902"},
        {"table": "ophys_experiments", "column": "targeted_imaging_depth", "row": 0, "text": "deep"},
    ]
    depths = frames["ophys_experiments"]["targeted_imaging_depth"]
    assert depths.isna().tolist() == [True] + [False] * (len(depths) - 1)
    assert depths.dtype == "Int64"


def test_a_column_of_no_specification_is_kept_as_text(manifest):
    edit(manifest, "ophys_cells_table.csv", "cell_specimen_id", "specimen")
    cells = read_tables(manifest, SPEC)["ophys_cells"]
    assert cells["specimen"].dtype == object
    assert "cell_specimen_id" not in cells.columns


def test_a_missing_table_is_refused_by_name(manifest):
    (manifest / "ophys_cells_table.csv").unlink()
    with pytest.raises(TableError) as refused:
        read_tables(manifest, SPEC)
    assert "no ophys_cells_table.csv" in str(refused.value)
    assert refused.value.where == str(manifest)


def test_a_table_that_a_release_did_not_have_may_be_missing(manifest):
    (manifest / "ophys_cells_table.csv").unlink()
    frames = read_tables(manifest, load_spec("visual_behavior@release-candidate"))
    assert list(frames) == ["behavior_sessions", "ophys_sessions", "ophys_experiments", UNPARSED]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TableError, match="no such folder"):
        read_tables(tmp_path / "none", SPEC)


def test_a_table_is_not_taken_for_its_folder(manifest):
    with pytest.raises(TableError, match="a file is given for a folder of tables") as refused:
        read_tables(manifest / "ophys_session_table.csv", SPEC)
    assert refused.value.fix == f"name its folder: {manifest}"


def test_a_damaged_table_is_refused_from_whichever_thread_reads_it(manifest):
    edit(manifest, "ophys_cells_table.csv", "cell_roi_id,", "cell_roi_id;", 1)
    with pytest.raises(TableError, match=r"ophys_cells_table\.csv"):
        read_tables(manifest, SPEC)


def test_the_real_tables_are_read_whole():
    frames = read_tables(shared("release_tables"), load_spec("visual_behavior@release-candidate"))
    assert [len(frames[name]) for name in ("behavior_sessions", "ophys_sessions", "ophys_experiments")] == [
        4787,
        704,
        1941,
    ]
    assert frames[UNPARSED].empty
    dates = frames["ophys_sessions"].merge(frames["behavior_sessions"], on="behavior_session_id")
    assert (dates["date_of_acquisition_x"] == dates["date_of_acquisition_y"]).all(), "with and without a time zone"


def test_a_workbook_in_place_of_a_csv_is_the_same_table(manifest):
    before = read_tables(manifest, SPEC)["ophys_sessions"]
    path = manifest / "ophys_session_table.csv"
    pd.read_csv(path, dtype=str, keep_default_na=False).to_excel(path.with_suffix(".xlsx"), index=False)
    with pytest.raises(TableError, match="two files of one table"):
        read_tables(manifest, SPEC)
    path.unlink()
    pd.testing.assert_frame_equal(read_tables(manifest, SPEC)["ophys_sessions"], before)
    assert recognise_spec(manifest).name == SPEC.name


def test_a_table_from_excel_is_the_same_table(manifest):
    before = read_tables(manifest, SPEC)["ophys_sessions"]
    path = manifest / "ophys_session_table.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    path.write_bytes(frame.to_csv(sep=";", index=False, lineterminator="\r\n").encode("utf-8-sig") + b";;;\r\n")
    pd.testing.assert_frame_equal(read_tables(manifest, SPEC)["ophys_sessions"], before)
