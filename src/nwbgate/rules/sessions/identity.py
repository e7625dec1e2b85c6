"""Rules about ids, instants and ages that a file gives in two places."""

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from nwbgate.rules.ages import days, impossible, oldest
from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import as_column, offending
from nwbgate.rules.species import meant_species

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Layouts of files whose every part is written by one program, and so agrees.
_KNOWN = ("standard", "released")
#: Layout in which identifier and description are those of the session's tables.
_RELEASED = "released"
#: How projects of Visual Behavior begin, and how those go on that image several planes.
_PROJECTS, _SEVERAL = "VisualBehavior", "Multiscope"
#: Species of the dataset, and the form of the ids that rigs give.
_MOUSE = "Mus musculus"
#: The same, as an address of the taxonomy of NCBI, which archives accept as well.
_MOUSE_OF_NCBI = "http://purl.obolibrary.org/obo/NCBITaxon_10090"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: Seconds within which two instants are one: not every writer keeps fractions.
_SAME_INSTANT = 1.0
#: Days by which an age may differ from the one that follows from the birth: time of day and time zone.
_DAY = 1.0


@check(scope="session", column="identifier", where={"session.behavior_session_id": []})
def identifier_is_an_id_of_the_session(session: "pd.DataFrame", planes: "pd.DataFrame | None" = None) -> "Rows":
    """A released file's identifier is its experiment or behavior session, and any file's session_id its session.

    Why: files are found by them; a file with another's id is taken for the other.

    Example: identifier 951980471 in the file of experiment 951980484.

    Fix: write the file again, or correct the id that is wrong.
    """
    if session["behavior_session_id"].isna().all():
        return None
    experiments = set() if planes is None else set(planes["ophys_experiment_id"].dropna().astype(str))
    behavior = session["behavior_session_id"].astype(str)
    released = (session["layout"] == _RELEASED).to_numpy()
    named = session["identifier"].where(released, session["session_id"])
    own = (named == behavior) | (named.isin(experiments) & released)
    wrong = session["behavior_session_id"].notna() & named.notna() & ~own
    ids = f"experiment {' or '.join(sorted(experiments))} or " if experiments else ""
    expected = "behavior session " + behavior
    return offending(session, wrong.to_numpy(), named, (ids + expected).where(released, expected))


@check(scope="session", column="ophys_session_id", where={"session.ophys_session_id": []})
def ids_are_of_different_things(session: "pd.DataFrame", planes: "pd.DataFrame | None" = None) -> "Rows":
    """Behavior session, imaging session, experiments and containers have different ids.

    Why: the ids are given out once for all of them; one id in two places is a copy in the wrong column.

    Example: ophys_session_id and behavior_session_id are both 951520319.

    Fix: write each id in its own column.
    """
    of_planes = [] if planes is None else [planes[name] for name in ("ophys_experiment_id", "ophys_container_id")]
    columns = [session["behavior_session_id"], session["ophys_session_id"], *of_planes]
    named = {str(column.name): {*column.dropna().tolist()} for column in columns}
    pairs = combinations(named.items(), 2)
    shared = [
        f"{one} as {first} and {second}" for (first, ids), (second, others) in pairs for one in sorted(ids & others)
    ]
    got = as_column(session, ["; ".join(shared)] * len(session))
    return offending(session, np.full(len(session), bool(shared)), got, "an id for each of them")


@check(scope="session", column="project_code", where={"session.project_code": []})
def project_fits_the_planes(session: "pd.DataFrame", planes: "pd.DataFrame") -> "Rows":
    """A session with several planes, or with groups of planes, is of a project with Multiscope in its name.

    Why: Visual Behavior images several planes on the Multiscope only, and its projects are told apart by microscope.

    Example: project VisualBehavior of a session with 8 planes.

    Fix: correct project_code.
    """
    several = len(planes) > 1 or bool(planes["imaging_plane_group_count"].notna().any())
    projects = session["project_code"].astype(object)
    wrong = [
        several and isinstance(code, str) and code.startswith(_PROJECTS) and _SEVERAL not in code for code in projects
    ]
    return offending(session, np.array(wrong), "project_code", f"a project with {_SEVERAL} in its name")


@check(scope="session", column="session_description", where={"session.session_type": []})
def description_is_the_session_type(session: "pd.DataFrame") -> "Rows":
    """A released file's session_description is its session type.

    Why: it is the session type written again, and all that other programs show of it.

    Example: session_description OPHYS_3_images_A of an OPHYS_1_images_A session.

    Fix: correct the one that is wrong.
    """
    released = (session["layout"] == _RELEASED).to_numpy() & session["session_type"].notna().to_numpy()
    differs = (session["session_description"] != session["session_type"]).to_numpy()
    return offending(session, released & differs, "session_description", session["session_type"])


@check(scope="session", column="timestamps_reference_time", where={"session.layout": ["standard", "released"]})
def reference_time_is_the_start(session: "pd.DataFrame") -> "Rows":
    """Timestamps count from the start of the session.

    Why: session_start_time and timestamps_reference_time are one instant here; with two, every absolute time is off
    by their difference.

    Example: session_start_time 09:59:38, timestamps_reference_time 10:59:38.

    Fix: write one instant in both.
    """
    if not (session["session_start_time"] != session["timestamps_reference_time"]).any():
        return None
    start, reference = _instants(session["session_start_time"]), _instants(session["timestamps_reference_time"])
    apart = (reference - start).dt.total_seconds()
    wrong = session["layout"].isin(_KNOWN).to_numpy() & (apart.abs() > _SAME_INSTANT).fillna(False).to_numpy(dtype=bool)
    away = as_column(session, [f" ({seconds:+.0f} s)" for seconds in apart])
    words = session["timestamps_reference_time"].astype(str) + away
    return offending(session, wrong, words, "session_start_time, " + session["session_start_time"].astype(str))


@check(scope="session", severity="warning", column="timestamps_reference_time", where={"session.layout": ["other"]})
def reference_time_is_near_the_start(session: "pd.DataFrame") -> "Rows":
    """Timestamps count from an instant within a day of the start.

    Why: NWB allows another instant, such as the start of a common clock, or the beginning of a year from which a
    computer counts; any other day is a wrong date, and every absolute time is wrong with it.

    Example: session_start_time 2023-05-04, timestamps_reference_time 2022-05-04.

    Fix: write the instant that timestamps count from.
    """
    if (session["session_start_time"] == session["timestamps_reference_time"]).all():
        return None
    start, reference = _instants(session["session_start_time"]), _instants(session["timestamps_reference_time"])
    apart = (reference - start).dt.total_seconds().abs() / 86400
    epoch = (reference.dt.day_of_year == 1) & (reference == reference.dt.normalize())
    wrong = ((apart > 1) & ~epoch).fillna(False).to_numpy(dtype=bool) & ~session["layout"].isin(_KNOWN).to_numpy()
    words = as_column(session, [f"{days:.0f} days from session_start_time" for days in apart])
    return offending(session, wrong, words, "an instant within a day of it")


@check(scope="session", column="date_of_birth", where={"session.date_of_birth": []})
def born_before_the_session(session: "pd.DataFrame") -> "Rows":
    """The animal was born before the session.

    Why: one of the two dates is wrong; ages are counted from them.

    Example: born on 2019-12-01, session on 2019-09-20.

    Fix: correct date_of_birth or session_start_time.
    """
    if session["date_of_birth"].isna().all():
        return None
    wrong = (_instants(session["date_of_birth"]) > _instants(session["session_start_time"])).to_numpy(dtype=bool)
    expected = "before the session, " + session["session_start_time"].astype(str)
    return offending(session, wrong, "date_of_birth", expected)


@check(scope="session", column="age", needs=["session.born_before_the_session"], where={"session.date_of_birth": []})
def age_follows_from_birth(session: "pd.DataFrame") -> "Rows":
    """The age is the time from birth to session.

    Why: it is the date of birth told again.

    Example: age P90D of an animal born 206 days before the session.

    Fix: compute the age from the date of birth, or correct the date.
    """
    if session["date_of_birth"].isna().all():
        return None
    lived = (_instants(session["session_start_time"]) - _instants(session["date_of_birth"])).dt.total_seconds() / 86400
    spans = [days(str(age)) or (np.nan, np.nan) for age in session["age"]]
    low, high = np.array(spans, dtype=np.float64).reshape(-1, 2).T
    after = lived.to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        wrong = (after < low - _DAY) | (after > high + _DAY)
    expected = as_column(session, [f"P{value:.0f}D, from date_of_birth to the session" for value in after])
    return offending(session, wrong, "age", expected)


@check(scope="session", column="age", where={"session.age": []})
def age_is_possible(session: "pd.DataFrame") -> "Rows":
    """No animal is older than its species becomes, and no range of ages ends before it begins.

    Why: a zero too many, or months for days, changes what the data are taken for.

    Example: a mouse of P2060D, five years and eight months.

    Fix: correct the age.
    """
    most = [oldest(species) for species in session["species"]]
    words = [impossible(str(age), limit) for age, limit in zip(session["age"], most, strict=True)]
    return offending(
        session,
        np.array([word != "" for word in words], dtype=bool),
        lambda: session["age"].astype(str) + as_column(session, words),
        lambda: as_column(session, [f"an age up to {limit / 365.25:.0f} years" for limit in most]),
    )


@check(
    scope="session",
    column="species",
    where={"session.species": [], "session.behavior_session_id": []},
)
def animal_is_a_mouse(session: "pd.DataFrame") -> "Rows":
    """The animals of Visual Behavior are mice.

    Why: genotypes and lines of the dataset are of mice; archives search by species.

    Example: species Homo sapiens in the file of mouse 457841.

    Fix: write Mus musculus.
    """
    of_dataset = session["behavior_session_id"].notna() & session["species"].notna()
    wrong = (of_dataset & ~session["species"].isin([_MOUSE, _MOUSE_OF_NCBI])).to_numpy(dtype=bool)
    return offending(session, wrong, "species", _MOUSE)


@check(scope="session", column="behavior_session_uuid", where={"session.behavior_session_uuid": []})
def uuid_has_its_form(session: "pd.DataFrame") -> "Rows":
    """behavior_session_uuid is a UUID.

    Why: the files of the rig are found by it.

    Example: 3f0e2a52-9a0f, which was cut off.

    Fix: take it from the stimulus file; leave it empty where the rig gave none.
    """
    texts = session["behavior_session_uuid"]
    wrong = [isinstance(text, str) and _UUID.fullmatch(text) is None for text in texts]
    return offending(session, np.array(wrong, dtype=bool), "behavior_session_uuid", "a UUID")


@check(
    scope="session",
    severity="warning",
    column="species",
    needs=["session.animal_is_a_mouse"],
    where={"session.species": []},
)
def species_is_known(session: "pd.DataFrame") -> "Rows":
    """The species is one that exists, where its name looks like one that laboratories keep.

    Why: archives search by it; a name that is misspelt, or whose words are exchanged, is not found.

    Example: Musculus mus, or Mus muscularis.

    Fix: write the Latin name: genus, species.
    """
    meant = [meant_species(str(species)) if isinstance(species, str) else "" for species in session["species"]]
    wrong = np.array([word != "" for word in meant], dtype=bool)
    return offending(session, wrong, "species", as_column(session, meant))


def _instants(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return ISO 8601 texts as instants; missing where a text is none."""
    import pandas as pd

    return pd.to_datetime(texts, utc=True, errors="coerce", format="ISO8601")


RULES: tuple[Rule, ...] = (
    identifier_is_an_id_of_the_session,
    ids_are_of_different_things,
    project_fits_the_planes,
    description_is_the_session_type,
    reference_time_is_the_start,
    reference_time_is_near_the_start,
    born_before_the_session,
    age_follows_from_birth,
    age_is_possible,
    animal_is_a_mouse,
    uuid_has_its_form,
    species_is_known,
)
