"""A release converted again: nothing where nothing changed, what changed anew, and the rest of what was killed."""

import json
import os
import shutil
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
from nwbgate.errors import UsageError
from nwbgate.samples.visual_behavior import make_release
from support.file_content import content

#: Each test converts a release twice.
pytestmark = pytest.mark.slow

IMAGED, GRATINGS, FLASHED = "1900011001", "1900011401", "1900011501"
#: Kills its own process when a function of nwbgate is called for the n-th time.
KILLED = """
import importlib, os, signal, sys
from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.conversion.batches.task import Settings
release, folder, module, name, count, sessions = sys.argv[1:]
place, calls = importlib.import_module(module), []
original = getattr(place, name)
def dying(*arguments, **options):
    calls.append(name)
    if len(calls) == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **options)
setattr(place, name, dying)
convert_batch("visual-behavior", [release], folder, options={"sessions": sessions}, settings=Settings(check=False))
"""
#: Moments in which a run is killed: module, function, and which of its calls.
MOMENTS = {
    "while the planes are compared": ("nwbgate.interfaces.visual_behavior.imaging.planes", "refuse_differences", 1),
    "before the first byte": ("nwbgate.writing.writer", "write_skeleton", 1),
    "between two datasets": ("nwbgate.writing.writer", "fill", 9),
    "before the file is read back": ("nwbgate.writing.writer", "verify_file", 1),
    "before the second session": ("nwbgate.writing.writer", "write_skeleton", 2),
    "before the second file is read back": ("nwbgate.writing.writer", "verify_file", 2),
    "after the first file, before the ledger": ("nwbgate.conversion.batches.ledger", "append", 1),
}


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A release without manifest, whose checksums would refuse changed files."""
    folder = tmp_path_factory.mktemp("release") / "release"
    make_release(folder)
    shutil.rmtree(next(folder.rglob("manifests")))
    return folder


@pytest.fixture
def release(original, tmp_path):
    return shutil.copytree(original, tmp_path / "release")


@pytest.fixture(scope="module")
def undisturbed(original, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    convert(original, folder, IMAGED, FLASHED)
    return {path.relative_to(folder): content(path) for path in folder.rglob("*.nwb")}


def convert(release, folder, *sessions, **options):
    """Convert sessions and return what became of each."""
    settings = Settings(check=False, verify_sources=options.pop("verify_sources", False))
    metadata = options.pop("metadata", None)
    options |= {"sessions": ",".join(sessions)} if sessions else {}
    outcomes = convert_batch(
        "visual-behavior", [release], folder, options=options, metadata=metadata, settings=settings
    )
    return {outcome.session_id: str(outcome.status) for outcome in outcomes if str(outcome.status) != "excluded"}


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_is_completed_by_the_next_and_equals_an_undisturbed_one(original, undisturbed, tmp_path, moment):
    folder = tmp_path / "nwb"
    command = [sys.executable, "-c", KILLED, original, folder, *map(str, MOMENTS[moment]), f"{IMAGED},{FLASHED}"]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    named = {path.relative_to(folder) for path in folder.rglob("*.nwb") if not path.name.startswith(".")}
    for path in named:  # what has its name is whole
        assert content(folder / path) == undisturbed[path]
    before = {path: (folder / path).stat().st_mtime_ns for path in named}
    statuses = convert(original, folder, IMAGED, FLASHED)
    assert sorted(statuses.values()) == sorted(["skipped"] * len(named) + ["converted"] * (2 - len(named)))
    assert {path: (folder / path).stat().st_mtime_ns for path in named} == before
    assert {path.relative_to(folder): content(path) for path in folder.rglob("*.nwb")} == undisturbed


def test_a_changed_source_converts_its_session_anew_and_no_other(release, tmp_path):
    first = convert(release, tmp_path / "nwb", GRATINGS, FLASHED)
    assert first == {GRATINGS: "converted", FLASHED: "converted"}
    path = next(release.rglob(f"behavior_session_{FLASHED}.nwb"))
    with h5py.File(path, "r+") as file:
        file["processing/running/speed/data"][7] = 123.5
    assert convert(release, tmp_path / "nwb", GRATINGS, FLASHED) == {GRATINGS: "skipped", FLASHED: "converted"}
    (written,) = (tmp_path / "nwb").rglob(f"*{FLASHED}*.nwb")
    with h5py.File(written) as file:
        assert file["processing/behavior/running_speed/data"][7] == 123.5


def test_a_source_that_was_only_touched_is_not_converted_again(release, tmp_path):
    convert(release, tmp_path / "nwb", FLASHED)
    path = next(release.rglob(f"behavior_session_{FLASHED}.nwb"))
    os.utime(path)
    assert convert(release, tmp_path / "nwb", FLASHED) == {FLASHED: "skipped"}


def test_a_source_that_changed_behind_its_time_is_found_when_asked_for(release, tmp_path):
    convert(release, tmp_path / "nwb", FLASHED)
    path = next(release.rglob(f"behavior_session_{FLASHED}.nwb"))
    status = path.stat()
    with h5py.File(path, "r+") as file:
        file["processing/rewards/volume/data"][0] = 0.5  # not packed, so that the file stays as long
    assert path.stat().st_size == status.st_size
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert convert(release, tmp_path / "nwb", FLASHED) == {FLASHED: "skipped"}
    assert convert(release, tmp_path / "nwb", FLASHED, verify_sources=True) == {FLASHED: "converted"}


def test_a_changed_metadata_file_converts_anew(release, tmp_path):
    about = tmp_path / "metadata.yaml"
    about.write_text("NWBFile: {lab: Olsen lab}\n")
    assert convert(release, tmp_path / "nwb", FLASHED, metadata=about) == {FLASHED: "converted"}
    assert convert(release, tmp_path / "nwb", FLASHED, metadata=about) == {FLASHED: "skipped"}
    about.write_text("NWBFile: {lab: Garrett lab}\n")
    assert convert(release, tmp_path / "nwb", FLASHED, metadata=about) == {FLASHED: "converted"}
    (written,) = (tmp_path / "nwb").rglob("*.nwb")
    with h5py.File(written) as file:
        assert file["general/lab"].asstr()[()] == "Garrett lab"


@pytest.mark.parametrize("options", [{"events": "series"}, {"timezone": "America/Los_Angeles"}])
def test_another_option_converts_anew(release, tmp_path, options):
    convert(release, tmp_path / "nwb", FLASHED)
    assert convert(release, tmp_path / "nwb", FLASHED, **options) == {FLASHED: "converted"}
    assert convert(release, tmp_path / "nwb", FLASHED, **options) == {FLASHED: "skipped"}


@pytest.fixture
def cache(tmp_path):
    """A folder as AllenSDK's cache is: the manifest beside the files of its version."""
    make_release(tmp_path / "bucket")
    folder, bucket = tmp_path / "cache", tmp_path / "bucket" / "visual-behavior-ophys"
    shutil.copytree(bucket, folder / "visual-behavior-ophys-1.1.0", ignore=shutil.ignore_patterns("manifests"))
    shutil.copy(next((bucket / "manifests").glob("*.json")), folder)
    return folder


def manifest(folder, version, change=None):
    """Write a further manifest, of another version, whose tables are others."""
    (known,) = folder.glob("*_v1.1.0.json")
    content = json.loads(known.read_text())
    for entry in [*content["metadata_files"].values(), *content["data_files"].values()]:
        entry["file_hash"] = "0" * 128
    path = folder / f"visual-behavior-ophys_project_manifest_v{version}.json"
    path.write_text(json.dumps(content))
    return path


def test_of_several_manifests_the_one_of_the_tables_is_taken(cache, tmp_path):
    for version in ("1.0.0", "1.0.1", "2.0.0"):
        manifest(cache, version)
    assert convert(cache, tmp_path / "nwb", FLASHED) == {FLASHED: "converted"}
    with h5py.File(next(cache.rglob(f"behavior_session_{GRATINGS}.nwb")), "r+") as file:
        file["processing/running/speed/data"][7] = 123.5
    assert convert(cache, tmp_path / "nwb", GRATINGS) == {GRATINGS: "failed"}  # it is held against its checksum


def test_without_the_manifest_of_the_tables_files_are_converted_and_that_is_said(cache, tmp_path):
    manifest(cache, "1.0.0")
    next(cache.glob("*_v1.1.0.json")).unlink()
    outcomes = convert_batch("visual-behavior", [cache], tmp_path / "nwb", options={"sessions": FLASHED})
    assert [str(outcome.status) for outcome in outcomes] == ["converted"]
    assert any("checksums are not verified" in remark for remark in outcomes[0].remarks)


def test_what_is_still_being_fetched_is_not_a_source(cache, tmp_path):
    path = next(cache.rglob(f"behavior_session_{GRATINGS}.nwb"))
    path.rename(path.with_name(path.name + ".part"))
    table = next(cache.rglob("behavior_session_table.csv"))
    shutil.copy(table, table.with_name(table.name + ".part"))
    next(cache.glob("*.json")).with_suffix(".json.part").write_text("{")
    statuses = convert(cache, tmp_path / "nwb", mouse="453988")
    assert statuses[FLASHED] == "converted"
    assert GRATINGS not in statuses


def test_two_versions_of_a_release_in_one_folder_are_refused(cache, tmp_path):
    shutil.copytree(cache / "visual-behavior-ophys-1.1.0", cache / "visual-behavior-ophys-1.0.1")
    with pytest.raises(UsageError, match="more than one release") as error:
        convert(cache, tmp_path / "nwb", FLASHED)
    assert "1.0.1" in str(error.value)
    assert convert(cache / "visual-behavior-ophys-1.1.0", tmp_path / "nwb", FLASHED) == {FLASHED: "converted"}


def test_single_files_become_one_file_for_each_plane(original, tmp_path):
    planes = sorted(original.rglob("behavior_ophys_experiment_190001101*.nwb"))
    outcomes = convert_batch(
        "visual-behavior", planes, tmp_path / "nwb", options={"layout": "plane"}, settings=Settings(check=False)
    )
    assert [str(outcome.status) for outcome in outcomes] == ["converted", "converted"]
    names = sorted(path.name for path in (tmp_path / "nwb").rglob("*.nwb"))
    assert names == [f"sub-457841_ses-{IMAGED}_desc-{plane.stem[-10:]}_behavior+image+ophys.nwb" for plane in planes]
    for path, plane in zip(sorted((tmp_path / "nwb").rglob("*.nwb")), planes, strict=True):
        with h5py.File(path) as file, h5py.File(plane) as source:
            (series,) = file["processing/ophys/DfOverF"].values()
            assert np.array_equal(series["data"], source["processing/ophys/dff/traces/data"])


def test_single_files_of_one_session_become_one_file(original, tmp_path):
    planes = sorted(original.rglob("behavior_ophys_experiment_190001101*.nwb"))
    outcomes = convert_batch("visual-behavior", planes, tmp_path / "nwb", settings=Settings(check=False))
    assert [str(outcome.status) for outcome in outcomes] == ["converted"]
    with h5py.File(outcomes[0].path) as file:
        assert list(file["processing/ophys/DfOverF"]) == ["VISl_75", "VISp_150"]
