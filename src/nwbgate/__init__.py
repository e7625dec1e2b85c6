"""Sources in, checked NWB out: convert recordings to standard NWB files and let nothing unsound pass."""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

#: Public name -> module that defines it; imported on first use (PEP 562), so that ``import nwbgate`` costs nothing.
_PUBLIC = {
    "check": "nwbgate.check",
    "convert_session": "nwbgate.conversion.session",
    "NwbgateError": "nwbgate.errors",
    "write_nwb": "nwbgate.writing.writer",
}

__all__ = ["NwbgateError", "__version__", "check", "convert_session", "write_nwb"]

if TYPE_CHECKING:
    from nwbgate.check.run import run as check
    from nwbgate.conversion.session import convert_session
    from nwbgate.errors import NwbgateError
    from nwbgate.writing.writer import write_nwb


def __getattr__(name: str) -> object:
    """Resolve a public name on first use."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'nwbgate' has no attribute {name!r}; public names are {', '.join(__all__)}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
