"""Run rules in order, and whole-file validators, and collect what they found.

The package is also the function: ``nwbgate.check(paths, manifest=...)`` is `nwbgate.check.run.run`. A module cannot be
called, so this one is given a class of module that can; everything else about it stays a module.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nwbgate.report.report import Report


class _CallableModule(ModuleType):
    """A module that can be called as its main function."""

    def __call__(self, *args: Any, **options: Any) -> "Report":
        """Check NWB files, the tables of a manifest, or both; see `nwbgate.check.run.run`."""
        from nwbgate.check.run import run

        return run(*args, **options)


#: The package itself, for the lazy public names of `nwbgate`.
check = sys.modules[__name__]
check.__class__ = _CallableModule
