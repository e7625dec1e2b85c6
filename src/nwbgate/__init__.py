"""Convert recordings to standard NWB files and check them before you publish them."""

from importlib import import_module
from typing import TYPE_CHECKING

#: Public name -> module that defines it, and its name there; imported on first use (PEP 562), so that
#: ``import nwbgate`` costs nothing.
_PUBLIC = {
    "NwbgateError": "nwbgate.errors:NwbgateError",
    "__version__": "nwbgate.version:__version__",
    "Project": "nwbgate.reading.projects.project:Project",
    "browse": "nwbgate.browser.widget:browse",
    "check": "nwbgate.gate.run:run",
    "convert_session": "nwbgate.conversion.session:convert_session",
    "dandi": "nwbgate.dandi",
    "diff": "nwbgate.comparison.folders:diff",
    "open": "nwbgate.reading.opening:open_nwb",
    "plots": "nwbgate.plots",
    "qc": "nwbgate.qc",
    "to_pynapple": "nwbgate.pynapple_objects:to_pynapple",
    "write_nwb": "nwbgate.writing.writer:write_nwb",
}

__all__ = [
    "NwbgateError",
    "Project",
    "__version__",
    "browse",
    "check",
    "convert_session",
    "dandi",
    "diff",
    "open",
    "plots",
    "qc",
    "to_pynapple",
    "write_nwb",
]

if TYPE_CHECKING:
    from nwbgate import dandi, plots, qc
    from nwbgate.browser.widget import browse
    from nwbgate.comparison.folders import diff
    from nwbgate.conversion.session import convert_session
    from nwbgate.errors import NwbgateError
    from nwbgate.gate.run import run as check
    from nwbgate.pynapple_objects import to_pynapple
    from nwbgate.reading.opening import open_nwb as open
    from nwbgate.reading.projects.project import Project
    from nwbgate.version import __version__
    from nwbgate.writing.writer import write_nwb


def __getattr__(name: str) -> object:
    """Resolve a public name on first use."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'nwbgate' has no attribute {name!r}; public names are {', '.join(__all__)}")
    module, _, defined = _PUBLIC[name].partition(":")
    value: object = import_module(module)
    if defined:
        value = getattr(value, defined)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
