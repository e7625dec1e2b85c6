"""Rules: named, explained functions of frames that return the offending rows.

Nothing heavy is imported here, so that ``nwbgate rules`` can explain every rule without loading pandas.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

    #: Offending rows of the judged table (its index kept), or None for none.
    Rows = pd.DataFrame | None

#: ``manifest`` rules see the tables of the whole run, ``session`` rules those of one file.
Scope = Literal["manifest", "session"]

#: The parts of a written rule's docstring that have a name; every other paragraph explains.
_PARTS = ("Why", "Example", "Fix")


class Severity(StrEnum):
    """Severity of a finding: an error fails the check, a warning is reported."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """Numeric severity: 1 for a warning, 2 for an error."""
        return 2 if self is Severity.ERROR else 1


@dataclass(frozen=True)
class Rule:
    """A rule: its explanation and its function.

    Parameters
    ----------
    code : str
        Readable path, ``<table>.<column>.<kind>`` or ``<table>.<function name>``.
    severity : Severity
        Severity of its findings.
    table, column : str, str or None
        Table (and column) whose rows are judged.
    title : str
        What must hold, as one sentence.
    explanation : str
        Why it matters: what goes wrong downstream.
    tables : tuple of str
        Frames that `function` is given, in the order of its parameters; the first is the one judged.
    needs : tuple of str
        Codes, or ``<table>.<column>`` for every rule of a column, that must not have fired for this rule to run.
    function : callable
        Frames in, offending rows of the first frame out (index kept), or None. A column ``got`` or ``expected`` of
        the result words the message of the finding; a column ``sentence`` is the whole message.
    scope : {"manifest", "session"}
        Whether it runs once on the tables of the run or once per file on the frames of that file.
    fix, example : str
        What to do about a finding, and what one looks like.
    about : str
        Meaning and unit of the column.
    kind : str
        Kind of a declared constraint ("maximum"); "written" for a function.
    optional : tuple of str
        Those of `tables` that may be absent: the function is then given None for them.
    complete : bool
        Whether it holds only for a whole release, and so runs only with ``--complete``.
    history : bool
        Whether it recomputes something from a mouse's whole history; a spec that does not promise one leaves it out.
    unpromised : str
        Why this spec does not promise what the rule asks; such a rule is listed and not run.
    where : tuple of pairs
        Places ``<table>.<column>`` and the values of which a row must have one for there to be anything to judge; any
        value where none is named.
    fewest : int
        Rows that the judged table must have for there to be anything to judge.
    """

    code: str
    severity: Severity
    table: str
    column: str | None
    title: str
    explanation: str
    tables: tuple[str, ...]
    needs: tuple[str, ...]
    function: Callable[..., "Rows"]
    scope: Scope = "manifest"
    fix: str = ""
    example: str = ""
    about: str = ""
    kind: str = "written"
    optional: tuple[str, ...] = ()
    complete: bool = False
    history: bool = False
    unpromised: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fewest: int = 0

    def __hash__(self) -> int:
        """Return the hash of the code: rules are looked up for every file."""
        return hash(self.code)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle a written rule by its function's name."""
        return _written_rule, (self.function.__module__, self.function.__qualname__)


def _written_rule(module: str, name: str) -> Rule:
    rule: Rule = getattr(import_module(module), name)
    return rule


@dataclass(frozen=True)
class Finding:
    """A rule's finding in one table or file: one record for all rows.

    Parameters
    ----------
    code, severity, table, column
        Those of the rule; a validator that is no rule names its own code.
    keys : tuple
        Keys of every offending row (a tuple each where a key has several columns).
    message : str
        What is wrong, with got and expected of the first row.
    path : str or None
        File the rows come from.
    location : str
        Where in the file: an HDF5 path, or table, column and row.
    fix : str
        What to do.
    validator : str
        Who found it: ``nwbgate``, or the tool whose check it is.
    rows : tuple of int
        Number of every offending row in its table, from 0; empty where the rows have none.
    line, character : int or None
        Line of the first offending row in the file of its table, and the character at which its cell begins, from 1.
    """

    code: str
    severity: Severity
    table: str
    column: str | None
    keys: tuple[Any, ...]
    message: str
    path: str | None = None
    location: str = ""
    fix: str = ""
    validator: str = "nwbgate"
    rows: tuple[int, ...] = field(default=(), compare=False)
    line: int | None = field(default=None, compare=False)
    character: int | None = field(default=None, compare=False)


def check(
    *,
    severity: Literal["error", "warning"] = "error",
    needs: Sequence[str] = (),
    column: str | None = None,
    scope: Scope = "manifest",
    complete: bool = False,
    history: bool = False,
    where: Mapping[str, Sequence[str]] | None = None,
    fewest: int | None = None,
) -> Callable[[Callable[..., "Rows"]], Rule]:
    """Turn a function whose parameters name tables into a `Rule`, without registering it.

    The first parameter's table is the one judged. A parameter with a default is a table that may be absent. The
    docstring is the documentation: its first line says what must hold; the paragraphs that begin with ``Why:``,
    ``Example:`` and ``Fix:`` say why it matters, what a finding looks like and what to do.

    Parameters
    ----------
    severity : {"error", "warning"}
        Severity of its findings.
    needs : sequence of str
        Codes, or ``<table>.<column>``, that must not have fired for this rule to run.
    column : str, optional
        Column that a finding points at.
    scope : {"manifest", "session"}
        ``session`` for a rule about the inside of one file.
    complete : bool
        Run only with ``--complete``.
    history : bool
        It recomputes from a mouse's whole history.
    where : mapping of str to sequence of str, optional
        Values of ``<table>.<column>`` that the rule judges, or none for any value. Without such a row it is not run.
    fewest : int, optional
        Rows of the judged table without which it is not run: by default 1 for a rule about the inside of a file.

    Returns
    -------
    callable
        Decorator that returns the `Rule`.

    Raises
    ------
    ValueError
        If the function has no parameter, or its docstring lacks one of the named parts.
    """

    def rule_of(function: Callable[..., "Rows"]) -> Rule:
        parameters = inspect.signature(function).parameters
        if not parameters:
            raise ValueError(f"{function.__name__} has no parameters, which name the tables it is given")
        title, parts = _documentation(function)
        tables = tuple(parameters)
        return Rule(
            code=f"{tables[0]}.{function.__name__}",
            severity=Severity(severity),
            table=tables[0],
            column=column,
            title=title,
            explanation=parts["Why"],
            tables=tables,
            needs=tuple(needs),
            function=function,
            scope=scope,
            fix=parts["Fix"],
            example=parts["Example"],
            optional=tuple(name for name, given in parameters.items() if given.default is not given.empty),
            complete=complete,
            history=history,
            where=tuple((place, tuple(values)) for place, values in (where or {}).items()),
            fewest=fewest if fewest is not None else int(scope == "session"),
        )

    return rule_of


def _documentation(function: Callable[..., "Rows"]) -> tuple[str, dict[str, str]]:
    """Return the first line of the docstring, and each named part as one line."""
    paragraphs = [" ".join(text.split()) for text in inspect.cleandoc(function.__doc__ or "").split("\n\n")]
    parts = dict.fromkeys(_PARTS, "")
    for paragraph in paragraphs[1:]:
        name = next((part for part in _PARTS if paragraph.startswith(f"{part}: ")), "Why")
        text = paragraph.removeprefix(f"{name}: ")
        parts[name] = f"{parts[name]} {text}".strip()
    missing = [name for name, text in parts.items() if not text]
    if not paragraphs[0] or missing:
        raise ValueError(f"the docstring of rule {function.__name__} lacks: {', '.join(missing) or 'everything'}")
    return paragraphs[0], parts
