"""Imports of processes that examine files, made once for all of them."""

from nwbgate.dandi import examination
from nwbgate.dandi.library import dandi_library

for _module in ("dandi.metadata.nwb", "dandi.misctypes", "dandischema.models", "dandischema.digests.dandietag"):
    dandi_library(_module)

__all__ = ["examination"]
