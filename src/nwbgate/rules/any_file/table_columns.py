"""Rules about the names of columns that tables list."""

from typing import TYPE_CHECKING

from nwbgate.rules.rule import Rule, check
from nwbgate.rules.sessions.rows import offending

if TYPE_CHECKING:
    import pandas as pd

    from nwbgate.rules.rule import Rows


@check(scope="session", column="repeated")
def column_is_listed_once(table_columns: "pd.DataFrame") -> "Rows":
    """No table lists a column twice.

    Why: PyNWB and pandas make two columns of one, or stop.

    Example: colnames of trials is start_time, stop_time, rewarded, rewarded.

    Fix: list each column once in the attribute colnames.
    """
    return offending(table_columns, table_columns["repeated"] != "", "{repeated} twice", "each column once")


@check(scope="session", column="unlisted")
def column_is_listed(table_columns: "pd.DataFrame") -> "Rows":
    """A table lists all its columns.

    Why: readers show the columns that the attribute colnames lists; the data of others stay unseen in the file.

    Example: trials holds rewarded, and its colnames are start_time and stop_time.

    Fix: add the name to colnames, or leave the column out.
    """
    return offending(table_columns, table_columns["unlisted"] != "", "{unlisted} not in colnames", "every column")


RULES: tuple[Rule, ...] = (column_is_listed_once, column_is_listed)
