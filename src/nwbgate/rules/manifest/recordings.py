"""Written rules about the rows of a table of recordings."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from nwbgate.manifest import recording_rows
from nwbgate.rules.ages import impossible, oldest
from nwbgate.rules.rule import Rule, check

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows

#: Species of the animals in the table.
_SPECIES = "Mus musculus"


@check(column="age", needs=["recordings.age"])
def age_is_possible(recordings: "pd.DataFrame") -> "Rows":
    """No mouse of the table is older than mice become, and no range of ages ends before it begins.

    Why: the age goes into the file and to DANDI as it is.

    Example: P147D/P63D, whose ends have changed places.

    Fix: correct the age.
    """
    words = recordings["age"].map(lambda age: impossible(str(age), oldest(_SPECIES)), na_action="ignore").fillna("")
    odd = (words != "").to_numpy(dtype=bool)
    if not odd.any():
        return None
    limit = f"an age up to {oldest(_SPECIES) / 365.25:.0f} years, the younger end first"
    return recordings[odd].assign(got=recordings["age"][odd] + words[odd], expected=limit)


def _odd_rows(
    recordings: "pd.DataFrame", find: "Callable[[Sequence[recording_rows.Row]], Iterator[recording_rows.Odd]]"
) -> "Rows":
    """Return the rows that a function of `recording_rows` finds odd."""
    found: dict[int, recording_rows.Odd] = {}
    for odd in find([{str(name): value for name, value in row.items()} for row in recordings.to_dict("records")]):
        found.setdefault(odd.row, odd)
    if not found:
        return None
    rows = recordings.iloc[[*found]]
    return rows.assign(got=[odd.got for odd in found.values()], expected=[odd.expected for odd in found.values()])


@check(column="subject_id")
def id_is_not_a_placeholder(recordings: "pd.DataFrame") -> "Rows":
    """No mouse or neuron is called TBD, unknown or another placeholder.

    Why: rows that share an id are recordings of one mouse; a placeholder makes one mouse of many.

    Example: neuron_id unknown in 12 rows.

    Fix: leave the cell empty where the id is not known.
    """
    return _odd_rows(recordings, recording_rows.placeholder_ids)


@check(severity="warning", column="age", needs=["recordings.age", "recordings.age_is_possible"])
def age_is_of_an_adult(recordings: "pd.DataFrame") -> "Rows":
    """The mice of the table are adults of 35 to 365 days.

    Why: the mice of the publication were two to five months old, those of one line up to 180 days
    (doi:10.7554/eLife.51675); P9D is a pup, or weeks or months written as days.

    Example: P9D, which is nine weeks.

    Fix: write the age at the recording, such as P63D.
    """
    return _odd_rows(recordings, recording_rows.ages_unlike_adults)


@check(column="sex", needs=["recordings.sex", "recordings.id_is_not_a_placeholder"])
def animal_has_one_description(recordings: "pd.DataFrame") -> "Rows":
    """A mouse has one sex, and a neuron is of one mouse.

    Why: neither changes from one recording to the next; one of the rows has the values of another.

    Example: mouse m-1 is F in one row and M in another.

    Fix: correct the row that is wrong; see whether a column was shifted against the others.
    """
    return _odd_rows(recordings, recording_rows.two_descriptions)


@check(
    column="age",
    needs=["recordings.age", "recordings.session_start_time", "recordings.animal_has_one_description"],
)
def animal_has_one_birth(recordings: "pd.DataFrame") -> "Rows":
    """Ages and starts of a mouse lead to one day of birth.

    Why: age and date tell one thing; where they disagree, one of them is of another row.

    Example: mouse m-1 is P90D on March 10 and P120D on March 12.

    Fix: correct the age or the start; see whether a column was shifted against the others.
    """
    return _odd_rows(recordings, recording_rows.contradicted_births)


@check(severity="warning", column="session_start_time", needs=["recordings.session_start_time"])
def start_is_in_the_years_of_the_recordings(recordings: "pd.DataFrame") -> "Rows":
    """Recordings began between 2012 and the day on which they were described.

    Why: the description is of December 19, 2019, and such mice did not exist before 2012. 1970 is what a computer makes
    of a missing date.

    Example: 1970-01-01T00:00:00+00:00.

    Fix: write the start of the recording, or leave the cell empty.
    """
    return _odd_rows(recordings, recording_rows.starts_outside_the_years)


@check(severity="warning", column="session_start_time", needs=["recordings.session_start_time"])
def start_has_a_time_of_day(recordings: "pd.DataFrame") -> "Rows":
    """Starts have a time of day.

    Why: dates to which midnight was added order no recordings of one day, and are published as if it were known.

    Example: all of 50 recordings began at 00:00:00-08:00.

    Fix: write the time, too; where only the date is known, say so in the column notes.
    """
    return _odd_rows(recordings, recording_rows.starts_without_time)


@check(
    severity="warning",
    column="session_start_time",
    needs=["recordings.session_start_time", "recordings.start_has_a_time_of_day"],
)
def start_is_of_one_recording(recordings: "pd.DataFrame") -> "Rows":
    """No two recordings began at the same instant.

    Why: there was one pipette and one microscope; a date was filled down the column.

    Example: all recordings began at 2016-03-10T09:10:05-08:00.

    Fix: write the start of each recording.
    """
    return _odd_rows(recordings, recording_rows.shared_starts)


@check(severity="warning", column="x")
def position_is_in_micrometers(recordings: "pd.DataFrame") -> "Rows":
    """Coordinates of the pipette are micrometers.

    Why: the electrodes table of a file holds micrometers. A pipette within 20 um of the origin on all three axes, or
    20 mm away from it, is in no brain.

    Example: x 8.9, y 1.2, z 8.1, which are millimeters.

    Fix: multiply millimeters by a thousand.
    """
    return _odd_rows(recordings, recording_rows.positions_in_another_unit)


RULES: tuple[Rule, ...] = (
    age_is_possible,
    id_is_not_a_placeholder,
    age_is_of_an_adult,
    animal_has_one_description,
    animal_has_one_birth,
    start_is_in_the_years_of_the_recordings,
    start_has_a_time_of_day,
    start_is_of_one_recording,
    position_is_in_micrometers,
)
