"""Files of criteria: ``schemas/<dataset>/qc.yaml``, or one in another folder.

Nothing heavy is imported here, so that criteria can be listed and explained without loading pandas.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from nwbgate.errors import SpecError, nearest
from nwbgate.qc.criteria import Criteria, Criterion, Limits, ManualCriterion
from nwbgate.yaml_file import read_yaml

#: Name of the file in a folder of ``schemas/``.
FILE = "qc.yaml"


def load_criteria(name: str | Path) -> Criteria:
    """Return criteria of a shipped dataset (ignoring ``@version``), a folder or a file.

    Raises
    ------
    SpecError
        If there are no such criteria, or they are wrong: an unknown key is named with the nearest valid one.
    """
    path = _place(name)
    if path.is_file():
        return read_criteria(path)
    shipped = _shipped_files()
    raise SpecError(
        "unknown quality criteria",
        where=str(path),
        got=str(name),
        expected=f"one of {', '.join(shipped)}, or a folder with a {FILE}",
        fix=nearest(_dataset(name), shipped) or "name one of these, or a folder with a qc.yaml",
    )


def has_criteria(name: str | Path) -> bool:
    """Return whether a shipped dataset, folder or file has quality criteria."""
    return _place(name).is_file()


def _dataset(name: str | Path) -> str:
    return str(name).partition("@")[0].replace("-", "_")


def _place(name: str | Path) -> Path:
    """Return the path of the criteria of this name."""
    shipped = _shipped_files()
    if _dataset(name) in shipped:
        return shipped[_dataset(name)]
    path = Path(name)
    return path / FILE if path.is_dir() else path


def read_criteria(path: Path) -> Criteria:
    """Return the criteria of one file.

    Raises
    ------
    SpecError
        If the file is not YAML, or declares what is not known.
    """
    data = read_yaml(path, error=SpecError)
    try:
        return Criteria.model_validate({"name": path.absolute().parent.name, **data})
    except ValidationError as problem:
        raise _spec_error(problem, path) from None


@cache
def shipped_criteria() -> Mapping[str, Criteria]:
    """Return the criteria of every shipped dataset that has any."""
    return {name: read_criteria(path) for name, path in _shipped_files().items()}


def recognise_criteria(metrics: Iterable[str], known: Mapping[str, Criteria] | None = None) -> Criteria | None:
    """Return the shipped criteria that fit most of the measured metrics.

    As a manifest is known by its columns, measurements are known by their metrics; no dataset is named. None where no
    criteria know any of them.

    Raises
    ------
    SpecError
        If several know as many.
    """
    measured = frozenset(metrics)
    sets = shipped_criteria() if known is None else known
    shared = {name: len(measured & criteria.metrics) for name, criteria in sets.items()}
    most = max(shared.values(), default=0)
    fitting = [name for name, number in shared.items() if number == most and most]
    if len(fitting) > 1:
        raise SpecError(
            "several sets of criteria fit the measurements",
            where="the measurements",
            got=", ".join(fitting),
            expected="one set of criteria",
            fix="name one with --spec",
        )
    return sets[fitting[0]] if fitting else None


@cache
def _shipped_files() -> dict[str, Path]:
    root = Path(str(files("nwbgate.schemas")))
    return {path.parent.name: path for path in sorted(root.glob(f"*/{FILE}"))}


def _spec_error(error: ValidationError, path: Path) -> SpecError:
    """Turn pydantic's first complaint into an error, suggesting the nearest valid key."""
    first = error.errors(include_url=False)[0]
    place = [str(part) for part in first["loc"]]
    where = f"{path}: {'.'.join(place)}" if place else str(path)
    if first["type"] == "extra_forbidden":
        parts = (Criteria, Criterion, ManualCriterion, Limits)
        known = sorted({name for part in parts for name in part.model_fields} - {"name"})
        return SpecError(
            f"unknown key {place[-1]!r}",
            where=where,
            expected=", ".join(known),
            fix=nearest(place[-1], known) or "remove the key, or name one of these",
        )
    last = f"{place[-1]}: " if place else ""
    if first["type"] == "missing":
        return SpecError(f"{last}this key is missing", where=where, fix="add it")
    said = first["msg"].removeprefix("Value error, ")
    return SpecError(f"{last}{said}", where=where, got=repr(first["input"])[:200], fix="correct the value")
