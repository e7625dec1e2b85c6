"""Two mice as if they were a whole release: the valid manifest, the facts of all files it would have, its counts."""

from functools import cache
from typing import Any

import pandas as pd

from nwbgate.findings.outcome import Outcome
from nwbgate.gate.judge import judge
from nwbgate.gate.rule_order import needed_codes, with_needed
from nwbgate.manifest.specification.declaration import Spec
from nwbgate.manifest.specification.spec import load_spec
from nwbgate.manifest.tables import read_tables
from nwbgate.rules import all_rules
from nwbgate.rules.declared import whole_tables
from nwbgate.rules.rule import Finding, Rule
from support.places import VALID_MANIFEST

VALID = VALID_MANIFEST
Frames = dict[str, pd.DataFrame]
DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "datetime": "datetime64[us, UTC]"}
#: Fact about a file -> the column of its behavior session that says it.
OF_SESSION = {
    "behavior_session_id": "behavior_session_id", "ophys_session_id": "ophys_session_id", "subject_id": "mouse_id",
    "sex": "sex", "age_in_days": "age_in_days", "genotype": "full_genotype", "session_type": "session_type",
    "session_start_time": "date_of_acquisition", "equipment_name": "equipment_name", "project_code": "project_code",
    "imaging_plane_group_count": "imaging_plane_group_count", "n_trials": "trial_count", "go_trials": "go_trial_count",
    "catch_trials": "catch_trial_count", "hit_trials": "hit_trial_count", "miss_trials": "miss_trial_count",
    "false_alarm_trials": "false_alarm_trial_count", "correct_reject_trials": "correct_reject_trial_count",
}  # fmt: skip
OF_EXPERIMENT = (
    "ophys_experiment_id", "ophys_container_id", "targeted_structure", "imaging_depth", "targeted_imaging_depth",
    "imaging_plane_group", "indicator",
)  # fmt: skip


def sized(spec: Spec, frames: Frames) -> Spec:
    """Return `spec` with the numbers of rows that `frames` have: for it they are a whole release."""
    return _with_numbers(spec, {name: _numbers(spec, name, frames) for name in spec.tables})


def _with_numbers(spec: Spec, numbers: dict[str, list[int]]) -> Spec:
    tables = {
        name: table.model_copy(
            update={
                "counts": [
                    count.model_copy(update={"number": number})
                    for count, number in zip(table.counts, numbers[name], strict=True)
                ]
            }
        )
        for name, table in spec.tables.items()
    }
    return spec.model_copy(update={"tables": tables})


def _numbers(spec: Spec, table: str, frames: Frames) -> list[int]:
    """What the counting rules of a table count when nothing satisfies them."""
    impossible = _with_numbers(spec, {name: [-1] * len(each.counts) for name, each in spec.tables.items()})
    found = [rule.function(*(frames[name] for name in rule.tables)) for rule in whole_tables.counts(impossible, table)]
    return [int(rows["got"].iloc[0].replace(",", "")) for rows in found if rows is not None]


def miscounted(spec: Spec, table: str, position: int) -> Spec:
    """Return `spec` with one number of one table one too high."""
    numbers = {name: [count.number for count in each.counts] for name, each in spec.tables.items()}
    numbers[table][position] += 1
    return _with_numbers(spec, numbers)


@cache
def _rules(version: str) -> list[Rule]:
    return [rule for rule in all_rules(load_spec(version)) if rule.scope == "manifest" and rule.kind != "count"]


def rules_about_tables(spec: Spec) -> list[Rule]:
    """Every rule about tables, the counts as `spec` has them."""
    counts = [rule for table in spec.tables for rule in whole_tables.counts(spec, table)]
    return [*_rules(spec.name), *counts]


def outcome(spec: Spec, frames: Frames, rules: list[Rule] | None = None, *, complete: bool = True) -> Outcome:
    """Judge tables, of a whole release unless said otherwise, by every rule about tables, or by some."""
    keys = {name: table.keys for name, table in spec.tables.items()}
    found = judge(rules_about_tables(spec) if rules is None else rules, frames, keys, complete=complete)
    assert not found.broken, found.broken
    return found


def findings(spec: Spec, valid: Frames, planted: Frames, *, complete: bool = True) -> list[Finding]:
    """What is found in a valid release in which something was planted.

    A rule whose tables are those of the valid release says of them what it said then: nothing. So only the rules that
    see a changed table are judged again, and those that they need.
    """
    same = {name for name in planted if planted[name] is valid.get(name)}
    rules = rules_about_tables(spec)
    changed = [rule.code for rule in rules if not same.issuperset(rule.tables)]
    judged = with_needed(changed, needed_codes(rules))
    return outcome(spec, planted, [rule for rule in rules if rule.code in judged], complete=complete).findings


def fired(spec: Spec, valid: Frames, planted: Frames, *, complete: bool = True) -> list[str]:
    """The codes of `findings`."""
    return [finding.code for finding in findings(spec, valid, planted, complete=complete)]


def typed(spec: Spec, table: str, columns: dict[str, Any]) -> pd.DataFrame:
    """A frame in the types that the specification declares."""
    declared = spec.tables[table].columns
    frame = pd.DataFrame(columns)
    return frame.astype({name: DTYPES.get(declared[name].type, "object") for name in frame})


def read_as(text: str, kind: str) -> object:
    """A value as a file would give it, of the type that the specification declares."""
    value = pd.Series([text or None]).astype(object)
    return (pd.to_numeric(value) if kind in ("integer", "number") else value).astype(DTYPES.get(kind, "object"))[0]


@cache
def release() -> tuple[Spec, Frames]:
    """The manifest with the facts of the files that it would have, and the specification that counts both."""
    spec = load_spec("visual_behavior@1.1.0")
    frames = read_tables(VALID, spec)
    frames |= facts(spec, frames)
    return sized(spec, frames), frames


def facts(spec: Spec, frames: Frames) -> Frames:
    """Facts of one file per behavior session, with a plane per experiment and an ROI per cell."""
    sessions, experiments, cells = (frames[name] for name in ("behavior_sessions", "ophys_experiments", "ophys_cells"))
    path = "sub-" + sessions["mouse_id"] + "/sub-" + sessions["mouse_id"] + "_ses-"
    path += sessions["behavior_session_id"].astype(str) + ".nwb"
    files = typed(spec, "nwb_files", {
        "path": path, "identifier": "id " + path, "object_id": "object " + path,
        "session_id": sessions["behavior_session_id"].astype(str), "species": "Mus musculus",
        "age": "P" + sessions["age_in_days"].astype(str) + "D", "dataset_layout": "standard",
        "session_description": "A session.",
        **{fact: sessions[column] for fact, column in OF_SESSION.items()},
        "n_planes": sessions["ophys_experiment_id"].map(len, na_action="ignore").fillna(0),
        "n_rois": sessions["ophys_experiment_id"].map(lambda planes: 2 * len(planes), na_action="ignore").fillna(0),
    })  # fmt: skip
    path_of = dict(zip(sessions["behavior_session_id"], path, strict=True))
    planes = typed(spec, "nwb_planes", {
        "path": experiments["behavior_session_id"].map(path_of),
        "plane": "plane " + experiments["ophys_experiment_id"].astype(str),
        **{column: experiments[column] for column in OF_EXPERIMENT},
        "imaging_rate": 11.0, "measured_rate": 10.7, "n_frames": 48_000,
        "n_rois": experiments["ophys_experiment_id"].map(cells["ophys_experiment_id"].value_counts()),
    })  # fmt: skip
    plane_of = planes.set_index("ophys_experiment_id")
    rois = typed(spec, "nwb_rois", {
        "path": cells["ophys_experiment_id"].map(plane_of["path"]),
        "plane": cells["ophys_experiment_id"].map(plane_of["plane"]),
        **{column: cells[column] for column in ("ophys_experiment_id", "cell_roi_id", "cell_specimen_id")},
        "valid_roi": True,
    })  # fmt: skip
    number = sessions["behavior_session_id"].astype(str)
    files = files.assign(
        provenance_timezone=None,
        behavior_session_uuid="uuid " + number,
        behavior_digests="running=" + number + " running_head=9000:h" + number,
    )
    planes = planes.assign(imaging_digests="traces=" + planes["ophys_experiment_id"].astype(str))
    return {"nwb_files": files, "nwb_planes": planes, "nwb_rois": rois}


@cache
def candidate() -> tuple[Spec, Frames]:
    """The same mice in the tables of the release candidate: paths of files, no trial counts, no cells."""
    spec = load_spec("visual_behavior@release-candidate")
    whole = read_tables(VALID, load_spec("visual_behavior@1.1.0"))
    frames = {
        name: whole[name].drop(columns=[column for column in whole[name] if column not in spec.tables[name].columns])
        for name in ("behavior_sessions", "ophys_sessions", "ophys_experiments")
    }
    frames["unparsed_cells"] = whole["unparsed_cells"]
    sessions, experiments = frames["behavior_sessions"], frames["ophys_experiments"]
    paths = "/release/behavior_session_" + sessions["behavior_session_id"].astype(str) + ".nwb"
    sessions["file_path"] = paths.where(sessions["ophys_session_id"].isna(), None)
    experiments["file_path"] = (
        "/release/behavior_ophys_experiment_" + experiments["ophys_experiment_id"].astype(str) + ".nwb"
    )
    for table in (sessions, experiments):
        table["file_id"] = pd.array([-999] * len(table), dtype="Int64")
    return sized(spec, frames), frames
