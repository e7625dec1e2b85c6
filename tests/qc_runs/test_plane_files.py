"""Planes of one session in a file each are compared as those of one file; none that lacks its partner passes."""

from pathlib import Path

import h5py
import pandas as pd
import pytest

from nwbgate.conversion.batches.batch import convert_batch
from nwbgate.processes.limits import OverLimitError
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.qc_runs.plane_files import CrosstalkTask
from nwbgate.qc_runs.run import measure_files, run_quality
from nwbgate.qc_runs.tasks import FileTask, LonePlane
from support.converted_sessions import converted_whole_release, session_files
from support.development_data import shared
from support.quality_files import IMAGING, copied, session, truncated

#: Experiments of the session with two planes.
FIRST, SECOND = "1900011010", "1900011012"
_PLANES = "processing/ophys/imaging_planes"


def of_group(path: Path, group: int, experiment: str | None = None) -> Path:
    """Say of the planes of a file, in place, that they were recorded in this group, and are of this experiment."""
    with h5py.File(path, "r+") as file:
        file[f"{_PLANES}/imaging_plane_group"][:] = group
        if experiment is not None:
            file[f"{_PLANES}/ophys_experiment_id"][:] = int(experiment)
    return path


@pytest.fixture(scope="module")
def planes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two planes of one session in a file each, recorded together, by experiment."""
    base, folder = tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("planes")
    release = session(base, IMAGING).parents[2] / "release"
    outcomes = convert_batch("visual_behavior", [release], folder, options={"layout": "plane", "sessions": IMAGING})
    found = {str(plane_of(outcome.path).experiment): outcome.path for outcome in outcomes}
    return {experiment: of_group(path, 0) for experiment, path in found.items()}


def plane_of(path: Path) -> LonePlane:
    plane = FileTask(path).run().plane
    assert plane is not None
    return plane


def crosstalk(measurements: pd.DataFrame) -> pd.DataFrame:
    return measurements[measurements["metric"].str.startswith("crosstalk.")].reset_index(drop=True)


def reasons(path: Path, *others: Path) -> set[str]:
    quality = measure_files([path, *others])[0]
    return set(crosstalk(quality.measurements)["reason"])


@pytest.mark.slow
def test_planes_in_files_of_their_own_give_the_rows_of_planes_in_one_file(
    planes: dict[str, Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    together = of_group(copied(session(tmp_path_factory.getbasetemp(), IMAGING), tmp_path), 0)
    expected = crosstalk(FileTask(together).run().measurements)
    assert expected["value"].notna().any()
    for files in (list(planes.values()), list(planes.values())[::-1]):
        for each in measure_files(files)[:2]:
            pd.testing.assert_frame_equal(crosstalk(each.measurements), expected)


def test_rows_take_the_place_of_those_without_a_number(planes: dict[str, Path]) -> None:
    alone = FileTask(planes[FIRST]).run().measurements
    both = measure_files(list(planes.values()))[list(planes).index(FIRST)].measurements
    places = [list(each["metric"].str.startswith("crosstalk.")).index(True) for each in (alone, both)]
    assert places[0] == places[1]
    rest = [each[~each["metric"].str.startswith("crosstalk.")].reset_index(drop=True) for each in (alone, both)]
    pd.testing.assert_frame_equal(*rest)


def test_planes_of_another_group_are_the_yardstick_and_have_no_partner(planes: dict[str, Path], tmp_path: Path) -> None:
    third = of_group(copied(planes[FIRST], tmp_path), 1, "1900011099")
    found = run_quality([*planes.values(), third], jobs=1)
    results = found.results[found.results["criterion"] == "crosstalk_projections"]
    status = {Path(file).stem if Path(file) != third else "third": each for file, each in
              results[["file", "status"]].itertuples(index=False)}  # fmt: skip
    assert status.pop("third") == "Not measured"
    assert "Not measured" not in status.values()
    objects = set(crosstalk(found.measurements)["object"])
    assert any(f"VISp_150_{FIRST}" in name for name in objects), "two planes of the session have one name"
    assert "qc.crosstalk_projections" not in found.report.passed


def test_a_plane_alone_says_how_many_are_missing(planes: dict[str, Path], tmp_path: Path) -> None:
    said = "1 plane of the session is given, and none that was recorded together with this one (group 0)"
    assert reasons(planes[FIRST]) == {f"{said}; at least 1 missing, for it has 2 groups"}
    again = copied(planes[FIRST], tmp_path)
    assert reasons(planes[FIRST], again) == reasons(planes[FIRST]), "a plane is no partner of its own copy"
    other = of_group(copied(planes[SECOND], tmp_path), 1)
    (reason,) = reasons(planes[FIRST], other)
    assert reason.startswith("2 planes of the session are given, and none")
    assert "missing" not in reason


def test_a_plane_whose_partner_cannot_be_read_is_not_measured(planes: dict[str, Path], tmp_path: Path) -> None:
    lost = truncated(copied(planes[SECOND], tmp_path))
    pair = tuple((path, plane_of(planes[each])) for each, path in ((FIRST, planes[FIRST]), (SECOND, lost)))
    found = CrosstalkTask("s", pair).run()
    assert not found.broken
    for rows in found.rows.values():
        assert rows["value"].isna().all()
        assert set(rows["object"]) == {plane_of(planes[SECOND]).name}
        assert rows["reason"].ne("").all()
    assert all(
        rows["value"].isna().all() for rows in CrosstalkTask("s", pair).lost(WorkerDiedError("died")).rows.values()
    )


def test_a_comparison_over_a_limit_is_a_finding_and_no_number(planes: dict[str, Path]) -> None:
    task = CrosstalkTask("s", tuple((path, plane_of(path)) for path in planes.values()))
    lost = task.lost(OverLimitError("given up: it took over 5 s"))
    assert ([finding.code for finding in lost.findings], lost.broken) == (["file.over_limit"], [])
    assert all(set(rows["reason"]) == {"given up: it took over 5 s"} for rows in lost.rows.values())


def test_a_comparison_that_breaks_is_our_fault_and_no_pass(
    planes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no planes")

    monkeypatch.setattr("nwbgate.qc.metrics.imaging.planes_together.PlanesTogether.measure_each", broken)
    found = run_quality(list(planes.values()), jobs=1)
    assert found.report.exit_code == 3
    assert ["crosstalk: ZeroDivisionError: no planes" in each.error for each in found.report.broken] == [True]
    results = found.results.set_index("criterion")
    assert set(results.loc["crosstalk_traces", "status"]) == {"Not measured"}


@pytest.mark.slow
def test_a_released_session_gives_the_numbers_of_its_converted_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    released = sorted(shared("visual_behavior_release").rglob("*ophys_experiment_190001101*.nwb"))
    converted = session_files(converted_whole_release(tmp_path_factory.getbasetemp()))[IMAGING]
    expected = crosstalk(FileTask(converted).run().measurements)
    found = [crosstalk(each.measurements) for each in measure_files(released)[:3]]
    for rows in found[:2]:
        pd.testing.assert_frame_equal(rows, expected)
    assert expected.loc[expected["metric"] == "crosstalk.projections_excess", "value"].notna().all()
    assert found[2]["reason"].str.contains("3 planes of the session are given").all()
