"""Tables and dicts that suggest the correct name."""

from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from nwbgate.errors import SpecError, nearest
from nwbgate.yaml_file import parse_yaml

_FILE = "names.yaml"
#: What a right name begins with where the owner has no such thing; then follows what has it.
_ELSEWHERE = "nothing: "


@cache
def known_names() -> dict[str, dict[str, str]]:
    """Return the other and correct names of each table and object, from `schemas/names.yaml`."""
    text = files("nwbgate.schemas").joinpath(_FILE).read_text(encoding="utf-8")
    names: dict[str, dict[str, str]] = parse_yaml(text, _FILE, error=SpecError)
    return names


def advice(owner: str, name: str, there: list[str]) -> str:
    """Return advice about an unknown name of an object.

    Parameters
    ----------
    owner : str
        Table or object, a name of `schemas/names.yaml`.
    name : str
        The name that was asked for.
    there : list of str
        Names that it has.
    """
    right = known_names().get(owner, {}).get(name)
    if right is not None:
        elsewhere = right.removeprefix(_ELSEWHERE)
        return f"the correct name is {right}" if elsewhere == right else elsewhere
    return nearest(name, there) or f"it has {', '.join(there)}"


def no_attribute(owner: object, kind: str, name: str) -> AttributeError:
    """Return the error for a missing attribute, with the correct name.

    Parameters
    ----------
    owner : object
        The object.
    kind : str
        What it is, a name of `schemas/names.yaml`.
    name : str
        The attribute that was asked for.
    """
    said = f"a {kind} has no attribute {name!r}"
    if not name.startswith("_"):  # Python and notebooks probe many such names silently
        said += f"; {advice(kind, name, [known for known in dir(type(owner)) if not known.startswith('_')])}"
    return AttributeError(said, name=name, obj=owner)


class RightNames(dict[str, Any]):
    """A dict that suggests the correct name for an unknown key.

    Parameters
    ----------
    owner : str
        What it is, a name of `schemas/names.yaml`.
    values : dict
        Its content.
    """

    def __init__(self, owner: str, values: dict[str, Any]) -> None:
        super().__init__(values)
        self._owner = owner

    def __missing__(self, name: str) -> Any:
        """Raise an error that suggests the correct name.

        Raises
        ------
        KeyError
            Always.
        """
        raise KeyError(f"{self._owner} has no {name!r}: {advice(self._owner, name, list(self))}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with its name."""
        return type(self), (self._owner, dict(self))


class SessionTable(pd.DataFrame):
    """A session table: a frame that suggests the correct name for an unknown column.

    What pandas makes of it is a plain frame.
    """

    _metadata = ["table_name"]  # noqa: RUF012  pandas asks for a list
    #: Name of the table.
    table_name: str = ""

    @classmethod
    def of(cls, name: str, frame: pd.DataFrame) -> "SessionTable":
        """Return a frame as the table of that name."""
        table = cls(frame)
        table.table_name = name
        return table

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def __getitem__(self, key: Any) -> Any:
        """Return columns or rows as any frame does.

        Raises
        ------
        KeyError
            For a column that is not there, with the right name where one is known.
        """
        try:
            return super().__getitem__(key)
        except KeyError as problem:
            if not isinstance(key, str):
                raise
            raise KeyError(f"{self.table_name} has no column {key!r}: {self._advice(key)}") from problem

    def _advice(self, name: str) -> str:
        return advice(self.table_name, name, [str(column) for column in self.columns])
