"""Quality of files: measured apart from each other, judged together, and part of a check where asked."""

from pathlib import Path

import pytest

import nwbgate
import nwbgate.qc_runs.tasks as quality_module
from nwbgate.errors import SpecError, TableError, UsageError
from nwbgate.gate.run import run
from nwbgate.processes.limits import OverLimitError
from nwbgate.processes.pool import results
from nwbgate.processes.worker import WorkerDiedError
from nwbgate.qc.criteria_files import shipped_criteria
from nwbgate.qc.measure import NothingToMeasureError, measure, measured_rows
from nwbgate.qc.metrics.behavior.running import measure_speed
from nwbgate.qc_runs.run import measure_files, run_quality
from nwbgate.qc_runs.tasks import ContainerTask, FileTask, Quality, containers
from support.any_nwb_file import make_empty_nwb_file
from support.quality_files import (
    IMAGING,
    TRAINING,
    copied,
    session,
    truncated,
    with_stuck_encoder,
)


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="session")
def training(base):
    return session(base, TRAINING)


@pytest.fixture(scope="session")
def imaging(base):
    return session(base, IMAGING)


def codes(report) -> list[str]:
    return [finding.code for finding in report.records]


def test_a_sound_session_has_no_failure(training):
    found = run_quality([training], jobs=1)
    assert found.report.exit_code == 0
    assert not [finding for finding in found.report.records if finding.severity == "error"]
    assert found.report.passed


def test_a_planted_fault_fails_with_its_criterion(training, tmp_path):
    found = run_quality([with_stuck_encoder(copied(training, tmp_path))], jobs=1)
    assert {"qc.encoder_working"} <= set(codes(found.report))
    assert found.report.exit_code == 1
    finding = next(each for each in found.report.records if each.code == "qc.encoder_working")
    assert finding.severity == "error"
    assert "Fail above 0.01" in finding.message
    assert TRAINING in finding.location


def test_what_was_not_measured_did_not_pass(training):
    report = run_quality([training], jobs=1).report
    unmeasured = {gap.code: gap.reason for gap in report.not_run}
    assert "qc.bleaching" in unmeasured
    assert "no imaging plane" in unmeasured["qc.bleaching"]
    assert not unmeasured.keys() & set(report.passed)


def test_a_whole_release_fails_for_what_was_not_measured(training):
    assert run_quality([training], complete=True, jobs=1).report.exit_code == 1


def test_an_unreadable_file_is_a_finding_and_takes_no_other_along(training, tmp_path):
    damaged = truncated(copied(training, tmp_path))
    found = run_quality([damaged, training], jobs=1)
    assert [finding.path for finding in found.report.records if finding.code == "file.unreadable"] == [str(damaged)]
    assert found.report.exit_code == 1
    assert {each.quality.name for each in found.judged if len(each.results)} == {TRAINING}


def test_a_link_to_nowhere_is_a_finding_and_no_fault_of_ours(training, tmp_path):
    (tmp_path / "absent.nwb").symlink_to(tmp_path / "not_fetched.nwb")
    copied(training, tmp_path)
    report = run_quality([tmp_path], jobs=1).report
    assert report.exit_code == 1
    assert not report.broken
    (finding,) = (each for each in report.records if each.code == "file.unreadable")
    assert finding.path.endswith("absent.nwb")
    assert report.passed


def test_a_file_without_anything_to_measure_is_a_finding(tmp_path):
    bare = make_empty_nwb_file(tmp_path / "bare.nwb")
    found = run_quality([bare], jobs=1)
    assert codes(found.report) == ["qc.measurable"]
    assert found.report.exit_code == 1
    with pytest.raises(NothingToMeasureError):
        measure(bare)


def test_a_measurement_that_breaks_is_our_fault_and_takes_no_other_along(training, imaging, monkeypatch):
    def broken(streams):
        if streams.owner.path == imaging:
            raise ZeroDivisionError("no cells")
        return measured_rows(streams)

    monkeypatch.setattr(quality_module, "measured_rows", broken)
    found = run_quality([imaging, training], jobs=1)
    assert [(each.code, each.path) for each in found.report.broken] == [("qc.measurable", str(imaging))]
    assert "ZeroDivisionError: no cells" in found.report.broken[0].error
    assert found.report.exit_code == 3
    assert any(len(each.results) for each in found.judged)


def test_a_metric_that_breaks_costs_its_own_row_and_no_other(training, monkeypatch):
    def broken(speed):
        if len(speed):
            raise ZeroDivisionError("no speed")
        return measure_speed(speed)

    sound = FileTask(training).run().measurements
    monkeypatch.setattr("nwbgate.qc.metrics.behavior.task.lick_artefacts", broken)  # one metric
    monkeypatch.setattr("nwbgate.qc.session.measure_speed", broken)  # a group of metrics
    found = run_quality([training], jobs=1)
    rows, before = (frame.set_index(["metric", "object"]) for frame in (found.judged[0].quality.measurements, sound))
    rows = rows.loc[before.index]
    changed = set(before.index[before["reason"] != rows["reason"]])
    assert rows.drop(list(changed)).equals(before.drop(list(changed)))
    assert ("behavior.lick_artefacts", "session") in changed
    assert {name.partition(".")[0] for name, _ in changed} == {"behavior", "running"}
    assert len([name for name, _ in changed if name.startswith("behavior")]) == 1
    assert all("ZeroDivisionError: no speed" in rows.loc[name, "reason"] for name in changed)
    assert rows.loc[list(changed), "value"].isna().all()
    errors = [each.error for each in found.report.broken]
    assert [each.partition(" (")[0] for each in errors] == [
        "running: ZeroDivisionError: no speed", "behavior.lick_artefacts: ZeroDivisionError: no speed",
    ]  # fmt: skip
    assert found.report.exit_code == 3


class Fatal(FileTask):
    """A file on which a library takes the process down."""

    def run(self) -> Quality:
        import os

        if "fatal" in self.path.name:
            os._exit(1)
        return super().run()


def test_a_process_that_dies_takes_no_other_along(training, tmp_path):
    fatal = copied(training, tmp_path / "fatal", "fatal")
    found = list(results([Fatal(training), Fatal(fatal), Fatal(training)], 2, ordered=True))
    assert [each.name for each in found] == [TRAINING, "fatal", TRAINING]
    assert [finding.code for finding in found[1].findings] == ["file.unreadable"]
    assert len(found[0].measurements)
    assert len(found[2].measurements)


def test_a_file_or_container_over_a_limit_is_a_finding_and_no_fault_of_ours(training):
    error = OverLimitError("given up: it took over 5 s")
    for task in (FileTask(training), ContainerTask("c", ((training, "plane"),))):
        lost = task.lost(error)
        assert [finding.code for finding in lost.findings] == ["file.over_limit"]
        assert lost.broken == []


def test_processes_measure_the_same_in_the_order_of_the_files(training, imaging, tmp_path):
    files = [imaging, truncated(copied(training, tmp_path)), training]
    told: dict[int, list[str]] = {1: [], 2: []}
    alone, together = (
        measure_files(files, jobs, notify=lambda each, jobs=jobs: told[jobs].append(each.name)) for jobs in (1, 2)
    )
    assert [each.files[0] for each in alone] == [each.files[0] for each in together] == files
    assert told[1] == told[2] == [IMAGING, training.stem, TRAINING]
    for one, other in zip(alone, together, strict=True):
        assert one.measurements.equals(other.measurements)


def test_sessions_of_one_container_are_measured_together(imaging, tmp_path):
    second = copied(imaging, tmp_path, "second")
    found = measure_files([imaging, second])
    shared = [each for each in found if each.scope == "container"]
    assert len(shared) == 2, "the session has two planes, each of its own container"
    assert all(set(each.files) == {imaging, second} for each in shared)
    run_of_both = run_quality([imaging, second], jobs=1)
    statuses = run_of_both.results.query("scope == 'container'").set_index("criterion")["status"]
    assert statuses["field_of_view_shift"].eq("Pass").all()
    assert "qc.field_of_view_shift" in run_of_both.report.passed


def test_a_container_needs_two_sessions(imaging):
    found = measure_files([imaging])
    assert not containers(found)
    gaps = {gap.code: gap for gap in run_quality([imaging], jobs=1).report.not_run}
    assert "no container with more than one session" in gaps["qc.field_of_view_shift"].reason
    assert not gaps["qc.field_of_view_shift"].objected


def test_a_container_that_cannot_be_read_is_a_finding(tmp_path):
    task = ContainerTask("c1", ((tmp_path / "gone.nwb", "VISp_150"),))
    found = task.run()
    assert found.broken or found.findings
    assert found.measurements.empty
    assert task.lost(WorkerDiedError("died")).broken


def decisions(folder: Path, session_id: str) -> Path:
    path = folder / "qc_manual.csv"
    header = "session,criterion,status,reviewer,date,reason"
    path.write_text(f"{header}\n{session_id},brain_health,Fail,Ann Lee,2024-05-31,swollen\n")
    return path


def test_decisions_of_people_are_merged(training, tmp_path):
    report = run_quality([training], manual=decisions(tmp_path, TRAINING), jobs=1).report
    assert codes(report) == ["qc.brain_health"]
    assert "swollen (Ann Lee, 2024-05-31)" in report.records[0].message


def test_a_decision_about_another_session_is_refused(training, tmp_path):
    with pytest.raises(TableError, match="unknown session"):
        run_quality([training], manual=decisions(tmp_path, "nobody"), jobs=1)


def test_a_waiver_accepts_a_finding(training, tmp_path):
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("- {code: qc.brain_health, reason: looked at again}\n")
    found = run_quality([training], manual=decisions(tmp_path, TRAINING), waivers=waivers, jobs=1)
    assert found.report.exit_code == 0
    assert [waived.reason for waived in found.report.waived] == ["looked at again"]


def test_criteria_that_do_not_exist_are_refused(training):
    with pytest.raises(SpecError):
        run_quality([training], spec="no_such_dataset")


def test_nothing_to_measure_is_refused():
    with pytest.raises(UsageError, match="nothing to measure"):
        run_quality([])


def test_a_check_includes_quality_where_asked(training, tmp_path):
    faulty = with_stuck_encoder(copied(training, tmp_path))
    without = run([faulty], jobs=1, inspector=False)
    assert not [code for code in codes(without) if code.startswith("qc.")]
    report = run([faulty], jobs=1, inspector=False, qc=True)
    assert "qc.encoder_working" in codes(report)
    assert "qc.encoder_working" in report.rules
    assert report.tables["qc_results"] > 0


def test_a_check_can_select_quality_alone(training, tmp_path):
    faulty = with_stuck_encoder(copied(training, tmp_path))
    report = nwbgate.check([faulty], select="qc.encoder_working", qc=True, jobs=1)
    assert codes(report) == ["qc.encoder_working"]
    with pytest.raises(UsageError, match="leave nothing to check"):
        run([faulty], select="qc.encoder_working")


def test_an_unreadable_file_is_said_once(training, tmp_path):
    report = run([truncated(copied(training, tmp_path))], jobs=1, qc=True)
    assert len([code for code in codes(report) if code.startswith("file.")]) == 1


def test_no_dataset_is_named_to_choose_criteria(training):
    found = run_quality([training], jobs=1)
    used = found.judged[0].criteria
    assert used is not None
    assert used == shipped_criteria()[used.name]
