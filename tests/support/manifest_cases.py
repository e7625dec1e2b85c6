"""For each written rule about tables: edits of the valid manifest on which exactly it fires, and the rows it names."""

from collections.abc import Callable

import pandas as pd

from support.manifests import Frames

#: Code -> (an edit of the frames, the keys of the rows that must offend).
CASES: dict[str, tuple[Callable[[Frames], None], tuple[object, ...]]] = {}
DAY = pd.Timedelta(days=1)


def case(code: str, *keys: object) -> Callable[[Callable[[Frames], None]], Callable[[Frames], None]]:
    def listed(edit: Callable[[Frames], None]) -> Callable[[Frames], None]:
        CASES[code] = (edit, keys)
        return edit

    return listed


def put(frames: Frames, table: str, row: int, column: str, value: object) -> None:
    frames[table].at[row, column] = value


@case("behavior_sessions.mouse_has_one_genotype", 2000000300)
def _(frames: Frames) -> None:
    put(frames, "behavior_sessions", 3, "full_genotype", "Vip-IRES-Cre/wt;Ai148(TIT2L-GC6f-ICL-tTA2)/wt")


@case("behavior_sessions.mouse_has_one_sex", 2000100300)
def _(frames: Frames) -> None:
    put(frames, "behavior_sessions", 20, "sex", "F")


@case("behavior_sessions.age_agrees_with_date", 2000000300)
def _(frames: Frames) -> None:
    put(frames, "behavior_sessions", 3, "age_in_days", 84)


@case("behavior_sessions.one_behavior_session_a_day", 2000000300)
def _(frames: Frames) -> None:
    """The fourth session of the first mouse is moved to the day before, five hours after that day's own."""
    put(frames, "behavior_sessions", 3, "date_of_acquisition", pd.Timestamp("2018-09-05 15:00:00.837", tz="UTC"))
    put(frames, "behavior_sessions", 3, "age_in_days", 82)


@case("ophys_sessions.one_ophys_session_a_day", 2000001101)
def _(frames: Frames) -> None:
    """The third imaging session of the first mouse is moved to the day before, after that day's own, in every table."""
    for table in ("behavior_sessions", "ophys_sessions", "ophys_experiments"):
        rows = frames[table]["behavior_session_id"] == 2000001100
        frames[table].loc[rows, "date_of_acquisition"] -= DAY - pd.Timedelta(hours=2)
        frames[table].loc[rows, "age_in_days"] -= 1


def add_planes(frames: Frames, session: int, planes: int, first: int = 0, **columns: object) -> None:
    """Add planes to an imaging session, with their cells, in every table that lists them."""
    experiments, cells = frames["ophys_experiments"], frames["ophys_cells"]
    like = experiments[experiments["ophys_session_id"] == session].iloc[[-1] * planes]
    new = like.assign(
        ophys_experiment_id=[9_000_000_000 + first + plane for plane in range(planes)],
        file_id=[9_000_000_000 + first + plane for plane in range(planes)],
        **columns,
    )
    frames["ophys_experiments"] = pd.concat([experiments, new], ignore_index=True).astype(experiments.dtypes)
    roi = pd.DataFrame(
        {"cell_roi_id": new["ophys_experiment_id"] * 10, "ophys_experiment_id": new["ophys_experiment_id"]}
    )
    frames["ophys_cells"] = pd.concat([cells, roi.assign(cell_specimen_id=pd.NA)], ignore_index=True).astype(
        cells.dtypes
    )
    for table in ("behavior_sessions", "ophys_sessions"):
        for row in frames[table].index[frames[table]["ophys_session_id"].eq(session).fillna(False)]:
            ids = frames[table].at[row, "ophys_experiment_id"]
            frames[table].at[row, "ophys_experiment_id"] = (*ids, *new["ophys_experiment_id"])


@case("ophys_sessions.at_most_eight_experiments", 2000100901)
def _(frames: Frames) -> None:
    add_planes(frames, 2000100901, 3)


@case("ophys_sessions.depths_bound_the_planes", 2000100901)
def _(frames: Frames) -> None:
    """A session of two structures with four depths each gets a fifth plane in one of them."""
    add_planes(frames, 2000100901, 2)


@case("ophys_sessions.structures_bound_the_planes", 2000000901, 2000001001, 2000001101)
def _(frames: Frames) -> None:
    """Three single-plane sessions get a plane in another structure, of a container of its own."""
    for number, session in enumerate((2000000901, 2000001001, 2000001101)):
        add_planes(frames, session, 1, number, targeted_structure="VISl", ophys_container_id=2000090099)
        _list_container(frames, session, 2000090099)
    _target(frames)


def _list_container(frames: Frames, session: int, container: int) -> None:
    for table in ("behavior_sessions", "ophys_sessions"):
        for row in frames[table].index[frames[table]["ophys_session_id"].eq(session).fillna(False)]:
            ids = frames[table].at[row, "ophys_container_id"]
            frames[table].at[row, "ophys_container_id"] = (*ids, container)


def _target(frames: Frames) -> None:
    """Make the target depth of every container the mean depth of its planes."""
    experiments = frames["ophys_experiments"]
    depth = experiments["imaging_depth"].astype("float64").groupby(experiments["ophys_container_id"]).transform("mean")
    experiments["targeted_imaging_depth"] = depth.floordiv(1).astype("Int64")


@case("behavior_sessions.omissions_seen_are_possible", 2000000900)
def _(frames: Frames) -> None:
    """The first imaging session can have been preceded by omissions in habituation, once, but not twice."""
    for table in ("behavior_sessions", "ophys_sessions", "ophys_experiments"):
        rows = frames[table]["behavior_session_id"] == 2000000900
        frames[table].loc[rows, "prior_exposures_to_omissions"] = 2


@case("ophys_experiments.container_has_3_to_11_sessions", 2000100902)
def _(frames: Frames) -> None:
    """All but two sessions of a container are taken for those of another."""
    move = [session for session in frames["ophys_sessions"]["ophys_session_id"] if session > 2000101001]
    _move(frames, [2000190000], 2000190099, move)
    planes = frames["ophys_experiments"]
    planes.loc[planes["ophys_container_id"] == 2000190099, ["imaging_depth", "targeted_imaging_depth"]] += 37


def _move(frames: Frames, containers: list[int], to: int, sessions: list[int]) -> None:
    """Give the planes of `containers` in `sessions` to the new container `to`, and forget their cells' matches."""
    experiments = frames["ophys_experiments"]
    rows = experiments["ophys_container_id"].isin(containers) & experiments["ophys_session_id"].isin(sessions)
    experiments.loc[rows, ["ophys_container_id", "targeted_structure"]] = [to, "VISl"]
    cells = frames["ophys_cells"]
    moved = cells["ophys_experiment_id"].isin(experiments.loc[rows, "ophys_experiment_id"])
    cells.loc[moved, "cell_specimen_id"] = pd.NA
    for table in ("behavior_sessions", "ophys_sessions"):
        for row in frames[table].index[frames[table]["ophys_session_id"].isin(sessions)]:
            ids = frames[table].at[row, "ophys_container_id"]
            frames[table].at[row, "ophys_container_id"] = tuple(sorted({*ids} - {*containers} | {to}))
    _target(frames)


@case("ophys_experiments.container_has_one_structure", 2000101002)
def _(frames: Frames) -> None:
    put(frames, "ophys_experiments", 13, "targeted_structure", "VISl")


@case("ophys_experiments.depth_is_near_target", 2000100902, 2000101002)
def _(frames: Frames) -> None:
    """Two sessions of a container lie 110 um deeper than the five others, and its target is their mean."""
    deeper = frames["ophys_experiments"]["ophys_experiment_id"].isin([2000100902, 2000101002])
    frames["ophys_experiments"].loc[deeper, "imaging_depth"] += 110
    _target(frames)


@case("ophys_experiments.depth_is_of_the_line", *(2000000902 + 100 * number for number in range(7)))
def _(frames: Frames) -> None:
    """A container of an excitatory line is 100 um deeper in all of its sessions, and so is its target."""
    planes = frames["ophys_experiments"]
    planes.loc[planes["ophys_container_id"] == 2000090000, ["imaging_depth", "targeted_imaging_depth"]] += 100


@case("ophys_experiments.planes_are_apart", *(2000100904 + 100 * number for number in range(7)))
def _(frames: Frames) -> None:
    """The upper plane of VISp has the depth of the one below it in all sessions of its container."""
    planes = frames["ophys_experiments"]
    planes.loc[planes["ophys_container_id"] == 2000190000, ["imaging_depth", "targeted_imaging_depth"]] += 75


@case("behavior_sessions.history_begins_with_training", 2000000100)
def _(frames: Frames) -> None:
    frames["behavior_sessions"] = frames["behavior_sessions"].drop(index=0).reset_index(drop=True)


def _in_container(frames: Frames, experiment: int, container: int) -> None:
    """Give one plane to another container, in every table that lists it."""
    experiments = frames["ophys_experiments"]
    row = experiments.index[experiments["ophys_experiment_id"] == experiment][0]
    session = experiments.at[row, "ophys_session_id"]
    experiments.at[row, "ophys_container_id"] = container
    listed = tuple(sorted({*experiments.loc[experiments["ophys_session_id"] == session, "ophys_container_id"]}))
    for table in ("behavior_sessions", "ophys_sessions"):
        for place in frames[table].index[frames[table]["ophys_session_id"].eq(session).fillna(False)]:
            frames[table].at[place, "ophys_container_id"] = listed
    _target(frames)


@case("ophys_experiments.container_has_one_mouse", 2000001502)
def _(frames: Frames) -> None:
    _in_container(frames, 2000001502, 2000190002)


@case("ophys_experiments.container_once_in_a_session", 2000100904)
def _(frames: Frames) -> None:
    """A plane is taken for the one 50 um above it."""
    put(frames, "ophys_experiments", 9, "imaging_depth", 125)
    _in_container(frames, 2000100904, 2000190000)


@case("behavior_sessions.go_and_catch_trials_fit", 2000000500)
def _(frames: Frames) -> None:
    """10 go and 10 catch trials."""
    put(frames, "behavior_sessions", 5, "trial_count", 19)


@case("behavior_sessions.engaged_trials_fit", 2000000500)
def _(frames: Frames) -> None:
    put(frames, "behavior_sessions", 5, "engaged_trial_count", 26)


@case("behavior_sessions.passive_session_has_no_response", 2000001000)
def _(frames: Frames) -> None:
    for column, change in (("hit_trial_count", 3), ("miss_trial_count", -3)):
        frames["behavior_sessions"].loc[10, column] += change


@case("behavior_sessions.own_file_unless_imaged", 2000000300, 2000000900)
def _(frames: Frames) -> None:
    """The file of a training session stands in the row of an imaged one."""
    put(frames, "behavior_sessions", 3, "file_id", -999)
    put(frames, "behavior_sessions", 9, "file_id", 2000000300)


@case("behavior_sessions.file_of_one_row", 2000000300, 2000000400)
def _(frames: Frames) -> None:
    """One session has the file of the session before, another that of a plane."""
    put(frames, "behavior_sessions", 3, "file_id", 2000000200)
    put(frames, "behavior_sessions", 4, "file_id", 2000000902)


@case("ophys_experiments.published_after_acquisition", 2000000902)
def _(frames: Frames) -> None:
    put(frames, "ophys_experiments", 0, "published_at", pd.Timestamp("2018-09-11", tz="UTC"))


@case("ophys_cells.roi_of_one_experiment", (2000001002, 2000000902000))
def _(frames: Frames) -> None:
    put(frames, "ophys_cells", 2, "cell_roi_id", 2000000902000)


@case("ophys_cells.specimen_once_in_an_experiment", (2000000902, 2000000902001))
def _(frames: Frames) -> None:
    put(frames, "ophys_cells", 0, "cell_specimen_id", 2000090000001)


@case("ophys_cells.specimen_of_one_container", (2000001502, 2000001502000))
def _(frames: Frames) -> None:
    """A cell of the second mouse is found in the first one, too."""
    put(frames, "ophys_cells", 12, "cell_specimen_id", 2000190000001)


def in_all(frames: Frames, session: int, **values: object) -> None:
    """Tell something of a session in every table that tells it."""
    for table in ("behavior_sessions", "ophys_sessions", "ophys_experiments"):
        rows = frames[table]["behavior_session_id"] == session
        for column, value in values.items():
            frames[table].loc[rows, column] = value


@case("ophys_cells.specimen_is_not_the_roi", (2000000902, 2000000902001))
def _(frames: Frames) -> None:
    put(frames, "ophys_cells", 1, "cell_specimen_id", 2000000902001)


@case("ophys_cells.cells_are_matched", (2000000902, 2000000902000))
def _(frames: Frames) -> None:
    frames["ophys_cells"] = frames["ophys_cells"].astype({"cell_specimen_id": "Int64"})
    frames["ophys_cells"].loc[:, "cell_specimen_id"] = pd.NA


@case("behavior_sessions.go_trials_outnumber_catch_trials", 2000000500)
def _(frames: Frames) -> None:
    """The kinds of trials have changed places."""
    pairs = {"go": "catch", "hit": "false_alarm", "miss": "correct_reject"}
    columns = [f"{kind}_trial_count" for pair in pairs.items() for kind in pair]
    swapped = [f"{kind}_trial_count" for one, other in pairs.items() for kind in (other, one)]
    sessions = frames["behavior_sessions"]
    sessions.loc[5, ["catch_trial_count", "correct_reject_trial_count"]] -= 1
    sessions.loc[5, ["go_trial_count", "hit_trial_count"]] += 1
    sessions.loc[5, columns] = sessions.loc[5, swapped].to_numpy()


@case("behavior_sessions.date_has_its_time", 2000000900)
def _(frames: Frames) -> None:
    in_all(frames, 2000000900, date_of_acquisition=pd.Timestamp("2018-09-12", tz="UTC"))


@case("behavior_sessions.session_is_by_day", 2000000900)
def _(frames: Frames) -> None:
    in_all(frames, 2000000900, date_of_acquisition=pd.Timestamp("2018-09-12 01:00:00.837", tz="UTC"))


@case("behavior_sessions.session_is_past", 2000000900)
def _(frames: Frames) -> None:
    in_all(frames, 2000000900, date_of_acquisition=pd.Timestamp("2099-09-12 08:00:00.837", tz="UTC"))


@case("ophys_experiments.publication_is_past", 2000000902)
def _(frames: Frames) -> None:
    put(frames, "ophys_experiments", 0, "published_at", pd.Timestamp("2099-09-12", tz="UTC"))


@case("behavior_sessions.session_is_listed_once", 2000009999)
def _(frames: Frames) -> None:
    """A session has a second id."""
    sessions = frames["behavior_sessions"]
    again = sessions.iloc[[5]].assign(behavior_session_id=2000009999, file_id=2000009999)
    frames["behavior_sessions"] = pd.concat([sessions, again], ignore_index=True).astype(sessions.dtypes)


@case("ophys_experiments.ids_are_of_different_things", *range(2000000902, 2000001503, 100))
def _(frames: Frames) -> None:
    """A container is called as a behavior session is, in every table."""
    experiments = frames["ophys_experiments"]
    rows = experiments["ophys_container_id"] == 2000090000
    experiments.loc[rows, "ophys_container_id"] = 2000000300
    for table in ("behavior_sessions", "ophys_sessions"):
        for row in frames[table].index[frames[table]["ophys_container_id"].map(lambda ids: ids == (2000090000,))]:
            frames[table].at[row, "ophys_container_id"] = (2000000300,)


@case("ophys_experiments.intrinsic_imaging_is_of_one_mouse", 2000000902)
def _(frames: Frames) -> None:
    put(frames, "ophys_experiments", 0, "isi_experiment_id", 800400001)


@case("ophys_experiments.intrinsic_imaging_is_of_the_session", 2000100902)
def _(frames: Frames) -> None:
    put(frames, "ophys_experiments", 7, "isi_experiment_id", 800400009)


@case("ophys_sessions.mouse_has_one_microscope", 2000000901)
def _(frames: Frames) -> None:
    in_all(frames, 2000000900, equipment_name="CAM2P.4")


@case("behavior_sessions.project_is_that_of_the_mouse", 2000000300)
def _(frames: Frames) -> None:
    put(frames, "behavior_sessions", 3, "project_code", "VisualBehaviorMultiscope")


@case("ophys_experiments.group_has_two_planes_at_most", 2000100904)
def _(frames: Frames) -> None:
    put(frames, "ophys_experiments", 9, "imaging_plane_group", 0)


@case("ophys_experiments.groups_begin_at_zero", 2000100902)
def _(frames: Frames) -> None:
    frames["ophys_experiments"]["imaging_plane_group"] += 1


@case("ophys_experiments.container_has_one_group", 2000100902, 2000100904)
def _(frames: Frames) -> None:
    """Two planes of a session have exchanged their groups."""
    put(frames, "ophys_experiments", 7, "imaging_plane_group", 1)
    put(frames, "ophys_experiments", 9, "imaging_plane_group", 0)


@case("ophys_experiments.structure_is_of_the_project", *range(2000000902, 2000001503, 100))
def _(frames: Frames) -> None:
    """The only container of a mouse is called after another area."""
    rows = frames["ophys_experiments"]["ophys_container_id"] == 2000090000
    frames["ophys_experiments"].loc[rows, "targeted_structure"] = "VISam"


def list_files(frames: Frames) -> None:
    """Add the list of files that a release has beside its tables."""
    rows = [
        (number, f"behavior_{kind}_{number}.nwb")
        for kind, table in (("session", "behavior_sessions"), ("ophys_experiment", "ophys_experiments"))
        for number in frames[table]["file_id"]
    ]
    frames["release_files"] = pd.DataFrame(rows, columns=["file_id", "name"], dtype=object)


def exchange(frames: Frames, table: str) -> None:
    """The files of the second and the third row have changed places."""
    frames[table].loc[[1, 2], "file_id"] = frames[table]["file_id"][[2, 1]].to_numpy()


@case("behavior_sessions.session_file_is_listed", 2000000100, 2000000200)
def _(frames: Frames) -> None:
    list_files(frames)
    exchange(frames, "behavior_sessions")


@case("ophys_experiments.plane_file_is_listed", 2000001002, 2000001102)
def _(frames: Frames) -> None:
    list_files(frames)
    exchange(frames, "ophys_experiments")
