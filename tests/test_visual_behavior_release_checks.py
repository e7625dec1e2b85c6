"""The release converted through the command line, held against the checks; and converted again."""

import json

import h5py
import pytest

from support.release_by_command import (
    SESSIONS,
    convert,
    converted_by_command,
    run,
    shared,
)


@pytest.fixture(scope="module")
def release():
    return shared("visual_behavior_release")


@pytest.fixture(scope="module")
def converted(release, tmp_path_factory):
    return converted_by_command(tmp_path_factory.getbasetemp())


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
    assert "the source differs from the published file" in result.stdout
    assert "not downloaded" in result.stdout
    assert [path.name for path in (tmp_path / "nwb").glob("sub-*/*")] == [f"sub-453988_ses-{SESSIONS[2]}_behavior.nwb"]
