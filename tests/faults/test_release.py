"""Faults of a whole release of two mice: one edit of its tables or of the facts of its files is one finding."""

import pytest

from faults.release_edits import CANDIDATE, MANIFEST, RELEASE, SOME_FILES
from faults.whole_release import Frames, candidate, fired, miscounted, outcome, read_as, release
from nwbgate.corpus.cells import FACT_CELLS
from nwbgate.rules import FACTS as FACTS_TABLES
from nwbgate.rules.declared import whole_tables
from support import manifest_cases

COUNTS = [
    (version, table, position)
    for version in (release, candidate)
    for table, declared in version()[0].tables.items()
    for position in range(len(declared.counts))
    if table in version()[1]
]
#: Why a rule about files of the public release is not run on converted ones.
RELEASED_FILES = "no row of nwb_files has dataset_layout released"
#: Why rules about columns that came with 1.1.0 are not run on the release candidate.
OF_1_1_0 = {
    f"column {column} not given"
    for column in (
        "behavior_sessions.trial_count", "behavior_sessions.hit_trial_count", "ophys_experiments.published_at",
        "ophys_experiments.isi_experiment_id", "behavior_sessions.go_trial_count",
    )
}  # fmt: skip
#: Why rules about the paths of files are not run on 1.1.0.
OF_CANDIDATE = {f"column {table}.file_path not given" for table in ("behavior_sessions", "ophys_experiments")}


def manifest_alone() -> Frames:
    return {name: frame for name, frame in release()[1].items() if name not in FACTS_TABLES}


@pytest.mark.parametrize("version", [release, candidate])
def test_a_valid_release_has_no_finding(version):
    found = outcome(*version())
    assert found.findings == []
    assert {gap.reason for gap in found.not_run} <= {
        "no NWB file given",
        "table ophys_cells not given",
        RELEASED_FILES,
        *OF_1_1_0,
        *OF_CANDIDATE,
    }


def test_every_rule_about_tables_is_run_on_a_valid_release():
    unjudged = [gap for gap in outcome(*release()).not_run if gap.reason not in {RELEASED_FILES, *OF_CANDIDATE}]
    assert unjudged == []


@pytest.mark.parametrize(("code", "row", "text"), FACT_CELLS)
def test_one_wrong_fact_of_a_file_is_one_finding(code, row, text):
    spec, frames = release()
    table, column, _ = code.split(".")
    changed = frames[table].copy()
    changed.at[row, column] = read_as(text, spec.tables[table].columns[column].type)
    assert fired(spec, frames, {**frames, table: changed}) == [code]


@pytest.mark.parametrize(("code", "edit"), RELEASE, ids=[code for code, _ in RELEASE])
def test_one_edit_of_a_release_is_one_finding(code, edit):
    spec, frames = release()
    edit(planted := dict(frames))
    assert fired(spec, frames, planted) == [code]


@pytest.mark.parametrize(("code", "edit"), MANIFEST, ids=[code for code, _ in MANIFEST])
def test_one_edit_of_the_tables_is_one_finding(code, edit):
    spec, frames = release()
    edit(planted := manifest_alone())
    assert fired(spec, frames, planted, complete=False) == [code]


@pytest.mark.parametrize(("code", "edit"), SOME_FILES, ids=[code for code, _ in SOME_FILES])
def test_one_fault_of_some_files_is_one_finding(code, edit):
    spec, frames = release()
    edit(planted := dict(frames))
    assert fired(spec, frames, planted, complete=False) == [code]


@pytest.mark.parametrize("code", manifest_cases.CASES)
def test_what_is_wrong_in_several_cells_is_one_finding(code):
    edit, _ = manifest_cases.CASES[code]
    edit(planted := {name: frame.copy() for name, frame in manifest_alone().items()})
    assert fired(release()[0], release()[1], planted, complete=False) == [code]


@pytest.mark.parametrize(("code", "edit"), CANDIDATE, ids=[code for code, _ in CANDIDATE])
def test_one_edit_of_the_release_candidate_is_one_finding(code, edit):
    spec, frames = candidate()
    edit(planted := dict(frames))
    assert fired(spec, frames, planted) == [code]


@pytest.mark.parametrize(("version", "table", "position"), COUNTS)
def test_one_wrong_number_of_rows_is_one_finding(version, table, position):
    spec, frames = version()
    code = [rule.code for rule in whole_tables.counts(spec, table)][position]
    found = outcome(miscounted(spec, table, position), frames)
    assert [finding.code for finding in found.findings] == [code]


@pytest.mark.parametrize("table", ["behavior_sessions", "ophys_experiments"])
def test_the_release_candidate_without_paths_is_one_finding(table):
    spec, frames = candidate()
    planted = {**frames, table: frames[table].drop(columns="file_path")}
    assert fired(spec, frames, planted) == [f"{table}.file_path.present"]
