"""The gate as a whole: files and tables in, one report out."""

import shutil
from pathlib import Path

import h5py
import pandas as pd
import pytest

import nwbgate
from nwbgate.errors import SpecError, TableError, UsageError
from nwbgate.rules.rule import check
from support.places import VALID_MANIFEST
from support.quality_files import without_session

TESTS = Path(__file__).parents[1]
VALID = VALID_MANIFEST
RELEASED = TESTS / "data" / "visual_behavior_release"
SESSION = RELEASED / "behavior_session_1900011401.nwb"
#: Units that AllenSDK writes wrongly; nothing else is to be found inside the released files.
UNITS = "series.unit_is_as_described"


def edited(folder: Path, table: str, row: int, column: str, value: object) -> Path:
    """Copy the valid manifest, with one cell changed."""
    shutil.copytree(VALID, folder / "manifest")
    path = folder / "manifest" / f"{table}.csv"
    frame = pd.read_csv(path, dtype=object)
    frame.loc[row, column] = value
    frame.to_csv(path, index=False)
    return folder / "manifest"


def codes(report) -> list[str]:
    return list(report.findings["code"])


def test_a_valid_manifest_passes():
    report = nwbgate.check(manifest=VALID)
    assert report.exit_code == 0
    assert codes(report) == []
    assert report.tables == {
        "behavior_sessions": 34, "ophys_sessions": 14, "ophys_experiments": 49, "ophys_cells": 98
    }  # fmt: skip
    assert len(report.passed) > 400


def test_one_wrong_cell_is_one_finding_with_its_file_and_row(tmp_path):
    manifest = edited(tmp_path, "ophys_session_table", 3, "sex", "M")
    report = nwbgate.check(manifest=manifest)
    (finding,) = report.records
    assert (finding.code, finding.keys) == ("ophys_sessions.sex.copied", (2000001201,))
    assert finding.path == str(manifest / "ophys_session_table.csv")
    assert report.exit_code == 1
    assert [rule.code for rule in report.not_run if "sex.copied fired" in rule.reason]


def test_files_of_other_sessions_than_their_names_say_are_named_each_without_a_specification(tmp_path):
    bare = tmp_path / "sub-a" / "sub-a_ses-bare_ecephys.nwb"
    swapped = [tmp_path / "sub-a" / f"sub-a_ses-{name}_ecephys.nwb" for name in ("x", "y")]
    for path in (bare, *swapped):
        without_session(path)
    report = nwbgate.check(tmp_path, select="nwb_files.file_is_named_for_its_session")
    (finding,) = report.records
    assert finding.keys == (str(swapped[0]), str(swapped[1]))
    assert finding.message.endswith("got bare, expected x")


def test_a_rule_selected_alone_still_waits_for_those_it_needs(tmp_path):
    manifest = edited(tmp_path, "behavior_session_table", 3, "session_type", "TRAINING_9")
    report = nwbgate.check(manifest=manifest, select=["behavior_sessions.image_set.derived"])
    assert [rule.reason for rule in report.not_run] == ["because behavior_sessions.session_type.enum fired"]
    assert (codes(report), report.exit_code) == (["behavior_sessions.session_type.enum"], 1)
    select, ignore = "behavior_sessions.image_set.derived", "behavior_sessions.session_type"
    assert codes(nwbgate.check(manifest=manifest, select=select, ignore=ignore)) == []


@pytest.mark.parametrize("spec", ["", "@1.1.0", "visual_behavior@9"])
def test_a_spec_without_name_or_of_an_unknown_version_is_refused(spec):
    with pytest.raises(SpecError) as caught:
        nwbgate.check(manifest=VALID, spec=spec)
    assert caught.value.fix


def test_an_ignored_rule_is_not_reported(tmp_path):
    manifest = edited(tmp_path, "ophys_session_table", 3, "sex", "M")
    report = nwbgate.check(manifest=manifest, ignore=["ophys_sessions.sex"])
    assert (codes(report), report.exit_code) == ([], 0)


def test_a_waived_finding_does_not_close_the_gate(tmp_path):
    manifest = edited(tmp_path, "ophys_session_table", 3, "sex", "M")
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "- {code: ophys_sessions.sex.copied, rows: [2000001201], reason: corrected in the next release}\n"
        "- {code: ophys_sessions.sex.enum, reason: never}\n"
    )
    report = nwbgate.check(manifest=manifest, waivers=waivers)
    assert (codes(report), report.exit_code) == ([], 0)
    assert [waived.reason for waived in report.waived] == ["corrected in the next release"]
    assert report.unused_waivers == ("ophys_sessions.sex.enum (never)",)


def test_complete_fails_what_was_not_run():
    report = nwbgate.check(manifest=VALID, complete=True)
    assert report.exit_code == 1
    assert "behavior_sessions.rows.count" in codes(report)
    assert not [rule for rule in report.not_run if "--complete" in rule.reason]
    quiet = nwbgate.check(manifest=VALID, complete=True, select=["behavior_sessions.sex", "ophys_sessions.sex"])
    assert quiet.exit_code == 0


def test_a_release_is_found_in_its_project_metadata(tmp_path):
    shutil.copytree(VALID, tmp_path / "release" / "project_metadata")
    assert nwbgate.check(manifest=tmp_path / "release").exit_code == 0


def test_an_older_column_name_is_named_as_such(tmp_path):
    shutil.copytree(VALID, tmp_path / "manifest")
    path = tmp_path / "manifest" / "ophys_session_table.csv"
    path.write_text(path.read_text().replace("equipment_name", "rig_name", 1))
    report = nwbgate.check(manifest=path.parent, spec="visual-behavior@1.1.0")
    (finding,) = report.records
    assert finding.code == "ophys_sessions.equipment_name.present"
    assert "got the older name rig_name" in finding.message
    assert "because ophys_sessions.equipment_name.present fired" in {rule.reason for rule in report.not_run}


def test_files_alone_are_judged_by_what_needs_no_manifest():
    report = nwbgate.check([SESSION], ignore=["dandi", "inspector"])
    assert codes(report) == [UNITS]
    assert report.records[0].path == str(SESSION)
    assert report.files == (str(SESSION),)
    assert "trials.one_outcome" in report.passed
    assert not any(rule.objected for rule in report.not_run)


def test_files_and_manifest_are_held_against_each_other():
    report = nwbgate.check([SESSION], manifest=VALID, ignore=["dandi", "inspector", UNITS])
    assert codes(report) == ["nwb_files.behavior_session_id.reference"]
    assert report.tables["nwb_files"] == 1


def test_files_in_two_processes_are_judged_as_in_one():
    files = [SESSION, RELEASED / "behavior_session_1900011501.nwb"]
    one, two = (nwbgate.check(files, jobs=jobs, inspector=False) for jobs in (1, 2))
    assert one.records == two.records
    assert (one.passed, one.not_run) == (two.passed, two.not_run)


def test_an_unreadable_file_is_one_finding(tmp_path):
    cut = tmp_path / "sub-1" / "sub-1.nwb"
    cut.parent.mkdir()
    cut.write_bytes(SESSION.read_bytes()[:5000])
    report = nwbgate.check([cut])
    assert codes(report) == ["file.unreadable"]
    assert report.exit_code == 1
    assert "no readable file" in {rule.reason for rule in report.not_run}


def test_an_unreadable_file_is_told_once_when_every_chunk_is_to_be_read(tmp_path):
    cut = tmp_path / "cut.nwb"
    cut.write_bytes(SESSION.read_bytes()[:5000])
    assert codes(nwbgate.check([cut], integrity=True, ignore="dandi")) == ["file.unreadable"]


def test_an_unreadable_file_is_found_without_validators_too(tmp_path):
    cut = tmp_path / "cut.nwb"
    cut.write_bytes(SESSION.read_bytes()[:5000])
    assert codes(nwbgate.check([cut], ignore=["dandi", "schema", "inspector"])) == ["file.unreadable"]


@pytest.mark.parametrize("select", ["trials", "file.chunk", "inspector.check_col_not_nan"])
def test_an_unreadable_file_is_told_whatever_is_selected(tmp_path, select):
    cut = tmp_path / "cut.nwb"
    cut.write_bytes(SESSION.read_bytes()[:5000])
    report = nwbgate.check([cut], select=[select])
    assert (codes(report), report.exit_code) == (["file.unreadable"], 1)


def test_a_file_code_selected_alone_is_looked_for(tmp_path):
    other = tmp_path / "other.nwb"
    with h5py.File(other, "w") as plain:
        plain["data"] = [1]
    assert codes(nwbgate.check([other], select=["file.not_nwb"])) == ["file.not_nwb"]
    assert codes(nwbgate.check([SESSION], select=["file"])) == []


def test_rules_about_facts_say_that_no_file_could_be_read(tmp_path):
    cut = tmp_path / "cut.nwb"
    cut.write_bytes(SESSION.read_bytes()[:5000])
    reasons = {rule.code: rule.reason for rule in nwbgate.check([cut], select=["nwb_files"]).not_run}
    assert reasons["nwb_files.identifier_is_unique"] == "no readable file"


def test_a_link_to_an_absent_file_is_a_finding(tmp_path):
    shutil.copy(SESSION, tmp_path)
    (tmp_path / "absent.nwb").symlink_to("nowhere.nwb")
    report = nwbgate.check([tmp_path], select="file", jobs=1)
    assert [(finding.code, Path(finding.path).name) for finding in report.records] == [
        ("file.unreadable", "absent.nwb")
    ]


def test_a_broken_rule_of_mine_is_3_and_named():
    @check()
    def mine(behavior_sessions):
        """Mine.

        Why: a test.

        Example: none.

        Fix: none.
        """
        return behavior_sessions[behavior_sessions["no such column"]]

    report = nwbgate.check(manifest=VALID, rules=[mine])
    assert report.exit_code == 3
    assert [rule.code for rule in report.broken] == ["behavior_sessions.mine"]


def test_one_path_and_one_code_need_not_be_in_lists():
    report = nwbgate.check(str(SESSION), select="trials.one_outcome", ignore="inspector")
    assert (report.files, report.passed) == ((str(SESSION),), ("trials.one_outcome",))


def test_a_weight_that_findings_do_not_have_is_a_usage_error():
    with pytest.raises(UsageError, match="unknown severity"):
        nwbgate.check(manifest=VALID, fail_on="info")


def test_a_missing_table_is_a_usage_error(tmp_path):
    shutil.copytree(VALID, tmp_path / "manifest")
    (tmp_path / "manifest" / "ophys_session_table.csv").unlink()
    with pytest.raises(TableError, match="ophys_session_table"):
        nwbgate.check(manifest=tmp_path / "manifest", spec="visual_behavior")


def test_check_stays_a_function_when_every_module_is_imported():
    import nwbgate.gate.run

    assert nwbgate.check is nwbgate.gate.run.run
