"""Written rules about whole files, among each other and against the manifest.

What equals a column of the manifest is declared in ``nwb_files.yaml``; here is what no declared kind can say.
"""

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Largest relative difference of the stated imaging rate and 1 / median(interval); released files state whole Hz.
RATE_TOLERANCE = 0.05
#: Start times are compared to the millisecond, because not every writer keeps microseconds.
DATE_TOLERANCE_S = 0.001
#: Ids by which a file may be named for its session.
_SESSION_IDS = ("session_id", "behavior_session_id", "ophys_session_id")
#: Characters that `dandi organize` replaces by a hyphen in a value of a file name.
_NOT_IN_NAMES = re.compile(r"[_*\\/<>:|\"'?%@;.\s-]+")


def _repeated_ids(frame: "pd.DataFrame", column: str) -> "Rows":
    again = frame[column].duplicated(keep="first") & frame[column].notna()
    if not again.any():
        return None
    first = frame.drop_duplicates(column).set_index(column)["path"]
    rows = frame[again]
    return rows.assign(got=rows[column], expected="a unique identifier, " + rows[column].map(first) + " has this one")


@check(column="identifier", fewest=2)
def identifier_is_unique(nwb_files: "pd.DataFrame") -> "Rows":
    """No two files have the same identifier.

    Why: DANDI and every index of files take the identifier for the file; a copied file that was edited keeps it.

    Example: two sessions with identifier 951980471.

    Fix: give one of them its own identifier, or remove the copy.
    """
    return _repeated_ids(nwb_files, "identifier")


@check(column="object_id", needs=["nwb_files.identifier_is_unique"], fewest=2)
def object_id_is_unique(nwb_files: "pd.DataFrame") -> "Rows":
    """No two files have the same object id at their root.

    Why: the object id is made at random for each written file, so two files with one are copies of each other, edited
    or not.

    Example: a file copied to start another session from it.

    Fix: write the file again from its source, or remove the copy.
    """
    return _repeated_ids(nwb_files, "object_id")


def _label(text: str) -> str:
    """Return a subject as `dandi organize` writes it in names."""
    return _NOT_IN_NAMES.sub("-", text)


def _subject_said_by(path: str) -> str | None:
    """Return the subject in a file's name and folder, or None."""
    place = PurePath(path)
    named = re.match(r"sub-([^_]+)(?=_|\.nwb$)", place.name)
    folder = re.fullmatch(r"sub-(.+)", place.parent.name)
    said = {match[1] for match in (named, folder) if match}
    return said.pop() if len(said) == 1 else None


@check(column="subject_id", needs=["nwb_files.path", "nwb_files.subject_id"])
def file_is_with_its_subject(nwb_files: "pd.DataFrame") -> "Rows":
    """The subject in a file matches its name and folder.

    Why: people find files by name; data under another animal's name is attributed to it, and no other tool looks.

    Example: sub-457841/sub-457841_ses-1.nwb whose subject_id is 457842.

    Fix: rename or move the file, or correct subject_id. (A name and a folder that disagree are dandi.subject_folder.)
    """
    said = nwb_files["path"].map(_subject_said_by, na_action="ignore")
    inside = nwb_files["subject_id"].map(lambda subject: _label(str(subject)), na_action="ignore")
    odd = said.notna() & inside.notna() & (said.map(_label, na_action="ignore") != inside)
    return nwb_files[odd].assign(got=nwb_files["subject_id"][odd], expected=said[odd]) if odd.any() else None


#: Labels of the parts of a session that is stored in several files, which name no session.
_PARTS = frozenset({"raw", "processed", "preprocessed", "analysis"})


def _session_said_by(path: str) -> str | None:
    """Return the session after ``ses-`` in a file's name, or None."""
    said = re.search(r"_ses-([^_]+)(?=_|\.nwb$)", PurePath(path).name)
    return said[1] if said and said[1].casefold() not in _PARTS else None


def _is_part_of(one: str, other: str) -> bool:
    """Return whether a label's hyphenated parts are parts of another, ignoring case."""
    return f"-{one}-".casefold() in f"-{other}-".casefold()


@check(severity="warning", column="session_id", needs=["nwb_files.path", "nwb_files.session_id"])
def file_is_named_for_its_session(nwb_files: "pd.DataFrame") -> "Rows":
    """The session in a file matches its name.

    Why: people find files by name; where two files have changed names, each session's data are taken for the other's,
    and no table tells. A name may say a part of a longer session_id, or more than it. Only a warning: the content is
    whole, and other programs may name files by rules of their own.

    Example: sub-457841_ses-951980471.nwb whose session_id is 952430817.

    Fix: rename the file, or correct session_id.
    """
    said = nwb_files["path"].map(_session_said_by, na_action="ignore")
    known = nwb_files[said.notna() & nwb_files["session_id"].notna()]
    rows = known[[not _names_session(_label(said[row]), known.loc[row]) for row in known.index]]
    return rows.assign(got=rows["session_id"], expected=said[rows.index]) if len(rows) else None


def _names_session(name: str, row: "pd.Series[Any]") -> bool:
    """Return whether a label names one of a file's session ids.

    A wrong id beside it has its own rule.
    """
    ids = [_label(str(value)) for value in row.reindex(list(_SESSION_IDS)).dropna()]
    return any(_is_part_of(name, inside) or _is_part_of(inside, name) for inside in ids)


#: Name of a file of the public release, with the identifier of what is in it.
_RELEASED_NAME = re.compile(r"behavior_(?:session|ophys_experiment)_(\d+)\.nwb")


@check(
    column="identifier",
    needs=["nwb_files.path", "nwb_files.identifier"],
    where={"nwb_files.dataset_layout": ["released"]},
)
def file_is_named_for_its_identifier(nwb_files: "pd.DataFrame", nwb_planes: "pd.DataFrame | None" = None) -> "Rows":
    """A file with a name of the public release holds what the number in its name says.

    Why: AllenSDK and the manifest find files by that number; where two files have changed names, each is taken for the
    other.

    Example: behavior_ophys_experiment_951980484.nwb with identifier 951980471.

    Fix: give the file the name of its identifier, or fetch it again.
    """
    named = nwb_files["path"].map(_released_number, na_action="ignore")
    odd = named.notna() & nwb_files["dataset_layout"].eq("released").fillna(False) & (named != nwb_files["identifier"])
    odd &= ~_is_own_id(named, nwb_files, nwb_planes)
    return nwb_files[odd].assign(got=nwb_files["identifier"][odd], expected=named[odd]) if odd.any() else None


def _is_own_id(
    named: "pd.Series[Any]", nwb_files: "pd.DataFrame", nwb_planes: "pd.DataFrame | None"
) -> "pd.Series[bool]":
    """Return whether a number is an id of the file.

    A wrong identifier beside it has its own rule.
    """
    own = named == nwb_files.get("behavior_session_id", named.map(lambda _: None)).astype(str)
    if nwb_planes is not None and "ophys_experiment_id" in nwb_planes.columns:
        experiments = nwb_planes.drop_duplicates("path").set_index("path")["ophys_experiment_id"].astype(str)
        own |= named == nwb_files["path"].map(experiments)
    return own


def _released_number(path: str) -> str | None:
    """Return the number in a name of the public release, None in other names."""
    found = _RELEASED_NAME.fullmatch(PurePath(path).name)
    return found[1] if found else None


@check(
    severity="warning",
    column="imaging_plane_group_count",
    needs=[
        "nwb_files.imaging_plane_group_count",
        "nwb_files.behavior_session_id",
        "behavior_sessions.behavior_session_id",
        "behavior_sessions.imaging_plane_group_count",
    ],
)
def plane_groups_are_those_of_the_manifest(nwb_files: "pd.DataFrame", behavior_sessions: "pd.DataFrame") -> "Rows":
    """A file gives the number of plane groups of its session.

    Why: frames are dealt out to as many groups. A warning, because the manifest counts only groups with a released
    plane.

    Example: the file gives 4 groups, the manifest 2.

    Fix: see whether all planes of the other groups failed quality control; else correct the number.
    """
    sessions = behavior_sessions.drop_duplicates("behavior_session_id").set_index("behavior_session_id")
    expected = nwb_files["behavior_session_id"].map(sessions["imaging_plane_group_count"])
    got = nwb_files["imaging_plane_group_count"]
    odd = got.notna() & expected.notna() & (got.astype("float64") != expected.astype("float64"))
    return nwb_files[odd].assign(got=got[odd], expected=expected[odd]) if odd.any() else None


@check(column="imaging_rate", needs=["nwb_planes.imaging_rate", "nwb_planes.measured_rate"], fewest=1)
def imaging_rate_is_measured(nwb_planes: "pd.DataFrame") -> "Rows":
    """The stated imaging rate is within 5 % of the measured one, 1 / median interval of the timestamps.

    Why: analyses take the rate for the sampling rate; a plane of a multi-plane session has only a fraction of the
    microscope's rate.

    Example: 31 Hz stated, 10.7 Hz measured.

    Fix: write the rate of the plane, not that of the microscope.
    """
    stated, measured = nwb_planes["imaging_rate"], nwb_planes["measured_rate"]
    odd = (stated - measured).abs() > RATE_TOLERANCE * measured
    words = measured[odd].round(3).astype(str) + " Hz +- 5 %"
    return nwb_planes[odd].assign(got=stated[odd], expected=words) if odd.any() else None


@check(
    column="session_start_time",
    needs=[
        "nwb_files.behavior_session_id",
        "behavior_sessions.behavior_session_id",
        "behavior_sessions.date_of_acquisition",
    ],
)
def start_is_the_date_of_acquisition(nwb_files: "pd.DataFrame", behavior_sessions: "pd.DataFrame") -> "Rows":
    """A file starts at the manifest's acquisition time of its session.

    Why: the start is time zero of everything in the file. Times are compared as instants; where the conversion applied
    a time zone to the local times of its source, as local time of day.

    Example: the manifest says 09:59:38, the file 09:59:39.

    Fix: convert the session again, or correct date_of_acquisition.
    """
    import pandas as pd

    from nwbgate.rules.columns import wall_time

    dates = behavior_sessions.drop_duplicates("behavior_session_id").set_index("behavior_session_id")
    expected = nwb_files["behavior_session_id"].map(dates["date_of_acquisition"])
    started, tolerance = nwb_files["session_start_time"], pd.Timedelta(seconds=DATE_TOLERANCE_S)
    shown = wall_time(nwb_files, "session_start_time", "provenance_timezone")
    odd = ((started - expected).abs() > tolerance) & ((shown - expected).abs() > tolerance)
    return nwb_files[odd].assign(got=started[odd], expected=expected[odd]) if odd.any() else None


@check(
    column="cell_roi_id",
    needs=[
        "ophys_cells.cell_roi_id",
        "ophys_cells.ophys_experiment_id",
        "nwb_rois.cell_roi_id",
        "nwb_rois.ophys_experiment_id",
        "nwb_planes.ophys_experiment_id",
    ],
)
def cell_is_in_its_file(ophys_cells: "pd.DataFrame", nwb_rois: "pd.DataFrame", nwb_planes: "pd.DataFrame") -> "Rows":
    """Every cell of an experiment whose file is given is an ROI of that file.

    Why: the cells table is how cells are found across sessions; a cell without an ROI leads nowhere.

    Example: the table lists 12 cells of an experiment, its file has 11.

    Fix: find out which of the two is older, and make it again.
    """
    import pandas as pd

    cells = ophys_cells[ophys_cells["ophys_experiment_id"].isin(nwb_planes["ophys_experiment_id"].dropna())]
    pair = ["ophys_experiment_id", "cell_roi_id"]
    there = pd.MultiIndex.from_frame(cells[pair]).isin(pd.MultiIndex.from_frame(nwb_rois[pair]))
    return (
        cells[~there].assign(expected="an ROI with this id in the file of its experiment") if not there.all() else None
    )


RULES: tuple[Rule, ...] = (
    identifier_is_unique,
    object_id_is_unique,
    file_is_with_its_subject,
    file_is_named_for_its_session,
    file_is_named_for_its_identifier,
    plane_groups_are_those_of_the_manifest,
    imaging_rate_is_measured,
    start_is_the_date_of_acquisition,
    cell_is_in_its_file,
)
