"""The sample release is whole: tables, files and manifest agree, and every reader opens it."""

import hashlib
import json

import h5py
import numpy as np
import pandas as pd
import pytest
from pynwb import NWBHDF5IO

from nwbgate.errors import UsageError, WriteError
from nwbgate.manifest.specification.recognition import recognise_spec
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.samples.visual_behavior import MANIFEST, PROJECT, TABLES, describe_file, make_release
from support.development_data import shared


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    make_release(folder)
    return folder


def test_the_manifest_has_every_file_with_its_true_hash(release):
    manifest = json.loads((release / MANIFEST).read_text())
    entries = [*manifest["metadata_files"].values(), *manifest["data_files"].values()]
    paths = {entry["url"].split("amazonaws.com/")[1]: entry["file_hash"] for entry in entries}
    files = [path for path in release.rglob("*") if path.is_file() and path.suffix in (".nwb", ".csv")]
    assert paths == {str(path.relative_to(release)): hashlib.blake2b(path.read_bytes()).hexdigest() for path in files}
    assert set(manifest["metadata_files"]) == set(TABLES)


def test_the_tables_are_those_of_the_newest_release(release):
    assert recognise_spec(release / PROJECT).name == "visual_behavior@1.1.0"


def test_each_file_is_the_one_that_the_tables_name(release):
    files = json.loads((release / MANIFEST).read_text())["data_files"]
    for table, key in (
        ("ophys_experiment_table", "ophys_experiment_id"),
        ("behavior_session_table", "behavior_session_id"),
    ):
        frame = pd.read_csv(release / PROJECT / "project_metadata" / f"{table}.csv")
        for row in frame[frame["file_id"] >= 0].to_dict("records"):
            path = release / files[str(row["file_id"])]["url"].split("amazonaws.com/")[1]
            with h5py.File(path) as file:
                assert file["identifier"].asstr()[()] == str(row[key])
                assert file["general/metadata"].attrs[key] == row[key]


def test_cells_are_those_of_the_table(release):
    cells = pd.read_csv(release / PROJECT / "project_metadata" / "ophys_cells_table.csv")
    for path in release.rglob("behavior_ophys_experiment_*.nwb"):
        with h5py.File(path) as file:
            table = file["processing/ophys/image_segmentation/cell_specimen_table"]
            rows = cells[cells["ophys_experiment_id"] == int(path.stem[-10:])]
            assert sorted(table["id"][()]) == sorted(rows["cell_roi_id"])


def test_every_file_has_the_tables_of_a_released_session(release):
    paths = sorted(release.rglob("*.nwb"))
    assert len(paths) == 5
    assert all("trials" in session_frames(path, ["trials"]) for path in paths)


def test_every_reference_to_a_series_leads_to_it(release):
    with NWBHDF5IO(next(release.rglob("*1900011012.nwb")), "r") as io:
        read = io.read()
        tables = [table for table in read.intervals.values() if "timeseries" in table.colnames]
        assert tables
        for table in tables:
            assert table["timeseries"][0][0].timeseries.name == "timestamps"


def test_no_two_objects_are_the_same(release):
    seen = []
    for path in release.rglob("*.nwb"):
        with h5py.File(path) as file:
            seen.append(file.attrs["object_id"])
            file.visititems(lambda name, item: seen.append(item.attrs.get("object_id", name)) and None)
    ids = [one for one in seen if len(str(one)) == 36 and "/" not in str(one)]
    assert len(ids) > 100
    assert len(set(ids)) == len(ids)


def test_the_second_plane_is_the_one_that_allensdk_wrote(release):
    name = "behavior_ophys_experiments/behavior_ophys_experiment_1900011012.nwb"
    with h5py.File(shared("visual_behavior_release", name)) as wanted, h5py.File(release / PROJECT / name) as made:
        seen = []

        def compare(path, item):
            assert all(str(made[path].attrs[key]) == str(value) for key, value in item.attrs.items() if key[0] != "t")
            if isinstance(item, h5py.Dataset) and not item.dtype.names:
                seen.append(path)
                assert item.dtype == object or np.asarray(made[path]).tobytes() == np.asarray(item).tobytes()

        wanted.visititems(compare)
    assert len(seen) > 100


def test_a_file_is_described_by_session_and_plane(release):
    plane, training = (next(release.rglob(f"*{number}.nwb")) for number in (1012, 1401))
    assert describe_file(plane) == {
        "session": "1900011001", "session type": "OPHYS_1_images_A", "imaging plane": "VISl, 75 um"
    }  # fmt: skip
    assert describe_file(training)["imaging plane"] == "none"


def test_existing_files_are_refused_unless_they_may_be_overwritten(tmp_path):
    made = make_release(tmp_path)
    made[0].write_bytes(b"mine")
    with pytest.raises(UsageError, match="10 files"):
        make_release(tmp_path)
    assert made[0].read_bytes() == b"mine"
    make_release(tmp_path, overwrite=True)
    assert made[0].read_bytes() != b"mine"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError):
        make_release(tmp_path / "file")
