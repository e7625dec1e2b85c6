"""YAML files read with the safe loader, which rejects duplicate keys."""

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from nwbgate.errors import NwbgateError, UsageError
from nwbgate.text_encoding import to_utf_8

if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:  # the C parser of libyaml, where PyYAML was built with it, is ten times as fast and as safe
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


#: Levels and values that a file may have: far more than people write, far fewer than a computer stumbles over.
LEVELS, MOST = 100, 1_000_000


class EndlessError(Exception):
    """A value that contains itself, or aliases that stand for more than `MOST` values."""


class _Loader(_SafeLoader):
    """Safe loader that rejects duplicate keys and locates invalid dates and numbers."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as problem:  # of a date such as 2019-13-45
            raise yaml.constructor.ConstructorError(
                None, None, f"cannot read {node.value!r}: {problem}", node.start_mark
            ) from problem


def parse_yaml(text: str, where: str, *, error: type[NwbgateError] = UsageError) -> Any:
    """Return the content of a YAML text.

    Parameters
    ----------
    text : str
        The text.
    where : str
        Where it is from, for the error.
    error : type of NwbgateError
        What to raise: the kind of error that says what the text is.

    Raises
    ------
    NwbgateError
        If the text is not YAML, asks for anything but plain values, or gives a key twice.
    """
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506  it is a safe loader
        _refuse_endless(content)
        return content
    except (RecursionError, EndlessError) as problem:
        raise error(
            "the file is nested without end, or too deeply",
            where=where,
            got=str(problem) if isinstance(problem, EndlessError) else f"more than {LEVELS} levels",
            expected=f"at most {LEVELS} levels and {MOST:,} values, aliases counted as often as they stand",
            fix="write out what the aliases stand for, or leave them out",
        ) from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise error(
            "invalid YAML",
            where=f"{where}, line {mark.line + 1}, column {mark.column + 1}" if mark else where,
            got=str(getattr(problem, "problem", None) or problem),
            fix="correct this line" if mark else "correct the file",
        ) from problem


def _refuse_endless(
    value: object, level: int = 0, above: frozenset[int] = frozenset(), known: dict[int, tuple[int, int]] | None = None
) -> tuple[int, int]:
    """Return number and depth of values, aliases expanded; reject too many."""
    if not isinstance(value, dict | list):
        return 1, 0
    known = {} if known is None else known
    if id(value) in above:
        raise EndlessError("a value that contains itself")
    if id(value) not in known:
        if level > LEVELS:
            raise EndlessError(f"more than {LEVELS} levels")
        parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        inside = [_refuse_endless(part, level + 1, above | {id(value)}, known) for part in parts]
        known[id(value)] = 1 + sum(size for size, _ in inside), 1 + max((high for _, high in inside), default=0)
    size, high = known[id(value)]
    if size > MOST or level + high > LEVELS + 1:
        raise EndlessError(f"{size:,} values on {level + high} levels")
    return size, high


def read_yaml_text(path: Path, *, error: type[NwbgateError] = UsageError) -> str:
    """Return the text of a YAML file in UTF-8, or UTF-16 with a mark.

    Parameters
    ----------
    path : Path
        The file.
    error : type of NwbgateError
        What to raise: the kind of error that says what the file is.

    Raises
    ------
    NwbgateError
        If the file cannot be read, or has another encoding.
    """
    try:
        return to_utf_8(path.read_bytes()).decode()
    except OSError as problem:
        raise error(
            "cannot read the file", where=str(path), got=str(problem.strerror), fix="check the path"
        ) from problem
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise error(
            "the file is not UTF-8 text",
            where=f"{path}, line {line}",
            got=f"the byte 0x{problem.object[problem.start]:02x}",
            fix="save it as UTF-8",
        ) from problem


def read_yaml(path: Path, *, error: type[NwbgateError] = UsageError) -> dict[str, Any]:
    """Read a YAML mapping as a dict.

    Parameters
    ----------
    path : Path
        The file.
    error : type of NwbgateError
        What to raise: the kind of error that says what the file is.

    Raises
    ------
    NwbgateError
        If the file cannot be read, is not YAML, gives a key twice, or is not a mapping.
    """
    content = parse_yaml(read_yaml_text(path, error=error), str(path), error=error)
    if not isinstance(content, dict):
        raise error(
            "the file does not contain a mapping",
            where=str(path),
            got="nothing" if content is None else type(content).__name__,
            expected="lines of the form key: value",
            fix="begin each line with a key and a colon",
        )
    return content
