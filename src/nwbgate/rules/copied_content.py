"""Written rules about what files share, and what they must not."""

from typing import TYPE_CHECKING, Any

from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Columns that are the same in all files of an animal.
_OF_THE_ANIMAL = ("sex", "genotype", "species")
#: A sex that is unknown contradicts none.
_UNKNOWN = "U"
#: Days by which ages may differ from the days between two sessions: dates are of different zones.
_DAYS = 1
#: Layouts of datasets whose subject ids name one animal in all files; M1 of two laboratories are two animals.
_DESCRIBED = ("standard", "released")
#: What a text of digests calls a stream, in words.
#: End of the name of a stream whose digest is that of its beginning, after its length.
_HEAD = "_head"
_WORDS = {"eye_tracking": "eye tracking", "max_projection": "maximum projection", "average_image": "average image"}


@check(
    column="subject_id",
    needs=[f"nwb_files.{column}" for column in ("subject_id", *_OF_THE_ANIMAL)],
    where={"nwb_files.dataset_layout": _DESCRIBED},
    fewest=2,
)
def animal_is_described_alike(nwb_files: "pd.DataFrame") -> "Rows":
    """Files of one animal give it one sex, one genotype and one species.

    Why: an animal does not change them; one of the files is of another animal, or was filled in by hand.

    Example: two sessions of mouse 457841, one female and one male.

    Fix: correct the file that is wrong, or its subject_id.
    """
    frame = nwb_files[nwb_files["dataset_layout"].isin(_DESCRIBED) & nwb_files["subject_id"].notna()]
    wrong: dict[Any, tuple[str, str]] = {}
    for column in _OF_THE_ANIMAL:
        known = frame[frame[column].notna() & (frame[column] != _UNKNOWN)]
        first = known.groupby("subject_id")[column].transform("first")
        for row in known.index[(known[column] != first).to_numpy(dtype=bool)]:
            place = frame["path"][known.index[(known["subject_id"] == known["subject_id"][row]).to_numpy()][0]]
            wrong.setdefault(row, (f"{column} {known[column][row]}", f"{first[row]}, as in {place}"))
    return _rows_with_words(nwb_files, wrong)


@check(
    column="age_in_days",
    needs=["nwb_files.age_in_days", "nwb_files.subject_id", "nwb_files.animal_is_described_alike"],
    where={"nwb_files.age_in_days": []},
    fewest=2,
)
def animal_ages_with_the_date(nwb_files: "pd.DataFrame") -> "Rows":
    """An animal is older by the days between two of its sessions, within a day.

    Why: age and date tell one thing, its birth; where they disagree, one of them is of another session.

    Example: mouse 457841 is 206 days old on June 23 and on September 20.

    Fix: correct the age or the date of the session that is wrong.
    """
    import pandas as pd

    dates = pd.to_datetime(nwb_files["session_start_time"], utc=True, errors="coerce")
    known = nwb_files["age_in_days"].notna() & dates.notna() & nwb_files["subject_id"].notna()
    frame = nwb_files[known & nwb_files["dataset_layout"].isin(_DESCRIBED)]
    if frame.empty:
        return None
    days = (dates[frame.index] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    births = days - frame["age_in_days"].astype("float64")
    usual = births.groupby(frame["subject_id"]).transform(lambda each: each.sort_values().iloc[len(each) // 2])
    off = (births - usual).abs() > _DAYS + 1
    wrong = {
        row: (f"P{frame['age_in_days'][row]}D on {dates[row].date()}", f"P{days[row] - usual[row]:.0f}D by its others")
        for row in frame.index[off.to_numpy()]
    }
    return _rows_with_words(nwb_files, wrong)


@check(
    severity="warning",
    column="behavior_digests",
    needs=[
        "nwb_files.behavior_session_id",
        "nwb_files.object_id_is_unique",
        "nwb_files.behavior_is_of_its_own_session",
    ],
    where={"nwb_files.behavior_digests": []},
    fewest=2,
)
def planes_share_their_behavior(nwb_files: "pd.DataFrame") -> "Rows":
    """Files of one behavior session hold the same running, eye tracking, licks and trials.

    Why: the planes of a session were imaged at once, while one mouse behaved once. Where files differ, one of them
    was edited, or has the behavior of another session. A warning, for files may be written by different versions.

    Example: the running speed of two planes of session 951980471 differs.

    Fix: find out which file is right, and make the other one again.
    """
    told = _digests(nwb_files, "behavior_digests", "behavior_session_id")
    told = told[~told["stream"].str.endswith(_HEAD)]
    first = told.groupby(["behavior_session_id", "stream"])["digest"].transform("first")
    odd = told[(told["digest"] != first).to_numpy()]
    place = told.drop_duplicates(["behavior_session_id", "stream"]).set_index(["behavior_session_id", "stream"])["path"]
    wrong: dict[Any, tuple[str, str]] = {}
    for row, rows in odd.groupby("row"):
        streams = " and ".join(_WORDS.get(stream, stream) for stream in rows["stream"])
        one = place[(rows["behavior_session_id"].iloc[0], rows["stream"].iloc[0])]
        wrong[row] = (f"other {streams}", f"those of {one}, which is of the same session")
    return _rows_with_words(nwb_files, wrong)


@check(
    column="behavior_digests",
    needs=["nwb_files.behavior_session_id", "nwb_files.object_id_is_unique"],
    where={"nwb_files.behavior_digests": []},
    fewest=2,
)
def behavior_is_of_its_own_session(nwb_files: "pd.DataFrame") -> "Rows":
    """No two behavior sessions have the same running, eye tracking, licks or trials, nor begin alike.

    Why: no mouse behaves twice alike to the last bit; one of the two sessions has the data of the other.

    Example: the eye tracking of sessions 951980471 and 952430817 is equal.

    Fix: convert the session again from its own sources.
    """
    told = _digests(nwb_files, "behavior_digests", "behavior_session_id")
    return _rows_with_words(nwb_files, _of_others(told, "behavior_session_id", "session"))


@check(
    column="imaging_digests",
    needs=["nwb_planes.ophys_experiment_id", "nwb_files.object_id_is_unique"],
    where={"nwb_planes.imaging_digests": []},
    fewest=2,
)
def content_is_of_its_own_plane(nwb_planes: "pd.DataFrame") -> "Rows":
    """No two planes have the same dF/F, masks, motion correction or images, nor begin alike.

    Why: every plane is imaged, registered and segmented by itself; equal arrays are those of one plane, written twice.

    Example: the masks of experiments 951980484 and 951980486 are equal.

    Fix: restore what belongs to the plane from the pipeline.
    """
    told = _digests(nwb_planes, "imaging_digests", "ophys_experiment_id")
    return _rows_with_words(nwb_planes, _of_others(told, "ophys_experiment_id", "experiment"))


@check(
    column="behavior_session_uuid",
    needs=["nwb_files.behavior_session_id", "nwb_files.object_id_is_unique"],
    where={"nwb_files.behavior_session_uuid": []},
    fewest=2,
)
def uuid_is_of_one_session(nwb_files: "pd.DataFrame") -> "Rows":
    """No two behavior sessions have the same behavior_session_uuid.

    Why: the rig makes it at random for each session; two sessions with one are of one stimulus file.

    Example: the UUID of session 951980471 is that of session 952430817.

    Fix: take the UUID from the stimulus file of the session, and see whether its data are from there, too.
    """
    known = nwb_files.dropna(subset=["behavior_session_uuid", "behavior_session_id"])
    told = known.assign(row=known.index, stream="UUID", digest=known["behavior_session_uuid"])
    return _rows_with_words(nwb_files, _of_others(told, "behavior_session_id", "session"))


def _digests(frame: "pd.DataFrame", column: str, key: str) -> "pd.DataFrame":
    """Return one row per stream of each row."""
    import pandas as pd

    known = frame[frame[column].notna() & frame[key].notna()]
    cells = zip(known.index, known["path"], known[key], known[column], strict=True)
    rows = [(row, path, of, *pair.split("=")) for row, path, of, text in cells for pair in text.split()]
    return pd.DataFrame(rows, columns=["row", "path", key, "stream", "digest"])


def _of_others(told: "pd.DataFrame", key: str, noun: str) -> dict[Any, tuple[str, str]]:
    """Return, per row, the streams that another key had first, in words."""
    heads = told["stream"].str.endswith(_HEAD)
    whole = told[~heads]
    first = whole.groupby(["stream", "digest"])[key].transform("first")
    odd = whole[(whole[key] != first).to_numpy(dtype=bool)].assign(first=first)
    wrong: dict[Any, tuple[str, str]] = _begun_alike(told[heads], key, noun)
    for row, rows in odd.groupby("row"):
        streams = " and ".join(_WORDS.get(stream, stream) for stream in rows["stream"])
        wrong[row] = (f"{streams} of {noun} {rows['first'].iloc[0]}", f"that of {noun} {rows[key].iloc[0]}")
    return wrong


def _begun_alike(told: "pd.DataFrame", key: str, noun: str) -> dict[Any, tuple[str, str]]:
    """Return, per row, a stream that begins as another key's, in words."""
    if told.empty:
        return {}
    parts = told["digest"].str.partition(":")
    told = told.assign(n=parts[0], head=parts[2])
    groups = told.groupby(["stream", "head"])
    first = told.assign(first=groups[key].transform("first"), n_first=groups["n"].transform("first"))
    wrong: dict[Any, tuple[str, str]] = {}
    for row in first[(first[key] != first["first"]).to_numpy(dtype=bool)].to_dict("records"):
        stream = row["stream"].removesuffix(_HEAD)
        fewer, more = sorted((int(row["n"]), int(row["n_first"])))
        copied = (
            f"truncated after {fewer} of {more} samples"
            if fewer < more
            else f"changed after its beginning, {more} long"
        )
        got = f"{_WORDS.get(stream, stream)} of {noun} {row['first']}, {copied}"
        wrong.setdefault(row["row"], (got, f"that of {noun} {row[key]}"))
    return wrong


def _rows_with_words(frame: "pd.DataFrame", wrong: dict[Any, tuple[str, str]]) -> "Rows":
    """Return the offending rows with their words, None for none."""
    if not wrong:
        return None
    rows = frame.loc[sorted(wrong)]
    return rows.assign(got=[wrong[row][0] for row in rows.index], expected=[wrong[row][1] for row in rows.index])


RULES: tuple[Rule, ...] = (
    animal_is_described_alike,
    animal_ages_with_the_date,
    behavior_is_of_its_own_session,
    planes_share_their_behavior,
    content_is_of_its_own_plane,
    uuid_is_of_one_session,
)
