"""Optional dependencies, imported on use and named in the error when missing."""

from importlib import import_module
from types import ModuleType

from nwbgate.errors import MissingExtraError


def import_extra(module: str, extra: str) -> ModuleType:
    """Return a module of an optional dependency.

    Parameters
    ----------
    module : str
        Name of the module ("matplotlib.figure").
    extra : str
        Extra of nwbgate that installs it ("plot").

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as problem:
        if (problem.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise MissingExtraError(
            f"{module.partition('.')[0]} is not installed",
            where=f"the extra {extra!r} of nwbgate",
            got=f"the module {problem.name} cannot be imported",
            expected="the optional libraries that this feature needs",
            fix=f"pip install 'nwbgate[{extra}]'",
        ) from problem
