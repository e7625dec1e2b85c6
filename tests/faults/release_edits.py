"""Edits of the tables of a release, and the one code that each must give."""

from collections.abc import Callable

import pandas as pd

#: Tables by name.
Frames = dict[str, pd.DataFrame]
#: Changes frames in place; the frames are the test's own, their columns may be shared.
Edit = Callable[[Frames], None]


def put(table: str, row: int, column: str, value: object) -> Edit:
    """One cell gets another value."""

    def edit(frames: Frames) -> None:
        frame = frames[table] = frames[table].copy()
        frame.at[row, column] = value

    return edit


def released_as(name: str, identifier: str) -> Edit:
    """A file is in layout ``released``, with this name and identifier."""

    def edit(frames: Frames) -> None:
        frame = frames["nwb_files"] = frames["nwb_files"].copy()
        frame.loc[8, ["path", "identifier", "dataset_layout"]] = [f"sub-400000/{name}", identifier, "released"]

    return edit


def drop(table: str, row: int) -> Edit:
    """One row is missing."""

    def edit(frames: Frames) -> None:
        frames[table] = frames[table].drop(index=row).reset_index(drop=True)

    return edit


def again(table: str, row: int, **changes: object) -> Edit:
    """One row is there once more, at the end, with these changes."""

    def edit(frames: Frames) -> None:
        one = frames[table].iloc[[row]].assign(**changes)
        frames[table] = pd.concat([frames[table], one.astype(frames[table].dtypes)], ignore_index=True)

    return edit


def unknown_column(table: str) -> Edit:
    """There is a column that nobody knows."""

    def edit(frames: Frames) -> None:
        frames[table] = frames[table].assign(ophys_sesion_id="1")

    return edit


def in_every_table(column: str, value: object) -> Edit:
    """The first imaging session is told wrongly, and alike, in all three tables, and in its file where it is."""

    def edit(frames: Frames) -> None:
        named = ("behavior_sessions", "ophys_sessions", "ophys_experiments", "nwb_files")
        for table in (name for name in named if column in frames[name].columns):
            frame = frames[table] = frames[table].copy()
            frame.loc[frame["behavior_session_id"] == 2000000900, column] = value

    return edit


def deeper(container: int, micrometers: int) -> Edit:
    """All sessions of a container are deeper, and so is their target."""

    def edit(frames: Frames) -> None:
        planes = frames["ophys_experiments"] = frames["ophys_experiments"].copy()
        rows = planes["ophys_container_id"] == container
        planes.loc[rows, ["imaging_depth", "targeted_imaging_depth"]] += micrometers

    return edit


def lose(experiment: int, *tables: str) -> Edit:
    """An experiment is in none of these tables."""

    def edit(frames: Frames) -> None:
        for table in tables:
            kept = frames[table]["ophys_experiment_id"] != experiment
            frames[table] = frames[table][kept].reset_index(drop=True)

    return edit


GENOTYPE = "Vip-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt"
LATE = pd.Timestamp("2018-09-11 16:00:01", tz="UTC")
FILE = "sub-400000/sub-400000_ses-2000000700.nwb"
SESSION = "behavior_sessions.behavior_session_id"
EXPERIMENT = "ophys_experiments.ophys_experiment_id"
CELL = "ophys_experiment_id+cell_roi_id"
TABLES = ("behavior_sessions", "ophys_sessions", "ophys_experiments", "ophys_cells")
#: Faults of the tables of a whole release, with the facts of its files.
RELEASE: list[tuple[str, Edit]] = [
    ("behavior_sessions.mouse_has_one_genotype", put("behavior_sessions", 3, "full_genotype", GENOTYPE)),
    ("behavior_sessions.mouse_has_one_sex", put("behavior_sessions", 20, "sex", "F")),
    ("behavior_sessions.age_agrees_with_date", put("behavior_sessions", 3, "age_in_days", 84)),
    ("behavior_sessions.omissions_seen_are_possible", in_every_table("prior_exposures_to_omissions", 2)),
    ("ophys_sessions.project_code.derived", in_every_table("project_code", "VisualBehaviorTask1B")),
    ("ophys_experiments.container_has_one_structure", put("ophys_experiments", 13, "targeted_structure", "VISl")),
    ("ophys_cells.key.unique", again("ophys_cells", 40)),
    ("nwb_planes.key.unique", put("nwb_planes", 9, "plane", "plane 2000100903")),
    ("nwb_rois.key.unique", again("nwb_rois", 40)),
    (f"{SESSION}.at_least_one_of_nwb_files", drop("nwb_files", 2)),
    (f"{EXPERIMENT}.at_least_one_of_nwb_planes", drop("nwb_planes", 9)),
    (f"ophys_cells.{CELL}.at_least_one_of_nwb_rois", drop("nwb_rois", 40)),
    (f"nwb_rois.{CELL}.reference", put("nwb_rois", 40, "cell_roi_id", 7)),
    ("nwb_files.identifier_is_unique", put("nwb_files", 8, "identifier", f"id {FILE}")),
    ("nwb_files.object_id_is_unique", put("nwb_files", 8, "object_id", f"object {FILE}")),
    ("nwb_files.file_is_with_its_subject", put("nwb_files", 8, "path", "sub-400001/sub-400001.nwb")),
    ("nwb_files.file_is_named_for_its_session", put("nwb_files", 8, "path", FILE.replace("700.nwb", "701.nwb"))),
    ("nwb_files.file_is_named_for_its_identifier", released_as("behavior_session_2000000701.nwb", "2000000700")),
    ("nwb_files.name_is_portable", put("nwb_files", 8, "path", FILE.replace(".nwb", "_a?.nwb"))),
    ("nwb_files.names_differ_on_every_system", put("nwb_files", 8, "path", FILE.replace("sub-400000/", "SUB-400000/"))),
    ("nwb_files.plane_groups_are_those_of_the_manifest", put("nwb_files", 26, "imaging_plane_group_count", 1)),
    ("nwb_files.start_is_the_date_of_acquisition", put("nwb_files", 8, "session_start_time", LATE)),
    ("nwb_files.uuid_is_of_one_session", put("nwb_files", 8, "behavior_session_uuid", "uuid 2000000700")),
    ("nwb_files.behavior_is_of_its_own_session", put("nwb_files", 8, "behavior_digests", "running=2000000700")),
    (
        "nwb_files.behavior_is_of_its_own_session",
        put("nwb_files", 8, "behavior_digests", "running=r running_head=8100:h2000000700"),
    ),
    ("nwb_planes.content_is_of_its_own_plane", put("nwb_planes", 9, "imaging_digests", "traces=2000100903")),
    ("nwb_planes.imaging_rate_is_measured", put("nwb_planes", 9, "imaging_rate", 31.0)),
]
#: Faults of the four tables alone, without files.
MANIFEST: list[tuple[str, Edit]] = [
    *((f"{table}.columns.declared", unknown_column(table)) for table in TABLES),
    ("behavior_sessions.session_type.corrected", put("behavior_sessions", 5, "behavior_session_id", 863571063)),
    (f"{EXPERIMENT}.at_least_one_of_ophys_cells", lose(2000000902, "ophys_cells")),
    ("behavior_sessions.history_begins_with_training", drop("behavior_sessions", 0)),
    ("ophys_experiments.depth_is_of_the_line", deeper(2000090000, 100)),
    ("ophys_experiments.planes_are_apart", deeper(2000190000, 75)),
    (
        "ophys_sessions.ophys_session_id.at_least_one_of_ophys_experiments",
        lose(2000000902, "ophys_experiments", "ophys_cells"),
    ),
]
#: Faults of files of which some are not given.
SOME_FILES: list[tuple[str, Edit]] = [("ophys_cells.cell_is_in_its_file", drop("nwb_rois", 40))]
#: Faults of the tables of the release candidate, which has paths instead of numbers of files.
CANDIDATE: list[tuple[str, Edit]] = [
    ("behavior_sessions.project_code.required", put("behavior_sessions", 3, "project_code", None)),
    ("behavior_sessions.file_id.enum", put("behavior_sessions", 3, "file_id", 12)),
    ("behavior_sessions.file_path.null_when", put("behavior_sessions", 9, "file_path", "/x/behavior_session_9.nwb")),
    ("behavior_sessions.file_path.pattern", put("behavior_sessions", 3, "file_path", "/x/behavior_session_.nwb")),
    (
        "behavior_sessions.file_path.unique",
        put("behavior_sessions", 3, "file_path", "/release/behavior_session_2000000200.nwb"),
    ),
    ("ophys_experiments.file_id.enum", put("ophys_experiments", 3, "file_id", 12)),
    ("ophys_experiments.file_path.required", put("ophys_experiments", 3, "file_path", None)),
    (
        "ophys_experiments.file_path.pattern",
        put("ophys_experiments", 3, "file_path", "/x/behavior_ophys_experiment.nwb"),
    ),
    (
        "ophys_experiments.file_path.unique",
        put("ophys_experiments", 3, "file_path", "/release/behavior_ophys_experiment_2000000902.nwb"),
    ),
    (
        "behavior_sessions.path_is_of_the_session",
        put("behavior_sessions", 3, "file_path", "/release/behavior_session_2000000301.nwb"),
    ),
    (
        "ophys_experiments.path_is_of_the_plane",
        put("ophys_experiments", 3, "file_path", "/release/behavior_ophys_experiment_2000000903.nwb"),
    ),
]
