"""The release converted through the command line, held against what AllenSDK returns, and against the checks."""

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from nwbgate.reading.planes import plane_names
from nwbgate.reading.session import session_frames
from nwbgate.reading.session_table import find_table

BIN = Path(sys.executable).parent
SHARED = Path(__file__).parents[2] / "shared" / "data"
EXPERIMENTS = (1900011010, 1900011011, 1900011012, 1900011110, 1900011210)
SESSIONS = (1900011301, 1900011401, 1900011501)
FILES = [
    *(f"behavior_ophys_experiment_{number}" for number in EXPERIMENTS),
    *(f"behavior_session_{number}" for number in SESSIONS),
]
#: What AllenSDK calls a column of ours.
RENAMED = {"stop_time": "end_time"}


def shared(*parts: str) -> Path:
    """Return a path of the development data beside the checkout, or skip the test where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"development data not here: {'/'.join(parts)}")
    return path


def run(*command: object) -> subprocess.CompletedProcess[str]:
    program, *arguments = map(str, command)
    return subprocess.run([str(BIN / program), *arguments], capture_output=True, text=True, check=False)


def convert(release: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run("nwbgate", "convert", "visual-behavior", release, "--output", folder, *options)


@pytest.fixture(scope="module")
def release():
    return shared("visual_behavior_release")


@pytest.fixture(scope="module")
def converted(release, tmp_path_factory):
    """All sessions of the release, each in one file."""
    folder = tmp_path_factory.mktemp("release")
    result = convert(release, folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="module")
def files(converted):
    """The written file of each released one, by its name, and the plane in it."""
    found = {}
    for path in converted.glob("sub-*/*.nwb"):
        planes = table(path, "imaging_planes")
        if planes is None:
            found[f"behavior_session_{path.stem.split('_ses-')[1].split('_')[0]}"] = (path, None)
            continue
        for row in planes.itertuples():
            found[f"behavior_ophys_experiment_{row.ophys_experiment_id}"] = (path, row.plane)
    return found


def table(path, name, plane=None):
    """Return a table of a written file, of one plane where it is said; None where the file has none."""
    with h5py.File(path) as file:
        known = plane_names(file, "standard")
        of_plane = {address: each for address, each in known.items() if plane is None or each == plane}
        found = find_table(file, name, "standard", of_plane)
        return None if found is None else found.frame


def expected(name, part):
    path = shared("visual_behavior_expected", name) / part
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
        return pd.read_parquet(path)
    return np.load(path) if path.suffix == ".npz" else json.loads(path.read_text())


def plain(values, missing=None):
    """Return values as a list in which equal meanings are equal: texts, numbers, None for what is not there."""
    out = []
    for value in values:
        if isinstance(value, list | tuple | np.ndarray):
            out.append(plain(value))
        elif pd.isna(value) or value == "" or (missing is not None and value == missing):
            out.append(None)
        else:
            out.append(value.item() if hasattr(value, "item") else value)
    return out


def assert_equal_columns(ours, theirs, columns, missing=None):
    assert len(ours) == len(theirs)
    for column in columns:
        source = theirs[RENAMED.get(column, column) if column not in theirs else column]
        found = ours[column]
        if pd.api.types.is_float_dtype(source.dtype) and pd.api.types.is_float_dtype(found.dtype):
            np.testing.assert_array_equal(found.to_numpy(), source.to_numpy(), err_msg=column)
        else:
            assert plain(found, missing) == plain(source, missing), column


@pytest.fixture(params=FILES)
def pair(request, files):
    return request.param, *files[request.param]


@pytest.fixture(params=FILES[: len(EXPERIMENTS)])
def plane_pair(request, files):
    return request.param, *files[request.param]


def test_every_file_of_the_release_is_in_one_of_ours(files, converted):
    assert sorted(files) == sorted(FILES)
    names = sorted(path.name for path in converted.glob("sub-*/*.nwb"))
    assert names == [
        "sub-412366_ses-1900011101_behavior+image+ophys.nwb",
        "sub-453988_ses-1900011201_behavior+image+ophys.nwb",
        "sub-453988_ses-1900011401_behavior.nwb",
        "sub-453988_ses-1900011501_behavior.nwb",
        "sub-457841_ses-1900011001_behavior+image+ophys.nwb",
        "sub-457841_ses-1900011301_behavior+image.nwb",
    ]


def test_planes_are_named_by_place_and_in_the_order_of_their_ids(files):
    path, _ = files["behavior_ophys_experiment_1900011010"]
    assert table(path, "imaging_planes")["plane"].tolist() == ["VISp_150", "VISl_225", "VISl_75"]


@pytest.mark.parametrize("name", ["licks", "rewards"])
def test_events_are_those_that_allensdk_returns(pair, name):
    stem, path, _ = pair
    theirs, ours = expected(stem, f"{name}.parquet").drop(columns="index"), table(path, name)
    if theirs.empty:
        assert ours is None
    else:
        assert_equal_columns(ours, theirs, theirs.columns)


def test_trials_are_those_that_allensdk_returns(pair):
    stem, path, _ = pair
    theirs, ours = expected(stem, "trials.parquet"), table(path, "trials")
    assert_equal_columns(ours, theirs, [name for name in theirs if name != "change_frame"])
    assert_equal_columns(ours, theirs, ["change_frame"], missing=-99)


def test_presentations_are_those_that_allensdk_returns(pair, release):
    stem, path, _ = pair
    theirs, ours = expected(stem, "stimulus_presentations.parquet"), table(path, "stimulus_presentations")
    names = [name for name in theirs if name not in ("stimulus_presentations_id", "end_time")]
    truths = [name for name in names if theirs[name].dtype == "boolean"]
    columns = {"stop_time", *names} - {*truths, "flashes_since_change"}
    assert_equal_columns(ours, theirs, sorted(columns), missing=-99)
    # AllenSDK counts flashes_since_change anew when it reads, gray screens and movie frames too; ours are those stored.
    kind = "behavior_sessions" if stem.startswith("behavior_session") else "behavior_ophys_experiments"
    source = session_frames(release / kind / f"{stem}.nwb", ["stimulus_presentations"])["stimulus_presentations"]
    assert plain(ours["flashes_since_change"]) == plain(source["flashes_since_change"])
    for name in truths:  # a gray screen is no omission, and shows no novel image
        assert plain(ours[name].fillna(False)) == plain(theirs[name].fillna(False)), name


@pytest.mark.parametrize("name", ["running_speed", "raw_running_speed"])
def test_running_is_what_allensdk_returns(pair, name):
    stem, path, _ = pair
    theirs = expected(stem, f"{name}.parquet").drop(columns="index")
    assert_equal_columns(table(path, name), theirs, theirs.columns)


def test_eye_tracking_is_what_allensdk_returns(pair):
    stem, path, _ = pair
    theirs, ours = expected(stem, "eye_tracking.parquet").drop(columns="frame"), table(path, "eye_tracking")
    if theirs.empty:
        assert ours is None
    else:
        assert_equal_columns(ours, theirs, theirs.columns)


def test_stimulus_clock_and_images_are_what_allensdk_returns(pair):
    stem, path, _ = pair
    clock = table(path, "stimulus_timestamps")["timestamps"].to_numpy()
    np.testing.assert_array_equal(clock, expected(stem, "arrays.npz")["stimulus_timestamps"])
    theirs = expected(stem, "stimulus_templates.npz")
    with h5py.File(path) as file:
        for home, key in (("stimulus_images", "warped"), ("stimulus_images_unwarped", "unwarped")):
            images = file[f"stimulus/templates/{home}"]
            for name, pixels in zip(theirs["names"], theirs[key], strict=True):
                assert images[str(name)].dtype == pixels.dtype
                np.testing.assert_array_equal(images[str(name)][()], pixels)


def test_ids_lines_and_settings_are_those_that_allensdk_returns(pair):
    stem, path, plane = pair
    theirs = expected(stem, "scalars.json")
    session, task = (table(path, name).iloc[0] for name in ("session", "task_parameters"))
    about = theirs["metadata"]
    for key in ("equipment_name", "sex", "stimulus_frame_rate", "session_type", "reporter_line", "cre_line",
                "behavior_session_uuid", "project_code", "behavior_session_id"):  # fmt: skip
        assert session[key] == about[key] or (about[key] is None and pd.isna(session[key])), key
    assert (session["subject_id"], session["genotype"]) == (about["mouse_id"], about["full_genotype"])
    assert session["age"] == f"P{about['age_in_days']}D"
    assert sorted(session["driver_line"].split("; ")) == sorted(about["driver_line"])
    assert pd.Timestamp(session["session_start_time"]) == pd.Timestamp(about["date_of_acquisition"])
    for key in set(theirs["task_parameters"]) & set(task.index):
        np.testing.assert_equal(plain([task[key]]), plain([theirs["task_parameters"][key]]), err_msg=key)
    if plane is not None:
        row = table(path, "imaging_planes").set_index("plane").loc[plane]
        for key in row.index:
            sentinel = {"imaging_plane_group": -1, "imaging_plane_group_count": 0}.get(key)
            assert plain([row[key]], sentinel) == plain([about[key]], sentinel), key
        imaging = table(path, "planes", plane).iloc[0]
        assert imaging["targeted_structure"] == about["targeted_structure"]
        for key in ("indicator", "excitation_lambda"):
            assert imaging[key] == about[key]
        with h5py.File(path) as file:
            assert file[f"general/optophysiology/{plane}/green/emission_lambda"][()] == about["emission_lambda"]


def test_rig_geometry_is_what_allensdk_returns(pair):
    stem, path, _ = pair
    theirs, ours = expected(stem, "scalars.json").get("eye_tracking_rig_geometry"), None
    found = table(path, "eye_tracking_rig_geometry")
    if not theirs:
        assert found is None
        return
    ours = found.iloc[0]
    assert {key: plain([ours[key]])[0] for key in theirs} == theirs


def test_cells_are_those_that_allensdk_returns(plane_pair):
    stem, path, plane = plane_pair
    theirs, ours = expected(stem, "cell_specimen_table.parquet"), table(path, "cells", plane)
    assert_equal_columns(ours, theirs, theirs.columns, missing=-1)
    traces, events = expected(stem, "traces.npz"), expected(stem, "events_meta.parquet").set_index("cell_roi_id")
    np.testing.assert_array_equal(ours["r"], traces["r"])
    np.testing.assert_array_equal(ours["RMSE"], traces["RMSE"])
    for column in ("lambda", "noise_std"):
        np.testing.assert_array_equal(ours[column], events[column].reindex(ours["cell_roi_id"]))
    masks = expected(stem, "roi_masks.npz")
    with h5py.File(path) as file:
        home = file[f"processing/ophys/ImageSegmentation/{plane}"]
        np.testing.assert_array_equal(home["id"][()], masks["cell_roi_id"])
        np.testing.assert_array_equal(home["image_mask"][()], masks["roi_mask"])


@pytest.mark.parametrize(
    ("container", "key"),
    [
        ("DfOverF", "dff"),
        ("CorrectedFluorescence", "corrected_fluorescence"),
        ("DemixedFluorescence", "demixed_trace"),
        ("NeuropilFluorescence", "neuropil_trace"),
        ("DetectedEvents", "events"),
    ],
)
def test_traces_are_those_that_allensdk_returns(plane_pair, container, key):
    """AllenSDK's neuropil_traces returns demixed traces; the expected ones were read from the file beside it."""
    stem, path, plane = plane_pair
    theirs = expected(stem, "traces.npz")
    ids = theirs["events_cell_roi_id" if key == "events" else "cell_roi_id"]
    with h5py.File(path) as file:
        series, cells = (
            file[f"processing/ophys/{container}/{plane}"],
            file[f"processing/ophys/ImageSegmentation/{plane}"],
        )
        np.testing.assert_array_equal(cells["id"][()][series["rois"][()]], ids)
        assert series["data"].dtype == theirs[key].dtype
        np.testing.assert_array_equal(series["data"][()].T, theirs[key])
        np.testing.assert_array_equal(series["timestamps"][()], expected(stem, "arrays.npz")["ophys_timestamps"])


def test_motion_and_projections_are_those_that_allensdk_returns(plane_pair):
    stem, path, plane = plane_pair
    theirs = expected(stem, "motion_correction.parquet")
    with h5py.File(path) as file:
        shifts = file[f"processing/ophys/motion_correction_{plane}/data"][()]
        np.testing.assert_array_equal(shifts, theirs[["x", "y"]])
        images, source = file[f"processing/ophys/projections_{plane}"], expected(stem, "images.npz")
        for ours, name in (("max_projection",) * 2, ("average_image", "average_projection")):
            np.testing.assert_array_equal(images[ours][()], source[name])
        masks = images["segmentation_mask_image"][()]
        np.testing.assert_array_equal(masks, source["segmentation_mask_image"])
        millimeters_per_centimeter = 10
        assert images["max_projection"].attrs["resolution"] == pytest.approx(
            millimeters_per_centimeter / source["spacing"][0]
        )


def test_planes_of_one_group_share_their_times_and_groups_are_offset(files):
    path, _ = files["behavior_ophys_experiment_1900011010"]
    with h5py.File(path) as file:
        clocks = {name: series["timestamps"][()] for name, series in file["processing/ophys/DfOverF"].items()}
        np.testing.assert_array_equal(clocks["VISp_150"], clocks["VISl_225"])
        assert (clocks["VISl_75"] > clocks["VISp_150"]).all()
        home = file["processing/ophys/DfOverF/VISp_150/timestamps"]
        linked = ["CorrectedFluorescence/VISp_150", "DetectedEvents/VISp_150", "motion_correction_VISp_150"]
        assert all(file[f"processing/ophys/{name}/timestamps"] == home for name in linked)


@pytest.mark.slow
def test_nothing_is_found_against_the_manifest_above_suggestion(converted, release, tmp_path):
    report = tmp_path / "findings.jsonl"
    result = run("nwbgate", "check", converted, "--manifest", release, "--format", f"jsonl={report}")
    assert result.returncode == 0, result.stdout
    findings = [json.loads(line) for line in report.read_text().splitlines()]
    codes = {found["id"] for found in findings if found["metadata"]["status"] == "found"}
    # The small release has one session per container.
    assert codes <= {
        "ophys_experiments.container_has_3_to_11_sessions",
        "inspector.check_single_row",
        "inspector.check_column_binary_capability",
        "inspector.check_col_not_nan",
    }


@pytest.mark.slow
def test_nwb_inspector_finds_nothing_above_suggestion(converted, tmp_path):
    for number, folder in enumerate(sorted(converted.glob("sub-*"))):
        report = tmp_path / f"{number}.json"
        result = run("nwbinspector", folder, "--config", "dandi", "--json-file-path", report)
        assert result.returncode == 0, result.stderr
        messages = json.loads(report.read_text())["messages"]
        assert {message["importance"] for message in messages} <= {"BEST_PRACTICE_SUGGESTION"}, messages


@pytest.mark.slow
def test_dandi_finds_no_error_and_no_warning(converted, release, tmp_path):
    dandiset = tmp_path / "000000"
    dandiset.mkdir()
    (dandiset / "dandiset.yaml").write_text("identifier: DANDI:000000\nname: sessions\n")
    one = convert(release, dandiset, "--layout", "plane", "--sessions", "1900011001")
    assert one.returncode == 0, one.stdout
    for path in converted.glob("sub-*/*.nwb"):
        copy = dandiset / path.parent.name / path.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    result = run("dandi", "validate", "--format", "json", "--min-severity", "WARNING", *dandiset.glob("sub-*"))
    assert json.loads(result.stdout or "[]") == [], result.stdout
    assert len(list(dandiset.glob("sub-*/*_desc-*.nwb"))) == 3


def test_converting_twice_converts_nothing_twice(converted, release):
    before = {path: path.stat().st_mtime_ns for path in converted.glob("sub-*/*.nwb")}
    again = convert(release, converted)
    assert again.returncode == 0
    assert again.stdout.count("skipped") >= len(before)
    assert {path: path.stat().st_mtime_ns for path in converted.glob("sub-*/*.nwb")} == before


def test_an_altered_file_fails_its_session_and_the_others_go_on(release, tmp_path):
    copy = tmp_path / "release"
    for path in release.rglob("*"):
        if path.is_file() and path.suffix in (".csv", ".json"):
            (copy / path.relative_to(release)).parent.mkdir(parents=True, exist_ok=True)
            (copy / path.relative_to(release)).write_bytes(path.read_bytes())
    for number in SESSIONS[1:]:
        source = release / "behavior_sessions" / f"behavior_session_{number}.nwb"
        target = copy / source.relative_to(release)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(source.read_bytes())
    with h5py.File(copy / "behavior_sessions" / f"behavior_session_{SESSIONS[1]}.nwb", "a") as file:
        file["processing/running/speed/data"][0] = 99.0
    result = convert(copy, tmp_path / "nwb")
    assert result.returncode == 1
    assert "the source is not the file that was published" in result.stdout
    assert "not downloaded" in result.stdout
    assert [path.name for path in (tmp_path / "nwb").glob("sub-*/*")] == [f"sub-453988_ses-{SESSIONS[2]}_behavior.nwb"]
