"""Publish a folder of NWB files as a dandiset: judged before, resumed, proven afterwards.

dandi-cli does the transfer; nwbgate decides what may go, and proves what arrived.
"""

from importlib import import_module
from typing import TYPE_CHECKING

#: Public name -> module and name; imported on first use.
_PUBLIC = {
    "init": "nwbgate.dandi.dandiset.initial:write_dandiset_file",
    "plan": "nwbgate.dandi.planning:plan",
    "upload": "nwbgate.dandi.transfer.uploading:upload",
    "verify": "nwbgate.dandi.transfer.verification:verify",
}

__all__ = ["init", "plan", "upload", "verify"]

if TYPE_CHECKING:
    from nwbgate.dandi.dandiset.initial import write_dandiset_file as init
    from nwbgate.dandi.planning import plan
    from nwbgate.dandi.transfer.uploading import upload
    from nwbgate.dandi.transfer.verification import verify


def __getattr__(name: str) -> object:
    """Resolve a public name on first use."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'nwbgate.dandi' has no attribute {name!r}; public names are {', '.join(__all__)}")
    module, _, defined = _PUBLIC[name].partition(":")
    value: object = getattr(import_module(module), defined)
    globals()[name] = value
    return value
