"""dandi-cli as a library: imported on use, silent, without caches or version ping."""

import logging
import os
from types import ModuleType

from nwbgate.extras import import_extra


def dandi_library(module: str) -> ModuleType:
    """Return a module of dandi-cli or dandischema.

    Their version check on the network and their caches in the home folder are off unless the environment says
    otherwise. What they log is kept from the terminal: it may quote whole requests, and each failure is reported as an
    error of ours.

    Parameters
    ----------
    module : str
        Name of the module ("dandi.dandiapi").

    Raises
    ------
    MissingExtraError
        If dandi is not installed.
    """
    os.environ.setdefault("DANDI_NO_ET", "1")
    os.environ.setdefault("DANDI_CACHE", "ignore")
    found = import_extra(module, "dandi")
    for name in ("dandi", "dandischema"):
        _silence(logging.getLogger(name))
    return found


def _silence(logger: logging.Logger) -> None:
    if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
