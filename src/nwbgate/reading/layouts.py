"""Where each session table lives in a file: `schemas/session_tables.yaml` as typed objects."""

from functools import cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nwbgate.errors import SpecError
from nwbgate.yaml_file import parse_yaml

#: Name of a layout: what nwbgate writes, or what AllenSDK wrote.
LayoutName = Literal["standard", "released"]

#: A clock of its own; imaging, stimulus, running and eye clocks are judged for gaps.
Stream = Literal["imaging", "stimulus", "running", "eye", "events", "ephys"]

_FILE = "session_tables.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """A column of a session table."""

    type: Literal["string", "integer", "number", "boolean", "numbers"]
    description: str
    unit: str = ""
    nullable: bool = False
    optional: bool = False
    missing: tuple[str | int, ...] = ()


class Home(_Strict):
    """A place in the file where a table may live; exactly one of the first four is given."""

    table: str | None = None
    group: str | None = None
    images: str | None = None
    image_stack: str | None = None
    names: dict[str, str] = Field(default_factory=dict)
    values: dict[str, str] = Field(default_factory=dict)
    by_roi: dict[str, str] = Field(default_factory=dict)
    id: str | None = None
    sort_by: str | None = None
    one_row: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [self.table, self.group, self.images, self.image_stack]
        if sum(place is not None for place in places) != 1:
            raise ValueError("a home is exactly one of table, group, images and image_stack")
        if bool(self.values) != (self.group is not None):
            raise ValueError("values belong to a group, and a group needs them")
        return self

    @property
    def path(self) -> str:
        """HDF5 path, in which ``{plane}`` and ``*`` may stand for names."""
        return self.table or self.group or self.images or self.image_stack or ""

    @property
    def columns(self) -> set[str]:
        """Columns of the session table that this home names."""
        named = {*self.names, *self.values, *self.by_roi}
        return named | {name for name in (self.id, self.sort_by) if name}


class Table(_Strict):
    """A session table: its columns, and its homes by layout."""

    description: str
    columns: dict[str, Column]
    homes: dict[LayoutName, tuple[Home, ...]]
    key: tuple[str, ...] = ()
    stream: Stream | None = None

    @model_validator(mode="after")
    def _homes_name_columns(self) -> Self:
        named = {name for homes in self.homes.values() for home in homes for name in home.columns} | set(self.key)
        if unknown := named - set(self.columns) - {"plane"}:
            raise ValueError(f"a home or key names columns that the table does not have: {', '.join(sorted(unknown))}")
        return self


class Recognition(_Strict):
    """A value in the file that tells its layout."""

    value: str
    is_: tuple[str, ...] = Field(alias="is")


class Layout(_Strict):
    """A way of laying a session out in a file."""

    description: str
    recognised_by: Recognition


class Summary(_Strict):
    """A frame made by reading many objects: one row per object, numbers about it."""

    description: str
    key: tuple[str, ...]
    columns: dict[str, str]


class SessionTables(_Strict):
    """All session tables, and the layouts in which files hold them."""

    layouts: dict[LayoutName, Layout]
    units: dict[str, tuple[str, ...]]
    tables: dict[str, Table]
    summaries: dict[str, Summary]

    @model_validator(mode="after")
    def _units_are_known(self) -> Self:
        used = {column.unit for table in self.tables.values() for column in table.columns.values() if column.unit}
        if unknown := used - set(self.units):
            raise ValueError(f"units without an entry under `units`: {', '.join(sorted(unknown))}")
        return self

    def spellings(self, unit: str) -> tuple[str, ...]:
        """Return the spellings of a unit that are accepted, the one that we write first."""
        return self.units.get(unit, ())


def parse_session_tables(source: str, where: str = _FILE) -> SessionTables:
    """Return the session tables that a YAML text describes.

    Raises
    ------
    SpecError
        If the text is no YAML, or a name in it is unknown, missing or misspelt.
    """
    try:
        return SessionTables.model_validate(parse_yaml(source, where, error=SpecError))
    except ValidationError as error:
        first = error.errors()[0]
        raise SpecError(
            "the spec does not say what it should",
            where=f"{where}: {'.'.join(str(part) for part in first['loc'])}",
            got=f"{first['msg']} ({error.error_count()} in all)",
            fix="correct the name or value; the comments at the top of the file say what may stand where",
        ) from error


@cache
def session_tables() -> SessionTables:
    """Return the session tables of `schemas/session_tables.yaml`, read once.

    Raises
    ------
    SpecError
        If the file has been edited into something that it cannot say.
    """
    return parse_session_tables(files("nwbgate.schemas").joinpath(_FILE).read_text(encoding="utf-8"))
