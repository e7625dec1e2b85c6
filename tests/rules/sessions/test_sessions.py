"""All rules of one file: each has a case, none fires on what AllenSDK wrote but for the faults it is known for."""

import shutil

import h5py
import numpy as np
import pytest

from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.rules.sessions import RULES
from rules.sessions import test_clocks, test_identity, test_rig, test_scaling, test_sources
from rules.sessions.behavior import test_eye, test_licks, test_outcomes, test_rewards, test_running, test_trials
from rules.sessions.imaging import test_detected_events, test_masks, test_motion, test_planes, test_rois, test_traces
from rules.sessions.recording import test_responses, test_units, test_voltages
from rules.sessions.stimulus import test_changes, test_flashes, test_frames, test_images, test_presentations
from support.development_data import shared
from support.judged_sessions import fired, good, outcome
from support.standard_session import ACTIVE, FLASHED, GRATINGS, PASSIVE

MODULES = (
    test_changes,
    test_clocks,
    test_detected_events,
    test_eye,
    test_flashes,
    test_frames,
    test_identity,
    test_images,
    test_licks,
    test_masks,
    test_motion,
    test_outcomes,
    test_planes,
    test_presentations,
    test_responses,
    test_rewards,
    test_rig,
    test_rois,
    test_running,
    test_scaling,
    test_sources,
    test_traces,
    test_trials,
    test_units,
    test_voltages,
)
#: AllenSDK writes meters for camera pixels, cm for degrees and mL for a yes or no.
KNOWN_FAULT = "series.unit_is_as_described"
IMAGING = "behavior_ophys_experiments/behavior_ophys_experiment_"
TRAINING = "behavior_sessions/behavior_session_"


def test_every_rule_has_a_case_that_fires():
    cases = [case for module in MODULES for case in (*module.CASES, *getattr(module, "CASES_OF_OTHERS", ()))]
    assert {code for code, _ in cases} == {rule.code for rule in RULES}


def test_every_rule_judges_one_file():
    assert {rule.scope for rule in RULES} == {"session"}


def test_every_need_is_a_rule():
    codes = {rule.code for rule in RULES}
    assert not [(rule.code, need) for rule in RULES for need in rule.needs if need not in codes]


@pytest.mark.parametrize("path", [ACTIVE, PASSIVE, GRATINGS, FLASHED], ids=lambda path: path.stem)
def test_a_good_session_has_no_findings(path):
    assert fired(good(path)) == []


@pytest.mark.parametrize(
    "name",
    [
        *(f"{IMAGING}{number}.nwb" for number in (1900011010, 1900011011, 1900011012, 1900011110, 1900011210)),
        *(f"{TRAINING}{number}.nwb" for number in (1900011301, 1900011401, 1900011501)),
    ],
)
def test_a_file_that_allensdk_wrote_has_its_known_fault_and_no_other(name):
    found = outcome(session_frames(shared("visual_behavior_release", name)))
    assert not found.broken
    assert [finding.code for finding in found.findings] == [KNOWN_FAULT]


def test_a_rule_whose_table_is_absent_is_not_run_and_says_so():
    reasons = {rule.code: rule.reason for rule in outcome(good(PASSIVE)).not_run}
    assert reasons["licks.licks_within_stimulus"] == "table licks not given"


TRACES = "processing/ophys/dff/traces/data"
TRIALS = "intervals/trials"


def swap_traces(file: h5py.File) -> None:
    data = file[TRACES][()]
    file[TRACES][...] = data[:, [1, 0, 2, 3, 4]]


def copy_trace(file: h5py.File) -> None:
    file[TRACES][:, 4] = file[TRACES][:, 3]


def fill_trace_with_nan(file: h5py.File) -> None:
    file[TRACES][100:120, 2] = np.nan


def flatten_trace(file: h5py.File) -> None:
    file[TRACES][:, 2] = 0.0


def shift_changes(file: h5py.File) -> None:
    file[TRIALS]["change_time"][...] = file[TRIALS]["change_time"][()] + 0.1


def contradict_outcome(file: h5py.File) -> None:
    file[TRIALS]["miss"][6] = True


def drop_column(file: h5py.File) -> None:
    names = [name for name in file[TRIALS].attrs["colnames"] if name != "change_time"]
    file[TRIALS].attrs["colnames"] = names
    del file[TRIALS]["change_time"]


def swap_licks(file: h5py.File) -> None:
    times = file["processing/licking/licks/timestamps"]
    times[10:12] = times[10:12][::-1]


def lose_imaging_frame(file: h5py.File) -> None:
    fluorescence = ("dff", "corrected_fluorescence", "demixed_trace", "neuropil_trace")
    series = [*(f"{name}/traces" for name in fluorescence), "event_detection"]
    for name in (*series, "ophys_motion_correction_x", "ophys_motion_correction_y"):
        times = file[f"processing/ophys/{name}/timestamps"]
        times[2000:] = times[2000:] + 0.09337


def empty_a_mask(file: h5py.File) -> None:
    file["processing/ophys/image_segmentation/cell_specimen_table/image_mask"][0] = False


def shorten_rois(file: h5py.File) -> None:
    rois = file["processing/ophys/event_detection/rois"]
    attributes = dict(rois.attrs)
    kept = rois[:3]
    del file["processing/ophys/event_detection/rois"]
    made = file["processing/ophys/event_detection"].create_dataset("rois", data=kept)
    made.attrs.update(attributes)


def give_away_events(file: h5py.File) -> None:
    file["processing/ophys/event_detection/rois"][0] = 99


def rename_image(file: h5py.File) -> None:
    shown = file["intervals/Natural_Images_Lum_Matched_set_training_2017_presentations/image_name"]
    shown[3] = "im999"


def retell_genotype(file: h5py.File) -> None:
    file["general/subject/genotype"][()] = "Vip-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt"


EDITS = {
    swap_traces: "trace_partners.dff_is_of_its_own_roi",
    copy_trace: "trace_columns.trace_is_not_another_rois",
    fill_trace_with_nan: "trace_columns.trace_has_no_nan",
    flatten_trace: "trace_columns.trace_varies",
    shift_changes: "trials.change_at_presentation",
    contradict_outcome: "trials.one_outcome",
    drop_column: "columns.column_is_present",
    swap_licks: "clocks.timestamps_increase",
    lose_imaging_frame: "clocks.imaging_has_no_gaps",
    empty_a_mask: "masks.mask_has_pixels",
    shorten_rois: "series.as_wide_as_its_regions",
    give_away_events: "series.regions_exist",
    rename_image: "stimulus_presentations.image_has_template",
    retell_genotype: "session.lines_are_in_genotype",
}


@pytest.mark.parametrize(("edit", "code"), EDITS.items(), ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_in_the_file_fires_its_rule_and_no_other(tmp_path, edit, code):
    path = shutil.copy(ACTIVE, tmp_path / "edited.nwb")
    with h5py.File(path, "r+") as file:
        edit(file)
    assert fired(session_frames(path)) == sorted([code, KNOWN_FAULT])


#: Tables that come from the file, whose cells may be anything.
TABLES = (
    "session",
    "task_parameters",
    "trials",
    "stimulus_presentations",
    "stimulus_templates",
    "licks",
    "rewards",
    "planes",
    "cells",
)


@pytest.mark.parametrize("table", TABLES)
def test_no_rule_breaks_on_an_empty_table(table):
    frames = good(ACTIVE)
    frames[table] = frames[table].iloc[:0]
    assert not outcome(frames).broken


@pytest.mark.parametrize("table", TABLES)
def test_no_rule_breaks_on_a_column_without_values(table):
    broken = {}
    for column in good(ACTIVE)[table].columns:
        frames = good(ACTIVE)
        values = frames[table][column]
        if isinstance(values.iloc[0], np.ndarray):
            frames[table][column] = [np.empty(0)] * len(values)
        else:
            nullable = {"bool": "boolean", "int64": "Int64"}.get(str(values.dtype), values.dtype)
            frames[table][column] = values.astype(nullable).mask(np.ones(len(values), dtype=bool))
        broken[column] = outcome(frames).broken
    assert not any(broken.values()), broken
