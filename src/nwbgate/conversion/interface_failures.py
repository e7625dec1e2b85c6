"""Failures of a converter's interface, told with the interface and the session."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from nwbgate.errors import MissingExtraError, NwbgateError, SourceError

#: Characters of another program's message that are shown; the whole of it is in the traceback.
_LONGEST = 500


def failing_interface(interfaces: Mapping[str, object], trace: TracebackType | None) -> str:
    """Return the interface whose method raised an exception, or empty.

    Parameters
    ----------
    interfaces : mapping of str to object
        The interfaces of a converter.
    trace : traceback, optional
        That of the exception.
    """
    found = ""
    while trace is not None:
        here = trace.tb_frame.f_locals.get("self")
        found = next((name for name, interface in interfaces.items() if interface is here), found)
        trace = trace.tb_next
    return found


def construction_failure(name: str, interface: type[Any], sources: Mapping[str, Any], problem: Exception) -> Exception:
    """Return the error for an interface that cannot be built from its sources.

    Parameters
    ----------
    name : str
        Name of the interface in the recipe.
    interface : type
        Its class.
    sources : mapping
        Its arguments, of which the text values that are paths are named.
    problem : Exception
        What it raised.
    """
    where = f"interface {name} ({interface.__name__})"
    if isinstance(problem, ModuleNotFoundError):
        return MissingExtraError(
            f"the interface {name} needs the library {problem.name}",
            where=where,
            got=f"{problem.name} is not installed",
            expected="the libraries of this format",
            fix=f"pip install {problem.name}",
        )
    if isinstance(problem, NwbgateError):
        return problem
    paths = [str(value) for argument, value in sources.items() if argument.endswith(("path", "paths"))]
    return SourceError(
        f"the interface {name} cannot read its source",
        where=": ".join((where, ", ".join(paths[:1]))) if paths else where,
        got=f"{type(problem).__name__}: {problem}"[:_LONGEST],
        expected=f"a source that {interface.__name__} reads",
        fix="compare the source with the documentation of the interface, and the arguments with source_data",
    )
