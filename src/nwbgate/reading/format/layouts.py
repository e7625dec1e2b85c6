"""Locations of session tables in a file: `schemas/session_tables.yaml` as typed objects.

Reading a file should not wait for pydantic, whose models take longer to be made than all tables of a session to be
read: the shipped file is taken as it is, and only what cannot be built of it is compared with the types, to name the
fault.
"""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal, get_args

from nwbgate.errors import SpecError
from nwbgate.yaml_file import parse_yaml

#: Name of a layout: what nwbgate writes, or what AllenSDK wrote.
LayoutName = Literal["standard", "released"]

#: A clock of its own; imaging, stimulus, running and eye clocks are judged for gaps.
Stream = Literal["imaging", "stimulus", "running", "eye", "events", "ephys"]

ColumnType = Literal["string", "integer", "number", "boolean", "numbers"]

_FILE = "session_tables.yaml"


class _Strict:
    #: No other names, when pydantic holds values against the types.
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True)
class LayoutColumn(_Strict):
    """A column of a session table."""

    type: ColumnType
    description: str
    unit: str = ""
    nullable: bool = False
    optional: bool = False
    missing: tuple[str | int, ...] = ()

    def __post_init__(self) -> None:
        """Reject an unknown column type."""
        if self.type not in get_args(ColumnType):
            raise ValueError(
                f"a column has the unknown type {self.type!r}, not one of {', '.join(get_args(ColumnType))}"
            )


@dataclass(frozen=True)
class Home(_Strict):
    """A possible location of a table, given by one of four fields."""

    table: str | None = None
    group: str | None = None
    images: str | None = None
    image_stack: str | None = None
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    by_roi: dict[str, str] = field(default_factory=dict)
    id: str | None = None
    sort_by: str | None = None
    one_row: bool = False

    def __post_init__(self) -> None:
        """Reject a home with no location or several."""
        places = [self.table, self.group, self.images, self.image_stack]
        if sum(place is not None for place in places) != 1:
            raise ValueError("a home has exactly one of table, group, images and image_stack")
        if bool(self.values) != (self.group is not None):
            raise ValueError("values need a group, and a group needs values")

    @property
    def path(self) -> str:
        """HDF5 path, with ``{plane}`` and ``*`` as placeholders."""
        return self.table or self.group or self.images or self.image_stack or ""

    @property
    def columns(self) -> set[str]:
        """Columns of the session table in this home."""
        named = {*self.names, *self.values, *self.by_roi}
        return named | {name for name in (self.id, self.sort_by) if name}


@dataclass(frozen=True)
class LayoutTable(_Strict):
    """A session table: columns, and homes by layout."""

    description: str
    columns: dict[str, LayoutColumn]
    homes: dict[LayoutName, tuple[Home, ...]]
    key: tuple[str, ...] = ()
    stream: Stream | None = None

    def __post_init__(self) -> None:
        """Reject homes and keys with unknown columns."""
        named = {name for homes in self.homes.values() for home in homes for name in home.columns} | set(self.key)
        if unknown := named - set(self.columns) - {"plane"}:
            raise ValueError(f"a home or key names unknown columns: {', '.join(sorted(unknown))}")


@dataclass(frozen=True)
class Recognition(_Strict):
    """Evidence of a file's layout, any of which is enough.

    Parameters
    ----------
    value : str
        HDF5 path and attribute of a value, ``/path@attribute``.
    is_ : tuple of str
        What it may be (``is`` in YAML).
    recipes : tuple of str
        Names of recipes, one of which the provenance of the file names.
    holds : tuple of str
        HDF5 paths of objects that no file of another layout has.
    """

    value: str = ""
    is_: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout(_Strict):
    """A file layout of sessions."""

    description: str
    recognised_by: Recognition


@dataclass(frozen=True)
class Summary(_Strict):
    """A summary frame with one row per object."""

    description: str
    key: tuple[str, ...]
    columns: dict[str, str]


@dataclass(frozen=True)
class SessionTables(_Strict):
    """All session tables, and the layouts of files."""

    layouts: dict[LayoutName, Layout]
    units: dict[str, tuple[str, ...]]
    tables: dict[str, LayoutTable]
    summaries: dict[str, Summary]

    def __post_init__(self) -> None:
        """Reject a unit without spellings."""
        used = {column.unit for table in self.tables.values() for column in table.columns.values() if column.unit}
        if unknown := used - set(self.units):
            raise ValueError(f"units without an entry under `units`: {', '.join(sorted(unknown))}")

    def spellings(self, unit: str) -> tuple[str, ...]:
        """Return the accepted spellings of a unit, the written one first."""
        return self.units.get(unit, ())


def parse_session_tables(source: str, where: str = _FILE) -> SessionTables:
    """Parse and validate session tables in YAML.

    Raises
    ------
    SpecError
        If the text is no YAML, or a name in it is unknown, missing or misspelt.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(SessionTables).validate_python(_content(source, where))
    except ValidationError as error:
        first = error.errors()[0]
        raise SpecError(
            "invalid specification of session tables",
            where=f"{where}: {'.'.join(str(part) for part in first['loc'])}",
            got=f"{first['msg']} ({error.error_count()} in all)",
            fix="correct the name or value; see the comments at the top of the file",
        ) from error


def _content(source: str, where: str) -> Any:
    """Return the content of a YAML text, with ``is`` renamed to ``is_``."""
    content = parse_yaml(source, where, error=SpecError)
    layouts = content.get("layouts") if isinstance(content, dict) else None
    for layout in layouts.values() if isinstance(layouts, dict) else ():
        recognition = layout.get("recognised_by") if isinstance(layout, dict) else None
        if isinstance(recognition, dict) and "is" in recognition:
            recognition["is_"] = recognition.pop("is")
    return content


@cache
def session_tables() -> SessionTables:
    """Return the session tables of `schemas/session_tables.yaml`, read once.

    Raises
    ------
    SpecError
        If the file has been edited into something that it cannot say.
    """
    source = files("nwbgate.schemas").joinpath(_FILE).read_text(encoding="utf-8")
    try:
        return _build_objects(_content(source, _FILE))
    except (TypeError, ValueError, KeyError, AttributeError):
        return parse_session_tables(source)  # which says what is wrong


def _build_objects(content: dict[str, Any]) -> SessionTables:
    """Return objects from validated values, without checking their types."""
    return SessionTables(
        layouts={
            name: Layout(layout["description"], _recognition(layout["recognised_by"]))
            for name, layout in content.pop("layouts").items()
        },
        units={unit: tuple(spellings) for unit, spellings in content.pop("units").items()},
        tables={name: _table(table) for name, table in content.pop("tables").items()},
        summaries={name: Summary(**_tuples(summary, "key")) for name, summary in content.pop("summaries").items()},
        **content,
    )


def _table(described: dict[str, Any]) -> LayoutTable:
    columns = {name: LayoutColumn(**_tuples(column, "missing")) for name, column in described["columns"].items()}
    homes = {layout: tuple(Home(**home) for home in several) for layout, several in described["homes"].items()}
    return LayoutTable(**_tuples(described | {"columns": columns, "homes": homes}, "key"))


def _recognition(described: dict[str, Any]) -> Recognition:
    lists = {name: tuple(values) for name, values in described.items() if name != "value"}
    return Recognition(value=described.get("value", ""), **lists)


def _tuples(described: dict[str, Any], name: str) -> dict[str, Any]:
    """Return described values, with the named list as a tuple."""
    return described | {name: tuple(described[name])} if name in described else described
