"""Declarations of a specification: tables, columns, keys, copies, derivations and counts.

Nothing heavy is imported here, so that rules can be listed and explained without loading pandas.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

#: What the cells of a column hold; ``integers`` and ``strings`` are lists, written as Python literals.
ColumnType = Literal["integer", "number", "string", "boolean", "datetime", "integers", "strings"]
SeverityName = Literal["error", "warning"]
#: A value that a cell can be compared with.
Value = str | int | float | bool


class Declaration(BaseModel):
    """Part of a specification; unknown keys are errors, so that typos disable no rule."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Declaration):
    """A condition on rows: a column missing, given, or matching a pattern.

    Parameters
    ----------
    column : str
        Column of the same table.
    is_null : bool, optional
        Holds where the column is missing (true) or has a value (false).
    matches : str, optional
        Holds where all of the column's text matches this regular expression.
    exactly : bool
        Whether the rows where it does not hold must be the contrary.
    """

    column: str
    is_null: bool | None = None
    matches: str | None = None
    exactly: bool = True

    def __str__(self) -> str:
        """Return the condition in words."""
        if self.matches is not None:
            return f"{self.column} matches {self.matches}"
        return f"{self.column} is {'missing' if self.is_null else 'given'}"


class Correction(Declaration):
    """A wrong value of an earlier release, and the correct one."""

    wrong: str
    right: str


class Column(Declaration):
    """One column: its meaning and allowed values.

    Parameters
    ----------
    type : str
        What the cells hold (`ColumnType`).
    description : str
        What the column says, in words.
    unit : str
        Unit of measurement, where there is one.
    zoned : bool
        Times have a time zone; one without is not of its type, instead of being in UTC.
    optional : bool
        The table may lack the whole column.
    required : bool
        Every row has a value.
    null_when : Condition, optional
        Rows that must have no value; all others must have one, unless the condition is not ``exactly`` that.
    required_when : Condition, optional
        Rows that must have a value; others may.
    unique : bool
        No value occurs twice.
    enum : tuple
        Allowed values; in the file also the name of one of the specification's vocabularies. For list columns, of each
        element.
    pattern : str, optional
        Regular expression that all of the text matches.
    minimum, maximum : float, optional
        Inclusive bounds.
    copied_from : str, optional
        ``table.column`` that holds the same value in the row that this table's foreign key names. What the column does
        not say about itself (type, description, allowed values ...) is taken from there.
    only_where_given : bool
        The copy is compared only in rows where the column it copies has a value.
    copied_with : str, optional
        Another copied column of this table. The copy is compared only in rows where that one is its original's: what
        belongs to another animal as a whole is told once.
    derived : str, optional
        Name of the function in `nwbgate.manifest.derive` that recomputes it.
    list_of : str, optional
        ``table.column`` whose values, over the rows that refer to this row, the list holds.
    count_of : str, optional
        ``table.column``: the number of rows of that table whose column equals this row's column of the same name.
    corrections : dict of int or str to Correction
        Values known to have been wrong in an earlier release, by the key of their row.
    severity : {"error", "warning"}
        Severity of what the rules about this column find.
    because : str
        Where the bounds or allowed values come from.
    since : str
        Release that first had the column.
    """

    type: ColumnType
    description: str
    unit: str = ""
    zoned: bool = False
    optional: bool = False
    required: bool = False
    null_when: Condition | None = None
    required_when: Condition | None = None
    unique: bool = False
    enum: tuple[Value, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    copied_from: str | None = None
    only_where_given: bool = False
    copied_with: str | None = None
    derived: str | None = None
    list_of: str | None = None
    count_of: str | None = None
    corrections: dict[int | str, Correction] = Field(default_factory=dict)
    severity: SeverityName = "error"
    because: str = ""
    since: str = ""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions under which a value is missing."""
        return tuple(each for each in (self.null_when, self.required_when) if each is not None)


class ForeignKey(Declaration):
    """Columns that refer to a row of another table by its key.

    Parameters
    ----------
    column : str or tuple of str
        Columns of this table, in the order of the parent's key.
    to : str
        The parent table.
    at_least_one : bool or "complete"
        Every parent row is named by some row here; ``complete``: only when a whole release is checked.
    severity : {"error", "warning"}
        Severity of a finding.
    """

    column: str | tuple[str, ...]
    to: str
    at_least_one: bool | Literal["complete"] = False
    severity: SeverityName = "error"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of this table, one or more."""
        return (self.column,) if isinstance(self.column, str) else self.column


class Count(Declaration):
    """Number of rows, or of distinct values, in a complete release.

    Parameters
    ----------
    number : int
        The expected number.
    distinct : str, optional
        Count the distinct values of this column instead of rows.
    where : dict of str to value
        Count only rows with these values; a key ``table.column`` is about the rows of a table that refer to this one.
    because : str
        Who says so.
    """

    number: int
    distinct: str | None = None
    where: dict[str, Value] = Field(default_factory=dict)
    because: str = ""


class Table(Declaration):
    """One table: file, key and columns.

    Parameters
    ----------
    description : str
        What a row is.
    file : str, optional
        Name of its CSV; a table without one is made by nwbgate (facts about files).
    optional : bool
        The manifest may lack the table.
    key : str or tuple of str
        Columns that together name a row.
    columns : dict of str to Column
        Columns in the order of the documentation.
    foreign_keys : tuple of ForeignKey
        References to other tables.
    counts : tuple of Count
        Numbers of rows or values, held to only when a whole release is checked.
    renamed : dict of str to str
        Names that columns had in older releases, and their names now.
    since : str
        Release that first had the table.
    """

    description: str
    file: str | None = None
    optional: bool = False
    key: str | tuple[str, ...]
    columns: dict[str, Column]
    foreign_keys: tuple[ForeignKey, ...] = ()
    counts: tuple[Count, ...] = ()
    renamed: dict[str, str] = Field(default_factory=dict)
    since: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns, one or more."""
        return (self.key,) if isinstance(self.key, str) else self.key

    def reference(self, parent: str) -> ForeignKey | None:
        """Return the foreign key to table `parent`, or None."""
        return next((key for key in self.foreign_keys if key.to == parent), None)


class Spec(Declaration):
    """The declarations of one version of one dataset.

    Parameters
    ----------
    dataset, version : str
        Together its name, ``dataset@version``; a specification without versions has the empty version.
    title : str
        What the dataset is called.
    description : str
        What this version is.
    complete_history : bool
        The tables hold every session of every mouse, so that counts of earlier sessions can be recomputed.
    vocabularies : dict of str to tuple
        Lists of allowed values that several columns share.
    tables : dict of str to Table
        Tables of the manifest and tables of facts about files, by name.
    """

    dataset: str
    version: str = ""
    title: str = ""
    description: str = ""
    complete_history: bool = False
    vocabularies: dict[str, tuple[Value, ...]] = Field(default_factory=dict)
    tables: dict[str, Table]

    @property
    def name(self) -> str:
        """``dataset@version``, the form of ``--spec``."""
        return f"{self.dataset}@{self.version}" if self.version else self.dataset

    @property
    def manifest_tables(self) -> dict[str, Table]:
        """The tables in CSV files, as opposed to facts read from NWB files."""
        return {name: table for name, table in self.tables.items() if table.file is not None}


def field_names() -> tuple[str, ...]:
    """Return every known key of a specification."""
    parts = (Spec, Table, Column, ForeignKey, Count, Condition, Correction)
    return tuple(sorted({name for part in parts for name in part.model_fields}))
