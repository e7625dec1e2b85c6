"""YAML files that people write: read by the safe loader, and refused where YAML would drop a key without a word."""

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from nwbgate.errors import UsageError

if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:  # the C parser of libyaml, where PyYAML was built with it, is ten times as fast and as safe
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):
    """The safe loader, refusing a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, *, error: type[UsageError] = UsageError) -> dict[str, Any]:
    """Return a YAML mapping as a dict.

    Parameters
    ----------
    path : Path
        The file.
    error : type of UsageError
        What to raise: the kind of error that says what the file is.

    Raises
    ------
    UsageError
        If the file cannot be read, is not YAML, gives a key twice, or is not a mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  it is a safe loader
    except OSError as problem:
        raise error("the file cannot be read", where=str(path), got=str(problem.strerror)) from problem
    except UnicodeDecodeError as problem:
        raise error("the file is not text in UTF-8", where=str(path), got=problem.reason) from problem
    except yaml.YAMLError as problem:
        raise error("the file is not YAML", where=_place(path, problem), got=_reason(problem)) from problem
    if not isinstance(content, dict):
        got = "nothing" if content is None else type(content).__name__
        raise error("the file is not a mapping", where=str(path), got=got, expected="lines of the form key: value")
    return content


def _place(path: Path, problem: yaml.YAMLError) -> str:
    mark = getattr(problem, "problem_mark", None)
    return f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)


def _reason(problem: yaml.YAMLError) -> str:
    return str(getattr(problem, "problem", None) or problem)
