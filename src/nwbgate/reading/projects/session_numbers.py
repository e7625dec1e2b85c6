"""Lookup of session and plane numbers in the tables of a manifest."""

from dataclasses import dataclass

import pandas as pd

from nwbgate.errors import UsageError
from nwbgate.manifest.filters import as_text


@dataclass(frozen=True)
class SessionNumbers:
    """The numbers of a session.

    Parameters
    ----------
    behavior_session_id : int
        Number of the behavior session.
    ophys_experiment_ids : tuple of int
        Numbers of its imaging planes; none for training.
    """

    behavior_session_id: int
    ophys_experiment_ids: tuple[int, ...] = ()


def session_numbers(number: int, sessions: pd.DataFrame) -> SessionNumbers | None:
    """Return the session that a number names, or None.

    Parameters
    ----------
    number : int
        A ``behavior_session_id`` or an ``ophys_session_id``.
    sessions : DataFrame
        ``behavior_sessions``.
    """
    named = sessions.index == number
    if "ophys_session_id" in sessions:
        named |= (sessions["ophys_session_id"] == number).fillna(False).to_numpy(bool)
    if not named.any():
        return None
    row = int(named.argmax())
    planes = sessions["ophys_experiment_id"].iloc[row] if "ophys_experiment_id" in sessions else ()
    listed = planes if isinstance(planes, list) else ()
    return SessionNumbers(int(sessions.index[row]), tuple(int(each) for each in listed))


def whole_number(given: object, noun: str, place: object) -> int:
    """Return a whole number given as number, whole float or text.

    Raises
    ------
    UsageError
        If it is none.
    """
    text = as_text(given).strip()
    if text.isascii() and text.isdecimal():
        return int(text)
    raise UsageError(
        f"invalid {noun}",
        where=str(place),
        got=repr(given),
        expected="a whole number, as in the tables of the project",
        fix="take it from a table, or filter the table with a query",
    )
