"""Names and types of file facts that specifications compare with tables."""

#: Columns of one row per file, and the type of each.
FILE_COLUMNS = {
    "path": "object", "identifier": "object", "object_id": "object", "session_id": "object",
    "recording_id": "object", "behavior_session_id": "Int64", "ophys_session_id": "Int64", "subject_id": "object",
    "species": "object", "sex": "object", "age": "object", "age_in_days": "Int64", "genotype": "object",
    "session_type": "object", "session_start_time": "object", "equipment_name": "object", "project_code": "object",
    "imaging_plane_group_count": "Int64", "dataset_layout": "object",
    "session_description": "object", "institution": "object", "indicator": "object", "n_planes": "Int64",
    "n_rois": "Int64", "n_trials": "Int64", "go_trials": "Int64", "catch_trials": "Int64", "hit_trials": "Int64",
    "miss_trials": "Int64", "false_alarm_trials": "Int64", "correct_reject_trials": "Int64", "n_units": "Int64",
    "n_spikes": "Int64", "duration": "float64", "sampling_rate": "float64", "provenance_timezone": "object",
    "behavior_session_uuid": "object", "behavior_digests": "object",
}  # fmt: skip
#: Columns of one row per imaging plane.
PLANE_COLUMNS = {
    "path": "object", "plane": "object", "ophys_experiment_id": "Int64", "ophys_container_id": "Int64",
    "targeted_structure": "object", "imaging_depth": "Int64", "targeted_imaging_depth": "Int64",
    "imaging_plane_group": "Int64", "indicator": "object", "imaging_rate": "float64", "measured_rate": "float64",
    "n_rois": "Int64", "n_frames": "Int64", "imaging_digests": "object",
}  # fmt: skip
#: Columns of one row per ROI.
ROI_COLUMNS = {
    "path": "object", "plane": "object", "ophys_experiment_id": "Int64", "cell_roi_id": "Int64",
    "cell_specimen_id": "Int64", "valid_roi": "boolean",
}  # fmt: skip
#: The tables of facts: those of a specification that have no file.
FACTS = {"nwb_files": FILE_COLUMNS, "nwb_planes": PLANE_COLUMNS, "nwb_rois": ROI_COLUMNS}
