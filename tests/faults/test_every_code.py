"""Every shipped code is hit by a fault of this corpus, or is named here with the reason why one edit cannot hit it."""

from faults.release_edits import CANDIDATE, MANIFEST, RELEASE, SOME_FILES
from faults.test_recordings import OTHERS, ROWS, WITHOUT_FILE
from nwbgate.corpus.any_file_edits import ANY_LAB
from nwbgate.corpus.cells import FACT_CELLS, MANIFEST_CELLS, RECORDING_CELLS
from nwbgate.corpus.inspector_edits import INSPECTOR
from nwbgate.corpus.recording_edits import RECORDING
from nwbgate.corpus.released_edits import BYTES, RELEASED
from nwbgate.corpus.rig_edits import RIG
from nwbgate.corpus.session_content_edits import CONTENT
from nwbgate.corpus.session_edits import SESSION
from nwbgate.corpus.validator_edits import NAMES, WHOLE_FILE
from nwbgate.findings.validator_codes import catalogue
from nwbgate.gate.shipped_codes import shipped_rules
from support import manifest_cases

FAULTS = [
    *RECORDING, *CANDIDATE, *MANIFEST, *RELEASE, *SOME_FILES, *BYTES, *RELEASED, *RIG, *CONTENT, *SESSION,
    *ANY_LAB, *MANIFEST_CELLS, *RECORDING_CELLS, *OTHERS, *ROWS, *FACT_CELLS, *NAMES, *WHOLE_FILE,
    *((f"inspector.{check}", edit) for check, edit in INSPECTOR),
    *manifest_cases.CASES.items(),
]  # fmt: skip
#: Kinds of which the tests make a fault of every rule that is declared: each column taken out, each number changed.
MADE = {"present", "count"}

#: Codes that no single edit of a valid input gives alone, and why; other tests give them, or hold their list complete.
NOT_ALONE = {
    "ophys_sessions.ophys_session_id.at_least_one_of_behavior_sessions": (
        "ophys_session_id is copied from the row that would have to lack it, and that is said first"
    ),
    **dict.fromkeys(
        ("nwb_files.animal_is_described_alike", "nwb_files.animal_ages_with_the_date"),
        "a manifest says of the file first that it copied another value; tests/rules/test_copied_content.py has none",
    ),
    "nwb_files.planes_share_their_behavior": "takes two files of one session: tests/rules/test_copied_content.py",
    "recordings.start_has_a_time_of_day": "takes four recordings: tests/manifest/test_recording_rows.py has them",
    "file.not_judged": "beside a file that is judged, which tests/cli/verbs/test_check.py has",
    "file.stale_metadata": "takes a Zarr store, which tests/validators/test_store_findings.py changes",
    "file.over_limit": "takes a limit, which tests/gate/test_files.py gives",
    **dict.fromkeys(
        (code for code in catalogue() if code.startswith(("publish.", "archive."))),
        "judged by `nwbgate dandi`; the faults are planted in tests/dandi/",
    ),
    "file.unconstructible": "the schema names what is missing as well",
    "schema.crashed": "a file whose root is of no known type cannot be read by us either",
    "schema.incorrect_quantity": "NWB 2.11 limits no number of objects but by their names",
    "schema.empty_array": "NWB 2.11 has no array that must not be empty",
    "schema.illegal_link": "h5py follows links inside one file as if there were none",
    "inspector.crashed": "only a version of NWB that the inspector cannot parse stops it",
    "inspector.check_file_extension": "folders are searched for files of that name only",
    "inspector.check_large_dataset_compression": "takes a dataset of 20 GB",
    "inspector.check_image_series_data_size": "takes a video of 20 GB",
    **dict.fromkeys(
        (
            "inspector.check_name_slashes", "inspector.check_name_colons", "inspector.check_empty_table",
            "inspector.check_electrical_series_reference_electrodes_table",
            "inspector.check_roi_response_series_link_to_plane_segmentation",
            "inspector.check_image_series_starting_frame_without_external_file",
            "inspector.check_index_series_points_to_image", "inspector.check_sweeptable_deprecated",
        ),
        "PyNWB 4 refuses to make it, or other checks of the inspector stumble over it as well",
    ),
}  # fmt: skip


def shipped() -> set[str]:
    return {*catalogue(), *(rule.code for rule in shipped_rules())}


def test_every_shipped_code_is_hit_or_has_a_reason():
    hit = {fault[0] for fault in FAULTS} | {WITHOUT_FILE} | {rule.code for rule in shipped_rules() if rule.kind in MADE}
    assert shipped() - hit == set(NOT_ALONE)


def test_every_fault_expects_a_shipped_code():
    assert {fault[0] for fault in FAULTS} <= shipped()


def test_there_are_more_than_six_hundred_faults():
    assert len(FAULTS) > 600
